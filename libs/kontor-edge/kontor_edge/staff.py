"""What pages for staff share: who works here, as the copy knows them, and the frame of their pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from fastapi import Request

from kontor_edge.edge import edge_of
from kontor_edge.feature import Feature
from kontor_edge.query import IdentitySilent, call_view
from kontor_edge.sessions import session_hash
from kontor_service.errors import Unauthorized
from kontor_service.i18n import N_, negotiate, speak
from kontor_web import Link, PageContext

# There is no session, or it is over.
NotLoggedIn = Unauthorized.named("not_logged_in", N_("Please log in."))


@dataclass(frozen=True)
class Staff:
    """A logged-in member of staff. `merchant` is the copy's state of their merchant; empty until it has arrived.
    `waiting`: how much waits for staff, by feature."""

    session: dict[str, Any]
    merchant: dict[str, Any]
    today: date
    waiting: dict[str, int]

    @property
    def merchant_id(self) -> UUID:
        return UUID(self.session["merchant_id"])

    @property
    def language(self) -> str:
        return str(self.session.get("language") or "de")

    @property
    def zone(self) -> str:
        return str(self.merchant.get("time_zone") or "Europe/Berlin")

    @property
    def topic(self) -> str:
        """What the open pages of this merchant's staff listen to."""
        return f"merchant:{self.merchant_id}"

    def may(self, right: str) -> bool:
        """Whether to offer something. Whether it is allowed is decided by identity when it is done."""
        return right in self.session.get("rights", ())


async def query_view(request: Request, function: str, /, **arguments: Any) -> tuple[Staff, Record]:
    """The one row that a function answers for this browser's session, and whose session it is; the function takes
    (asked_hash, at) besides. Raises NotLoggedIn, IdentitySilent; Unavailable where the database does not answer."""
    row = await call_view(
        request, function, asked_hash=session_hash(request), at=edge_of(request).clock.now(), **arguments
    )
    if row is None:
        raise NotLoggedIn()
    if row["state"] != "open":
        raise IdentitySilent()
    merchant = orjson.loads(row["merchant"]) if row["merchant"] else {}
    staff = Staff(orjson.loads(row["session"]), merchant, row["today"], orjson.loads(row["waiting"]))
    speak(staff.language, staff.zone)
    request.state.staff = staff
    edge_of(request).activity.seen(request, staff.session)
    return staff, row


async def current_staff(request: Request) -> Staff:
    """The member of staff who asks, for what needs nothing else of the copy."""
    staff, _row = await query_view(request, "staff")
    return staff


def page_context(request: Request, staff: Staff, current: str = "", *, live: bool = True) -> PageContext:
    """The frame of a page. `current`: the feature whose entry of the menu it belongs to."""
    features: Sequence[Feature] = edge_of(request).features
    nav = tuple(
        Link(f.menu.label(), f.menu.url, current=f.name == current, count=staff.waiting.get(f.name) or None)
        for f in features
        if f.menu and (not f.menu.right or staff.may(f.menu.right))
    )
    name = staff.merchant.get("name", "")
    me = f"{name} · {staff.session['name']}" if name else staff.session["name"]
    return PageContext(
        language=staff.language, time_zone=staff.zone, brand="Kontor", home="/", me=me, me_url="/konto", nav=nav,
        live="/ereignisse" if live else None,
    )  # fmt: skip


def known_page_context(request: Request) -> PageContext:
    """The frame before log-in, or where nobody is known."""
    staff: Staff | None = getattr(request.state, "staff", None)
    if staff is not None:
        return page_context(request, staff, live=False)
    return PageContext(language=negotiate(request.headers.get("accept-language")), brand="Kontor", home="/")
