"""Starting a session: the cookie's value is random and known to the browser only."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.access.actors import SessionActor
from kontor_identity.access.tokens import PortalOff, SessionEnded, hash_of
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.derived import Purpose
from kontor_identity.models import LoginSession
from kontor_identity.settings import Settings
from kontor_identity.system_time import now
from kontor_service.ids import uuid7


@dataclass(frozen=True)
class Started:
    """`token` is the value of the cookie; nobody but the caller ever learns it."""

    token: str
    actor: SessionActor
    # By which the browser is known to this account from now on; empty for links.
    device: str

    def answer(self, **extra: Any) -> dict[str, Any]:
        return {"token": self.token, "session": self.actor.state(), "device": self.device, **extra}


def account_key(kind: str, slug: str, email: str) -> str:
    """The key by which log-in attempts are counted, whether or not an account has this address."""
    return f"{kind}:{'' if kind == 'staff' else slug}:{email}"


def lifetime(settings: Settings, kind: str) -> timedelta:
    return {
        "portal": timedelta(days=settings.portal_session_days),
        "link": timedelta(hours=settings.link_session_hours),
        "staff": timedelta(hours=settings.staff_session_hours),
        "preview": timedelta(minutes=settings.preview_idle_minutes),
    }[kind]


def idle_time(settings: Settings, kind: str) -> timedelta:
    return timedelta(minutes=getattr(settings, f"{kind}_idle_minutes"))


async def start_session(
    session: AsyncSession, deps: Dependencies, *, kind: str, merchant_id: UUID, ip: str, **whose: Any
) -> Started:
    """Writes the session and reads back what it may do, both in this transaction.

    Raises SessionEnded where nothing is granted, PortalOff where the portal is switched off.
    """
    token = secrets.token_urlsafe(32)
    instant = now()
    ends_at = instant + lifetime(deps.settings, kind)
    row = LoginSession(
        merchant_id=merchant_id, hash=hash_of(token), kind=kind, ip=ip[:60], created_at=instant, seen_at=instant,
        ends_at=ends_at, expires_at=min(ends_at, instant + idle_time(deps.settings, kind)), **whose,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    found = (await session.execute(text("SELECT * FROM session_actors(ARRAY[:hash])"), {"hash": row.hash})).one()
    actor = SessionActor.model_validate(dict(found._mapping))
    if actor.ended:
        raise SessionEnded
    if kind != "staff" and not actor.open:
        raise PortalOff(slug=actor.slug)
    account = account_key(kind, actor.slug, actor.email)
    device = "" if kind in ("link", "preview") else deps.secrets.token(Purpose.DEVICE, uuid7(), about=account)
    return Started(token, actor, device)
