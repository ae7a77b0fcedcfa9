"""One-time secrets by mail: invitations, resets, log-in codes, fresh links. Issued here, derived when the mail goes out."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession as CoreSession
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import record
from kontor_identity.access.services import Mailer
from kontor_identity.dependencies import Dependencies, Deps, LinkExpired, LinkUnknown
from kontor_identity.keys.derived import Purpose
from kontor_identity.models import Challenge, Link, Merchant, Staff
from kontor_identity.system_time import now
from kontor_service.errors import Gone, NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7

router = APIRouter(prefix="/v1/challenges", tags=["challenges"])

ChallengeOver = Gone.named("challenge_over", N_("The challenge was used or has expired."))

# Somebody who was just given an account may be on holiday.
_FIRST_PASSWORD_LIFETIME = timedelta(days=7)
# Where a mail's link leads, and for what its token is good.
_PAGES = {
    "invitation": ("einladung", Purpose.INVITATION),
    "password_reset": ("passwort", Purpose.RESET),
    "preview": ("vorschau", Purpose.PREVIEW),
}


def new_challenge(deps: Dependencies, merchant_id: UUID, *, lifetime: timedelta, **what: Any) -> Challenge:
    instant = now()
    return Challenge(
        id=uuid7(), merchant_id=merchant_id, key_id=deps.secrets.current, created_at=instant, expires_at=instant + lifetime,
        **what,
    )  # fmt: skip


def issue(
    session: CoreSession, deps: Dependencies, merchant_id: UUID, *, lifetime: timedelta, **what: Any
) -> Challenge:
    """Writes the challenge and the event that has it mailed, in the caller's transaction."""
    challenge = new_challenge(deps, merchant_id, lifetime=lifetime, **what)
    session.add(challenge)
    record(session, pb.ChallengeIssued(challenge=state_of(pb.Challenge, challenge)))
    return challenge


async def ask_for_a_password(session: AsyncSession, deps: Dependencies, staff: Staff) -> None:
    """Mails a new member of staff the page on which to choose a password."""
    issue(
        session, deps, staff.merchant_id, kind="password_reset", email=staff.email, name=staff.name,
        language=staff.language, lifetime=_FIRST_PASSWORD_LIFETIME, staff_id=staff.id,
    )  # fmt: skip


async def open_challenge(deps: Dependencies, text: str, kind: str) -> Challenge:
    """The challenge of a mail's link. Raises LinkUnknown, LinkExpired."""
    token, row = await deps.look_up(text, "merchant_of_challenge")
    if not deps.secrets.genuine(token, _PAGES[kind][1]):
        raise LinkUnknown
    async with deps.db.transaction(row[0]) as session:
        return await _opened(session, select(Challenge).where(Challenge.id == token.id))


async def use_challenge(session: AsyncSession, challenge: Challenge) -> None:
    """Marks the challenge as used. Raises LinkExpired if it was used or has expired meanwhile."""
    fresh = await _opened(session, select(Challenge).where(Challenge.id == challenge.id).with_for_update())
    fresh.used_at = now()


async def withdraw_challenges(session: AsyncSession, *which: Any) -> None:
    """Marks the matching challenges that are still open as used, so that they open nothing."""
    await session.exec(update(Challenge).where(col(Challenge.used_at).is_(None), *which).values(used_at=now()))


async def _opened(session: AsyncSession, query: Any) -> Challenge:
    challenge: Challenge = (await session.exec(query.execution_options(populate_existing=True))).one()
    if not _is_open(challenge, now()):
        merchant = await session.get_one(Merchant, challenge.merchant_id)
        raise LinkExpired(slug="" if challenge.staff_id else merchant.slug)
    return challenge


@router.post("/{challenge_id}/secret")
async def secret_for_the_mail(challenge_id: UUID, deps: Deps, caller: Mailer) -> dict[str, str]:
    """`{"code": …}` or `{"url": …}`."""
    owner = await deps.db.pool.fetchval("SELECT merchant_of_challenge($1)", challenge_id)
    if owner is None or caller.merchant_id not in (None, owner):
        raise NotFound
    async with deps.db.transaction(owner) as session:
        challenge = await session.get_one(Challenge, challenge_id)
        link = await session.get_one(Link, challenge.link_id) if challenge.kind == "document_link" else None
    if not _is_open(challenge, now()) or (link and link.revoked):
        raise ChallengeOver
    if challenge.kind == "login_code":
        return {"code": deps.secrets.code(challenge.id, challenge.key_id)}
    if link:
        return {"url": f"{deps.settings.portal_url}/l/{deps.secrets.token(Purpose.LINK, link.id, link.generation)}"}
    base = deps.settings.admin_public_url if challenge.staff_id else deps.settings.portal_url
    page, purpose = _PAGES[challenge.kind]
    return {"url": f"{base}/{page}/{deps.secrets.token(purpose, challenge.id)}"}


def _is_open(challenge: Challenge, at: datetime) -> bool:
    return challenge.used_at is None and challenge.expires_at > at
