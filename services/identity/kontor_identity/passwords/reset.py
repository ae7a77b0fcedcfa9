"""Resetting a forgotten password by mail (B5)."""

from datetime import timedelta

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.challenges.service import issue
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.derived import Purpose
from kontor_identity.limits.buckets import LOGIN_BY_ACCOUNT, RESET_BY_ACCOUNT, RESET_BY_IP, TOKEN_BY_IP, network
from kontor_identity.models import Challenge, Contact, Merchant, PortalUser, Staff
from kontor_identity.passwords.hashing import check_strength
from kontor_identity.passwords.person import person
from kontor_identity.sessions.changes import end_sessions, grants_change
from kontor_identity.sessions.password import LoginKind, find_staff, find_user, start_for_staff, start_for_user
from kontor_identity.sessions.start import Started
from kontor_identity.system_time import now
from kontor_service.errors import Gone, NotFound
from kontor_service.i18n import N_

ResetUnknown = NotFound.named("reset_unknown", N_("There is no such link."))
ResetExpired = Gone.named("reset_expired", N_("The link is no longer valid."))


async def mail_reset(deps: Dependencies, *, slug: str, email: str, kind: LoginKind, ip: str) -> None:
    """Mails a reset link if there is such a log-in. Tells nobody whether there is. Raises TooMany."""
    await deps.limits.take(RESET_BY_IP, network(ip))
    await deps.limits.take(RESET_BY_ACCOUNT, f"{kind}:{slug}:{email}")
    candidate = await (find_staff(deps, slug, email) if kind == "staff" else find_user(deps, slug, email))
    if candidate.person_id is None:
        return
    async with deps.db.transaction(candidate.merchant_id) as session:
        found = await person(session, kind, candidate.person_id)
        if not await _may_reset(session, found):
            return
        whose = {"staff_id" if isinstance(found, Staff) else "user_id": found.id}
        issue(
            session, deps, candidate.merchant_id, kind="password_reset", email=found.email, name=found.name,
            language=found.language, lifetime=timedelta(minutes=deps.settings.reset_minutes), **whose,
        )  # fmt: skip


async def complete_reset(deps: Dependencies, text: str, password: str, ip: str) -> Started:
    """The new password, every session so far ended, and a new one. Raises ResetUnknown, ResetExpired, PasswordTooWeak."""
    await deps.limits.take(TOKEN_BY_IP, network(ip))
    challenge_id, merchant_id = await deps.opened(text, Purpose.RESET, "merchant_of_challenge", ResetUnknown)
    async with deps.db.transaction(merchant_id) as session:
        challenge = await session.get_one(Challenge, challenge_id)
        _check_open(challenge)
        check_strength(password, challenge.email, challenge.name)
    password_hash = await deps.passwords.hash(password)
    async with deps.db.transaction(merchant_id) as session:
        await grants_change(session, merchant_id)
        challenge = (await session.exec(select(Challenge).where(Challenge.id == challenge_id).with_for_update())).one()
        _check_open(challenge)
        challenge.used_at = now()
        started = await _set_password(session, deps, challenge, password_hash, ip)
    slug = "" if challenge.staff_id else started.actor.slug
    await deps.limits.reset(LOGIN_BY_ACCOUNT, f"{started.actor.kind}:{slug}:{challenge.email}")
    return started


async def _set_password(
    session: AsyncSession, deps: Dependencies, challenge: Challenge, password_hash: str, ip: str
) -> Started:
    if challenge.staff_id is not None:
        staff = await session.get_one(Staff, challenge.staff_id)
        staff.password_hash = password_hash
        await end_sessions(session, staff_id=staff.id)
        return await start_for_staff(session, deps, staff, ip)
    user = await session.get_one(PortalUser, challenge.user_id)
    user.password_hash = password_hash
    await end_sessions(session, user_id=user.id)
    return await start_for_user(session, deps, user, ip)


async def _may_reset(session: AsyncSession, who: Staff | PortalUser) -> bool:
    if isinstance(who, Staff):
        return who.active
    merchant = await session.get_one(Merchant, who.merchant_id)
    granted = select(Contact.id).where(Contact.user_id == who.id, Contact.access == "active")
    return merchant.password_reset_enabled and (await session.exec(granted)).first() is not None


def _check_open(challenge: Challenge) -> None:
    if challenge.used_at is not None or challenge.expires_at <= now():
        raise ResetExpired
