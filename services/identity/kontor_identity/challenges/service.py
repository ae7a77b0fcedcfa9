"""Issuing a challenge, and its secret for the mail."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession as CoreSession
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import record
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.derived import Purpose
from kontor_identity.models import Challenge, Link, Staff
from kontor_identity.system_time import now
from kontor_service.errors import Gone, NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7

# Somebody who was just given an account may be on holiday.
_FIRST_PASSWORD_LIFETIME = timedelta(days=7)


class ChallengeUnknown(NotFound):
    title = N_("There is no such challenge.")


ChallengeOver = Gone.named("challenge_over", N_("The challenge was used or has expired."))


def issue(
    session: CoreSession, deps: Dependencies, merchant_id: UUID, *, lifetime: timedelta, **what: Any
) -> Challenge:
    """Writes the challenge and the event that has it mailed, in the caller's transaction."""
    instant = now()
    challenge = Challenge(
        id=uuid7(), merchant_id=merchant_id, key_id=deps.secrets.current, created_at=instant, expires_at=instant + lifetime,
        **what,
    )  # fmt: skip
    session.add(challenge)
    record(session, pb.ChallengeIssued(challenge=state_of(pb.Challenge, challenge)))
    return challenge


async def ask_for_a_password(session: AsyncSession, deps: Dependencies, staff: Staff) -> None:
    """Mails a new member of staff the page on which to choose a password."""
    issue(
        session, deps, staff.merchant_id, kind="password_reset", email=staff.email, name=staff.name,
        language=staff.language, lifetime=_FIRST_PASSWORD_LIFETIME, staff_id=staff.id,
    )  # fmt: skip


async def secret_for_the_mail(deps: Dependencies, merchant_id: UUID | None, challenge_id: UUID) -> dict[str, str]:
    """`{"code": …}` or `{"url": …}`. Raises ChallengeUnknown, ChallengeOver."""
    owner = await deps.db.pool.fetchval("SELECT merchant_of_challenge($1)", challenge_id)
    if owner is None or merchant_id not in (None, owner):
        raise ChallengeUnknown
    async with deps.db.transaction(owner) as session:
        challenge = await session.get_one(Challenge, challenge_id)
        if challenge.used_at is not None or challenge.expires_at <= now():
            raise ChallengeOver
        if challenge.kind == "login_code":
            return {"code": deps.secrets.code(challenge.id, challenge.key_id)}
        if challenge.kind == "password_reset":
            return {"url": _reset_url(deps, challenge)}
        link = await session.get_one(Link, challenge.link_id)
    if link.revoked_at is not None:
        raise ChallengeOver
    return {"url": f"{deps.settings.portal_url}/l/{deps.secrets.token(Purpose.LINK, link.id, link.generation)}"}


def _reset_url(deps: Dependencies, challenge: Challenge) -> str:
    base = deps.settings.admin_public_url if challenge.staff_id else deps.settings.portal_url
    return f"{base}/passwort/{deps.secrets.token(Purpose.RESET, challenge.id)}"
