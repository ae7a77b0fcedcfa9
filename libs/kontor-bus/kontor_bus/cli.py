"""`kontor dead`: what consumers could not do, for people to look at, replay or drop."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TypeVar

import click

from kontor_bus.bus import transport_for
from kontor_bus.transport import UNROUTED, DeadLetter, DeadLetters, Unreachable
from kontor_events.registry import types

T = TypeVar("T")

_EDGES = ("gateway", "admin")


@click.group()
def dead() -> None:
    """Events that a service could not do. The bus is KONTOR_BUS_URL (amqp:// or postgresql://).

    SERVICE is a service's name, or kontor.unrouted for events that no queue was bound to.
    """


def _chosen(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--all", "everything", is_flag=True, help="Everything of this service.")(command)
    return click.argument("service")(click.argument("ids", nargs=-1)(command))


@dead.command("list")
@click.argument("services", nargs=-1)
@click.option("--limit", default=100, show_default=True, help="At most so many of each service.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
def list_(services: tuple[str, ...], limit: int, as_json: bool) -> None:
    """What is dead, oldest first; of all services where none is named."""

    async def look(letters: DeadLetters) -> list[tuple[str, DeadLetter]]:
        return [(name, one) for name in services or _known() for one in await letters.listed(name, limit)]

    for service, letter in _with_letters(look):
        click.echo(_as_json(service, letter) if as_json else _as_text(service, letter))


@dead.command()
@_chosen
def replay(service: str, ids: tuple[str, ...], everything: bool) -> None:
    """Puts events (by their ids) back into the queue they died in, as if they were new."""
    chosen = _ids(ids, everything)
    click.echo(f"{_with_letters(lambda letters: letters.replay(service, chosen))} replayed")


@dead.command()
@_chosen
def drop(service: str, ids: tuple[str, ...], everything: bool) -> None:
    """Removes events (by their ids) for good."""
    chosen = _ids(ids, everything)
    click.echo(f"{_with_letters(lambda letters: letters.drop(service, chosen))} dropped")


def _ids(ids: tuple[str, ...], everything: bool) -> set[str] | None:
    if bool(ids) == everything:
        raise click.UsageError("name the events by their ids, or say --all")
    return None if everything else set(ids)


def _with_letters(ask: Callable[[DeadLetters], Awaitable[T]]) -> T:
    url = os.environ.get("KONTOR_BUS_URL") or os.environ.get("KONTOR_BUS_DATABASE_URL")
    if not url:
        raise click.UsageError("KONTOR_BUS_URL is not set: the bus to look at, amqp://… or postgresql://…")

    async def run() -> T:
        transport = transport_for(url)
        try:
            await transport.open()
            return await ask(transport.dead)
        finally:
            await transport.close()

    try:
        return asyncio.run(run())
    except Unreachable as lost:
        raise click.ClickException(f"the bus cannot be reached: {lost}") from lost


def _known() -> list[str]:
    return [*sorted({name.split(".", 1)[0] for name in types()}), *_EDGES, UNROUTED]


def _as_text(service: str, letter: DeadLetter) -> str:
    return (
        f"{service}  {letter.id}  {letter.died_at:%Y-%m-%d %H:%M:%S}Z  {letter.queue}  {letter.type}  "
        f"after {letter.attempt} attempts: {letter.error}"
    )


def _as_json(service: str, letter: DeadLetter) -> str:
    found = {"service": service, **asdict(letter), "died_at": letter.died_at.isoformat()}
    found["attempts"] = found.pop("attempt")
    return json.dumps(found)
