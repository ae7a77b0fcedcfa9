"""Who works here: the session behind the cookie, as the copy knows it, and the look of their pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from fastapi import Request

from kontor_admin.feature import Feature
from kontor_service.errors import Problem, Unauthorized
from kontor_service.i18n import negotiate, speak
from kontor_web import Link, Look

COOKIE = "__Host-kontor-admin"


class NotLoggedIn(Unauthorized):
    """There is no session, or it is over."""

    code, title = "not_logged_in", "Please log in"


class IdentitySilent(Problem):
    """Identity has not been heard for five minutes: nobody could tell us of a revocation, so nothing private is shown."""

    status, code, title = 503, "identity_silent", "Sessions cannot be checked right now"


@dataclass(frozen=True)
class Staff:
    """A logged-in member of staff. `merchant` is the copy's state of their merchant; empty until it has arrived.
    `waiting`: how much waits for staff, by feature."""

    hash: str
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


def session_hash(request: Request) -> str:
    """What the copy knows the browser's session by; empty without one."""
    cookie = request.cookies.get(COOKIE, "")
    return sha256(cookie.encode()).hexdigest() if cookie else ""


def staff_of(asked_hash: str, row: Record | None) -> Staff:
    """From the columns with which every function of the copy answers. Raises NotLoggedIn, IdentitySilent."""
    if row is None:
        raise NotLoggedIn()
    if row["state"] != "open":
        raise IdentitySilent()
    merchant = orjson.loads(row["merchant"]) if row["merchant"] else {}
    staff = Staff(asked_hash, orjson.loads(row["session"]), merchant, row["today"], _waiting(row["waiting"]))
    speak(staff.language, staff.zone)
    return staff


def _waiting(counts: str | int) -> dict[str, int]:
    """A copy of the shape before this one, which answers until ours is built, counts what waits for release alone."""
    return {"release": counts} if isinstance(counts, int) else dict(orjson.loads(counts))


def look(request: Request, staff: Staff, current: str = "", *, live: bool = True) -> Look:
    """The frame of a page. `current`: which entry of the menu it belongs to."""
    request.state.staff = staff
    features: Sequence[Feature] = request.app.state.features
    nav = tuple(
        Link(f.menu.label(), f.menu.url, current=f.name == current, count=staff.waiting.get(f.name) or None)
        for f in features
        if f.menu and (not f.menu.right or staff.may(f.menu.right))
    )
    name = staff.merchant.get("name", "")
    me = f"{name} · {staff.session['name']}" if name else staff.session["name"]
    return Look(
        language=staff.language, time_zone=staff.zone, brand="Kontor", home="/", me=me, me_url="/konto", nav=nav,
        live="/ereignisse" if live else None,
    )  # fmt: skip


def outside(request: Request) -> Look:
    """The frame before log-in, or where nobody is known."""
    staff: Staff | None = getattr(request.state, "staff", None)
    if staff is not None:
        return look(request, staff, live=False)
    return Look(language=negotiate(request.headers.get("accept-language")), brand="Kontor", home="/")
