"""Logging in with a password (B4)."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_identity.customers.store import customers_of_user_seen
from kontor_identity.dependencies import Dependencies
from kontor_identity.limits import LOGIN, LOGIN_BY_IP, NOTICE, network, uniform_time
from kontor_identity.models import Contact, Merchant, PortalUser, Staff
from kontor_identity.passwords.person import LoginKind, Person, find_people
from kontor_identity.security_log import by_session, note, told
from kontor_identity.sessions.changes import session_starts
from kontor_identity.sessions.start import Started, account_key, start_session
from kontor_identity.system_time import now
from kontor_service.errors import Conflict, TooMany, Unauthorized
from kontor_service.i18n import N_

# The same for an unknown address, a wrong password, and somebody whose access has ended.
InvalidCredentials = Unauthorized.named("invalid_credentials", N_("E-mail address or password is wrong."))
# Said only to who has given the right password. `merchants`: name and slug of each.
SeveralMerchants = Conflict.named("several_merchants", N_("You work for several merchants. Please choose one."))


async def start_with_password(
    deps: Dependencies, *, slug: str, email: str, password: str, kind: LoginKind, ip: str, device: str = ""
) -> Started:
    """`slug`: of a portal; for staff, of the merchant they have chosen, or empty.

    Raises InvalidCredentials, SeveralMerchants, PortalOff, TooMany.
    """
    account = account_key(kind, slug, email)
    attempt = LOGIN, account, ip, deps.known_device(device, account)
    await deps.limits.take(LOGIN_BY_IP, network(ip))
    try:
        many = await deps.limits.count(*attempt)
    except TooMany:
        await _tell_of_many(deps, kind, slug, email, ip)
        raise
    if many:
        await _tell_of_many(deps, kind, slug, email, ip)
    async with uniform_time(deps.settings.uniform_answer_seconds):
        # Each merchant that knows the address is one password more to verify.
        known = await _whose_password(deps, await find_people(deps, kind, slug, email), password, ip)
    # Keeps the hash as strong as today's parameters.
    fresh = await deps.passwords.hash(password) if deps.passwords.outdated(known.password_hash or "") else None
    async with deps.db.transaction(known.merchant_id) as session:
        await session_starts(session, known.merchant_id)
        person: Person = await session.get_one(type(known), known.id, with_for_update=True)
        if person.password_hash != known.password_hash:
            # Changed while the old one was being verified: that one starts nothing any more.
            raise InvalidCredentials
        person.password_hash = fresh or person.password_hash
        started = await start_for(session, deps, person, ip)
        actor = by_session(started.actor)
        note(session, person.merchant_id, SecurityEventKind.LOGGED_IN, actor=actor, about=person.email, ip=ip)
    await deps.limits.succeeded(*attempt)
    return started


async def _whose_password(deps: Dependencies, people: Sequence[Person], password: str, ip: str) -> Person:
    """Who of these has the password. Raises InvalidCredentials, SeveralMerchants."""
    candidates: list[Person | None] = [*people] if people else [None]
    matching = [
        person
        for person in candidates
        if await deps.passwords.verify(person.password_hash if person else None, password) and person
    ]
    let_in = [person for person in matching if isinstance(person, PortalUser) or person.active]
    if len(let_in) > 1:
        raise SeveralMerchants(merchants=[await _name_of(deps, person.merchant_id) for person in let_in])
    if not matching:
        for person in people:
            async with deps.db.transaction(person.merchant_id) as session:
                note(session, person.merchant_id, SecurityEventKind.LOG_IN_FAILED, about=person.email, ip=ip)
    if not let_in:
        raise InvalidCredentials
    return let_in[0]


async def _name_of(deps: Dependencies, merchant_id: UUID) -> dict[str, str]:
    async with deps.db.transaction(merchant_id) as session:
        merchant = await session.get_one(Merchant, merchant_id)
    return {"slug": merchant.slug, "name": merchant.name}


async def _tell_of_many(deps: Dependencies, kind: LoginKind, slug: str, email: str, ip: str) -> None:
    """Tells the account's owner that many have tried to get in, once a day."""
    try:
        await deps.limits.take(NOTICE, account_key(kind, slug, email))
    except TooMany:
        return
    for person in await find_people(deps, kind, slug, email):
        async with deps.db.transaction(person.merchant_id) as session:
            many = SecurityEventKind.MANY_FAILED
            note(session, person.merchant_id, many, about=person.email, ip=ip, tell=[told(person)])


async def start_for(session: AsyncSession, deps: Dependencies, person: Person, ip: str) -> Started:
    """Raises InvalidCredentials for staff who are no longer active and users without a customer, PortalOff."""
    if isinstance(person, Staff):
        if not person.active:
            raise InvalidCredentials
        person.last_seen_at = now()
        return await start_session(
            session, deps, kind="staff", merchant_id=person.merchant_id, ip=ip, staff_id=person.id,
            email=person.email,
        )  # fmt: skip
    query = (
        select(Contact)
        .where(Contact.user_id == person.id, Contact.access == "active")
        .order_by(col(Contact.created_at), col(Contact.id))
    )
    contact = (await session.exec(query)).first()
    if contact is None:
        raise InvalidCredentials
    await customers_of_user_seen(session, person.id)
    return await start_session(
        session, deps, kind="portal", merchant_id=person.merchant_id, ip=ip, user_id=person.id,
        contact_id=contact.id, email=person.email,
    )  # fmt: skip
