"""Asking the copy. The functions resolve merchant, customers and rights; nothing here filters."""

from functools import cache
from typing import Any, NoReturn

import asyncpg
import orjson
from fastapi import Request

from kontor_gateway.edge import edge_of
from kontor_gateway.reading.connections import PageConnections
from kontor_gateway.reading.look import look_of
from kontor_gateway.sessions.cookie import session_hash
from kontor_service.errors import Forbidden, Unauthorized, Unavailable
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speak


class LoggedOut(Unauthorized):
    """The browser has no session for this portal, or it is over."""

    code, title = "session_ended", "Please log in"

    def __init__(self, slug: str) -> None:
        super().__init__()
        self.slug = slug


class PortalClosed(Forbidden):
    code, title = "portal_off", "This portal is switched off"
    # The detail is a sentence in the reader's language.
    for_people = True


class IdentitySilent(Unavailable):
    """Nobody could have told us of a revoked session for five minutes."""

    code, title = "identity_silent", "Access cannot be checked right now"
    for_people = True


async def ask(request: Request, slug: str, function: str, *args: Any) -> asyncpg.Record:
    """The one row that `live.<function>(hash, slug, now, …)` answers for this browser.

    Raises LoggedOut, PortalClosed, IdentitySilent; Unavailable where the database does not answer.
    """
    edge = edge_of(request)
    known = session_hash(request, slug)
    if not known:
        raise LoggedOut(slug)
    record = await _fetch(edge.reads, function, known, slug, edge.clock.now(), *args)
    if record is None:
        raise LoggedOut(slug)
    # Error pages want to know whose page it was.
    request.state.record = record
    if record["state"] != "open":
        _refuse(record)
    return record


def _refuse(record: asyncpg.Record) -> NoReturn:
    look = look_of(record)
    speak(look.language, look.time_zone)
    if record["state"] == "closed":
        raise PortalClosed(_("This portal is switched off at the moment."))
    raise IdentitySilent(_("Your access cannot be checked right now. Please try again in a few minutes."))


async def ask_public(request: Request, slug: str) -> dict[str, Any] | None:
    """What the portal's public pages show of the merchant; None where there is no such portal, or it is off."""
    record = await _fetch(edge_of(request).reads, "portal", slug)
    if record is None or not record["enabled"]:
        return None
    merchant: dict[str, Any] = orjson.loads(record["merchant"])
    return merchant


async def _fetch(reads: PageConnections, function: str, *args: Any) -> asyncpg.Record | None:
    try:
        return await reads.call(_statement(function, len(args)), *args)
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as error:
        raise Unavailable(type(error).__name__, code="database_unavailable") from error


@cache
def _statement(function: str, arguments: int) -> str:
    places = ", ".join(f"${number}" for number in range(1, arguments + 1))
    return f"SELECT * FROM live.{function}({places})"
