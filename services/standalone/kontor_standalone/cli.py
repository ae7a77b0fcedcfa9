"""`kontor`: what operators and other systems do from a shell."""

import json
import os
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import httpx

_POLL_SECONDS = 0.3
# Where a command is; its module is loaded when it is used, so that the others start at once.
_ELSEWHERE = {
    "dead": "kontor_bus.cli:dead",
    "ingest-user": "kontor_bus.ingest.users:ingest_user",
    "rebuild-views": "kontor_edge.cli:rebuild_views",
    "reproject": "kontor_edge.cli:reproject",
}
_MERCHANT = {"register": "kontor_identity.cli:register"}


class Commands(click.Group):
    """A group some of whose commands (name: "module:function") are loaded when they are used."""

    def __init__(self, *args: Any, elsewhere: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self._elsewhere = elsewhere

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._elsewhere})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._elsewhere:
            return super().get_command(ctx, cmd_name)
        module, _, name = self._elsewhere[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=Commands, elsewhere=_ELSEWHERE)
@click.option("--home", envvar="KONTOR_HOME", default=".kontor", show_default=True, type=click.Path(path_type=Path),
              help="A running `make run`, for whatever the environment does not say.")  # fmt: skip
def kontor(home: Path) -> None:
    """Kontor from the command line. Settings come from the environment (KONTOR_…), else from a `make run` at hand."""
    for name, value in _at_hand(home).items():
        os.environ.setdefault(name, value)


def _at_hand(home: Path) -> dict[str, str]:
    run_file, services_file = home / "run.json", home / "services.json"
    if not run_file.exists() or not services_file.exists():
        return {}
    run, known = json.loads(run_file.read_text()), json.loads(services_file.read_text())
    asked = next((word for word in sys.argv if word in ("admin", "merchant")), "gateway")
    service: dict[str, str] = known["identity" if asked == "merchant" else asked]
    return {"KONTOR_URL": run["gateway"], "KONTOR_API_KEY": run["api_key"], **service}


@kontor.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON beside a PDF without data."
)
@click.option("--url", envvar="KONTOR_URL", default="http://localhost:8000", show_default=True, help="The gateway.")
@click.option("--api-key", envvar="KONTOR_API_KEY", required=True, help="A key with the scope documents:submit.")
@click.option("--wait/--no-wait", default=True, show_default=True, help="Wait until each file has become a document.")
def submit(files: tuple[Path, ...], data: Path | None, url: str, api_key: str, wait: bool) -> None:
    """Hands documents in: XRechnung, ZUGFeRD, JSON, or a PDF with --data. Ends with 1 if any was refused."""
    if data is not None and len(files) > 1:
        raise click.UsageError("--data belongs to one file")
    refused = False
    headers = {"Authorization": f"Bearer {api_key}"}
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        for file in files:
            refused |= not _submit(client, file, data, wait=wait)
    sys.exit(1 if refused else 0)


def _submit(client: httpx.Client, file: Path, data: Path | None, *, wait: bool) -> bool:
    try:
        answer = client.post("/api/ingest/v1/documents", **_request(file, data))
    except httpx.HTTPError as error:
        raise click.ClickException(f"{client.base_url} does not answer: {error}") from error
    if answer.status_code != 202:
        click.echo(f"{file}: {_said(answer)}", err=True)
        return False
    if not wait:
        click.echo(f"{file}: accepted as {answer.json()['id']}")
        return True
    return _ended(client, file, answer.json()["status_url"])


def _request(file: Path, data: Path | None) -> dict[str, Any]:
    # The door looks at the content, not at the name; JSON alone has to be announced.
    media_type = "application/json" if file.suffix.lower() == ".json" else "application/octet-stream"
    headers = {"X-Kontor-Source": "cli"}
    if data is None:
        return {"content": file.read_bytes(), "headers": {**headers, "Content-Type": media_type}}
    return {
        "files": {"file": (file.name, file.read_bytes(), media_type)},
        "data": {"data": data.read_text()},
        "headers": headers,
    }


def _ended(client: httpx.Client, file: Path, status_url: str) -> bool:
    while True:
        answer = client.get(status_url)
        status = answer.json()
        if answer.status_code != 200:
            click.echo(f"{file}: {_said(answer)}", err=True)
            return False
        if status["status"] == "rejected":
            click.echo(f"{file}: {_problem(status['error'])}", err=True)
            return False
        if status["status"] == "processed":
            document = status["document"]
            click.echo(f"{file}: {document['number']} {document.get('portal_url') or ''}".rstrip())
            return True
        time.sleep(_POLL_SECONDS)


def _said(answer: httpx.Response) -> str:
    try:
        return _problem(answer.json())
    except ValueError:
        return f"HTTP {answer.status_code}"


def _problem(problem: dict[str, Any]) -> str:
    field = f"{problem['field']}: " if problem.get("field") else ""
    return f"{field}{problem.get('detail') or problem.get('title')} ({problem.get('code')})"


@kontor.group(cls=Commands, elsewhere=_MERCHANT)
def merchant() -> None:
    """Merchants on this platform."""


def main() -> None:
    kontor(prog_name=os.path.basename(sys.argv[0]))
