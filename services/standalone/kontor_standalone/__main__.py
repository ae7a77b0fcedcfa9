"""`python -m kontor_standalone run|reset`: the whole platform on this machine."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import click
import uvloop

from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.server import serving
from kontor_service.telemetry import configure_logging
from kontor_standalone.demo.seed import Demo, demo
from kontor_standalone.home import Home, Refused, held, migrations, open_home, remove, write_private
from kontor_standalone.platform import prepare

# How often PostgreSQL is looked for, and how long it may take to answer.
_POSTGRES_SECONDS = 5.0
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
    # Mails hold reset links, files what customers were sent: whatever is written is for its owner alone.
    os.umask(0o077)
    with _alone(folder):
        home = open_home(folder.resolve())
        with embedded_postgres(home.folder / "postgres") as server:
            lost = uvloop.run(_run(home, os.environ.get("KONTOR_POSTGRES_URL") or server, absent))
    if lost:
        raise click.ClickException("PostgreSQL has ended, and Kontor with it. Start it again: the data is there.")


@commands.command()
@_FOLDER
def reset(folder: Path) -> None:
    """Deletes the installation: database, files, mails. Refuses while it runs, and where the folder is not Kontor's."""
    with _alone(folder):
        remove(folder)
    click.echo(f"{folder} holds no installation any more")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    try:
        with held(folder):
            yield
    except Refused as refused:
        raise click.ClickException(str(refused)) from refused


async def _run(home: Home, server: str, absent: tuple[str, ...]) -> bool:
    """Runs the platform until it is told to stop. Returns whether PostgreSQL stopped before."""
    ended = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, ended.set)
    platform = await prepare(home, server)
    for name in absent:
        home.sockets[name].close()
    async with serving({name: app for name, app in platform.apps.items() if name not in absent}, graceful_seconds=3):
        shop = await demo(home, platform.identity)
        write_private(home.migrations_file, migrations())
        write_private(home.services_file, platform.environments)
        write_private(home.run_file, _where(home, shop))
        click.echo(_welcome(home, shop))
        lost = await _lost(server, ended)
        click.echo("Ending …")
    for file in (home.run_file, home.services_file):
        file.unlink(missing_ok=True)
    return lost


async def _lost(server: str, ended: asyncio.Event) -> bool:
    """Watches PostgreSQL until `ended` is set. Returns True as soon as nothing listens at its address any more."""
    while not ended.is_set():
        try:
            await (await asyncpg.connect(server, timeout=_POSTGRES_SECONDS)).close()
        except (ConnectionError, FileNotFoundError):
            return True
        except (TimeoutError, asyncpg.PostgresError):
            # It is there, and busy.
            pass
        with suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), _POSTGRES_SECONDS)
    return False


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
