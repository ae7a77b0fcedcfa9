"""`python -m kontor_standalone run|reset`: the whole platform on this machine."""

import asyncio
import os
import shutil
import signal
from pathlib import Path

import click
import uvloop

from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.server import serving
from kontor_service.telemetry import configure_logging
from kontor_standalone.demo.seed import Demo, demo
from kontor_standalone.home import Home, open_home, write_private
from kontor_standalone.platform import prepare

_FOLDER = click.option(
    "--folder", type=click.Path(path_type=Path), default=lambda: Path(os.environ.get("KONTOR_HOME", ".kontor")),
    help="Where data is kept (KONTOR_HOME).  [default: .kontor]",
)  # fmt: skip


@click.group()
def commands() -> None:
    """Kontor in one process."""


@commands.command()
@_FOLDER
@click.option("--without", "absent", multiple=True, help="A part to leave out, to see how the others do without it.")
def run(folder: Path, absent: tuple[str, ...]) -> None:
    """Starts everything and prints where it is; Ctrl-C ends it. Data survives."""
    configure_logging(os.environ.get("KONTOR_LOG_LEVEL", "WARNING"), as_json=False)
    home = open_home(folder.resolve())
    with embedded_postgres(home.folder / "postgres") as server:
        uvloop.run(_run(home, os.environ.get("KONTOR_POSTGRES_URL") or server, absent))


@commands.command()
@_FOLDER
def reset(folder: Path) -> None:
    """Empties the installation: database, files, mails. Refuses while it runs."""
    if (folder / "postgres" / "postmaster.pid").exists() and _answers(folder):
        raise click.ClickException(f"Kontor is running on {folder}; end it first")
    shutil.rmtree(folder, ignore_errors=True)
    click.echo(f"{folder} is empty")


def _answers(folder: Path) -> bool:
    """Whether the process that postmaster.pid names is there."""
    process = int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    return Path(f"/proc/{process}").exists() or not Path("/proc").exists()


async def _run(home: Home, server: str, absent: tuple[str, ...]) -> None:
    ended = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, ended.set)
    platform = await prepare(home, server)
    async with serving({name: app for name, app in platform.apps.items() if name not in absent}, graceful_seconds=3):
        shop = await demo(home, platform.identity)
        write_private(home.services_file, platform.environments)
        write_private(home.run_file, _where(home, shop))
        click.echo(_welcome(home, shop))
        await ended.wait()
        click.echo("Ending …")
    for file in (home.run_file, home.services_file):
        file.unlink(missing_ok=True)


def _where(home: Home, shop: Demo) -> dict[str, object]:
    return {
        "gateway": home.public_url("gateway"),
        "admin": home.public_url("admin"),
        "mail": home.public_url("mail"),
        "api_key": shop.api_key,
        "merchant": {"email": shop.merchant_email, "password": shop.merchant_password},
        "customer": {"email": shop.customer_email, "password": shop.customer_password, "link": shop.customer_link},
    }


def _welcome(home: Home, shop: Demo) -> str:
    return f"""
Kontor is running.

  Portal     {home.public_url("gateway")}/{shop.slug}
             {shop.customer_email} · {shop.customer_password}
             an open invoice by its secret link: {shop.customer_link}
  Admin      {home.public_url("admin")}
             {shop.merchant_email} · {shop.merchant_password}
  Mails      {home.public_url("mail")}
  API        {home.public_url("gateway")}/api/docs
             key: {shop.api_key}

The same stands in {home.run_file}. Ctrl-C ends it; `make reset` empties it."""


if __name__ == "__main__":
    commands()
