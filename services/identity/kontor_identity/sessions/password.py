"""Logging in with a password (B4)."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid4

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.customers.seen import customers_of_user_seen
from kontor_identity.dependencies import Dependencies
from kontor_identity.limits.buckets import LOGIN_BY_ACCOUNT, LOGIN_BY_IP, network
from kontor_identity.models import Contact, Merchant, PortalUser, Staff
from kontor_identity.passwords.person import person
from kontor_identity.sessions.changes import session_starts
from kontor_identity.sessions.start import Started, start_session
from kontor_identity.system_time import now
from kontor_service.errors import Unauthorized
from kontor_service.i18n import N_

LoginKind = Literal["portal", "staff"]


# The same for an unknown address, a wrong password, and somebody whose access has ended.
InvalidCredentials = Unauthorized.named("invalid_credentials", N_("E-mail address or password is wrong."))


@dataclass(frozen=True)
class Candidate:
    """Whose password is to be checked; of nobody where the address is unknown."""

    merchant_id: UUID
    person_id: UUID | None = None
    password_hash: str | None = None


async def start_with_password(
    deps: Dependencies, *, slug: str, email: str, password: str, kind: LoginKind, ip: str
) -> Started:
    """Raises InvalidCredentials, PortalOff, TooMany."""
    account = account_key(kind, slug, email)
    await deps.limits.take(LOGIN_BY_IP, network(ip))
    await deps.limits.take(LOGIN_BY_ACCOUNT, account)
    candidate = await (find_staff(deps, slug, email) if kind == "staff" else find_user(deps, slug, email))
    if not await deps.passwords.verify(candidate.password_hash, password) or candidate.person_id is None:
        raise InvalidCredentials
    async with deps.db.transaction(candidate.merchant_id) as session:
        await session_starts(session, candidate.merchant_id)
        started = await _start_for(session, deps, candidate, kind, ip)
    await _renew_hash(deps, candidate, kind, password)
    await deps.limits.reset(LOGIN_BY_ACCOUNT, account)
    return started


def account_key(kind: LoginKind, slug: str, email: str) -> str:
    """Under which attempts to guess a password are counted, known address or not."""
    return f"{kind}:{slug}:{email}"


async def _start_for(
    session: AsyncSession, deps: Dependencies, candidate: Candidate, kind: LoginKind, ip: str
) -> Started:
    found = await person(session, kind, candidate.person_id)
    if found.password_hash != candidate.password_hash:
        # Changed while the old one was being verified: that one starts nothing any more.
        raise InvalidCredentials
    if isinstance(found, Staff):
        return await start_for_staff(session, deps, found, ip)
    return await start_for_user(session, deps, found, ip)


async def start_for_staff(session: AsyncSession, deps: Dependencies, staff: Staff, ip: str) -> Started:
    if not staff.active:
        raise InvalidCredentials
    staff.last_seen_at = now()
    return await start_session(
        session, deps.settings, kind="staff", merchant_id=staff.merchant_id, ip=ip, staff_id=staff.id,
        email=staff.email,
    )  # fmt: skip


async def start_for_user(session: AsyncSession, deps: Dependencies, user: PortalUser, ip: str) -> Started:
    query = (
        select(Contact)
        .where(Contact.user_id == user.id, Contact.access == "active")
        .order_by(col(Contact.created_at), col(Contact.id))
    )
    contact = (await session.exec(query)).first()
    if contact is None:
        raise InvalidCredentials
    await customers_of_user_seen(session, user.id)
    return await start_session(
        session, deps.settings, kind="portal", merchant_id=user.merchant_id, ip=ip, user_id=user.id,
        contact_id=contact.id, email=user.email,
    )  # fmt: skip


async def find_user(deps: Dependencies, slug: str, email: str) -> Candidate:
    """The same queries whether the merchant and the address are known or not."""
    merchant_id = await deps.db.pool.fetchval("SELECT merchant_by_slug($1)", slug) or uuid4()
    async with deps.db.transaction(merchant_id) as session:
        query = select(PortalUser).where(PortalUser.merchant_id == merchant_id, PortalUser.email == email)
        user = (await session.exec(query)).one_or_none()
    return Candidate(merchant_id, user.id, user.password_hash) if user else Candidate(merchant_id)


async def find_staff(deps: Dependencies, slug: str, email: str) -> Candidate:
    """A member of staff by address; with a slug only of that merchant. The same queries for a known and an unknown one."""
    merchant_id = await deps.db.pool.fetchval("SELECT merchant_of_staff($1)", email) or uuid4()
    async with deps.db.transaction(merchant_id) as session:
        staff = (await session.exec(select(Staff).where(Staff.email == email))).one_or_none()
        merchant = await session.get(Merchant, merchant_id)
    if staff is None or merchant is None or slug not in ("", merchant.slug):
        return Candidate(merchant_id)
    return Candidate(merchant_id, staff.id, staff.password_hash)


async def _renew_hash(deps: Dependencies, candidate: Candidate, kind: LoginKind, password: str) -> None:
    """Keeps the hash as strong as today's parameters."""
    if candidate.password_hash is None or not deps.passwords.outdated(candidate.password_hash):
        return
    fresh = await deps.passwords.hash(password)
    async with deps.db.transaction(candidate.merchant_id) as session:
        found = await person(session, kind, candidate.person_id, lock=True)
        if found.password_hash == candidate.password_hash:
            found.password_hash = fresh
