"""Choosing another password: one's own, or a forgotten one by mail (B5, B7); and one's language."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_identity.challenges import issue, open_challenge, use_challenge, withdraw_challenges
from kontor_identity.dependencies import Dependencies
from kontor_identity.limits import LOGIN, RESET, RESET_BY_IP, TOKEN_BY_IP, network
from kontor_identity.models import Challenge, Contact, Merchant, PortalUser, Staff
from kontor_identity.passwords.person import LoginKind, OldPasswordWrong, Person, find_people, person_of, whose
from kontor_identity.security_log import by, note, told
from kontor_identity.sessions.changes import end_sessions, grants_change, person_changed
from kontor_identity.sessions.password import start_for
from kontor_identity.sessions.start import Started, account_key
from kontor_service.tokens import Principal


async def change_password(deps: Dependencies, principal: Principal, old: str, new: str) -> bool:
    """Ends all other sessions of the person; whether the edges have confirmed.

    Raises OldPasswordWrong, PasswordTooWeak, TooMany.
    """
    await deps.limits.take(LOGIN, principal.subject)
    async with deps.db.transaction(principal.merchant) as session:
        known = await person_of(session, principal)
        merchant = await session.get_one(Merchant, known.merchant_id)
    if not await deps.passwords.verify(known.password_hash, old):
        raise OldPasswordWrong(field="old")
    await deps.passwords.check_strength(new, known.email, known.name, merchant.name, merchant.slug)
    fresh = await deps.passwords.hash(new)
    async with deps.db.transaction(principal.merchant) as session:
        await grants_change(session, principal.merchant)
        await set_password(session, await person_of(session, principal), fresh, but=principal.session_id)
    await deps.limits.reset(LOGIN, principal.subject)
    return await deps.push.now(principal.merchant)


async def end_all_sessions(deps: Dependencies, principal: Principal) -> bool:
    """Logs the person out everywhere, here as well; whether the edges have confirmed."""
    async with deps.db.transaction(principal.merchant) as session:
        await grants_change(session, principal.merchant)
        await log_out_everywhere(session, await person_of(session, principal))
        note(session, principal.merchant, SecurityEventKind.LOGGED_OUT_EVERYWHERE, actor=by(principal))
    return await deps.push.now(principal.merchant)


async def change_language(deps: Dependencies, principal: Principal, language: str) -> bool:
    async with deps.db.transaction(principal.merchant) as session:
        await grants_change(session, principal.merchant)
        person = await person_of(session, principal)
        person.language = language
        await person_changed(session, person.id)
    return await deps.push.now(principal.merchant)


async def mail_reset(deps: Dependencies, *, slug: str, email: str, kind: LoginKind, ip: str, device: str = "") -> None:
    """Mails a reset link for each such log-in. Tells nobody whether there is. Raises TooMany."""
    await deps.limits.take(RESET_BY_IP, network(ip))
    account = account_key(kind, slug, email)
    await deps.limits.count(RESET, account, ip, deps.known_device(device, account))
    for person in await find_people(deps, kind, slug, email):
        async with deps.db.transaction(person.merchant_id) as session:
            if await _may_reset(session, person):
                issue(
                    session, deps, person.merchant_id, kind="password_reset", email=person.email, name=person.name,
                    language=person.language, lifetime=timedelta(minutes=deps.settings.reset_minutes), **whose(person),
                )  # fmt: skip
                note(session, person.merchant_id, SecurityEventKind.RESET_ASKED, about=person.email, ip=ip)


async def complete_reset(deps: Dependencies, text: str, password: str, ip: str) -> Started:
    """The new password, every session so far ended, and a new one. Raises LinkUnknown, LinkExpired, PasswordTooWeak."""
    await deps.limits.take(TOKEN_BY_IP, network(ip))
    challenge = await open_challenge(deps, text, "password_reset")
    async with deps.db.transaction(challenge.merchant_id) as session:
        merchant = await session.get_one(Merchant, challenge.merchant_id)
    await deps.passwords.check_strength(password, challenge.email, challenge.name, merchant.name, merchant.slug)
    password_hash = await deps.passwords.hash(password)
    async with deps.db.transaction(challenge.merchant_id) as session:
        await grants_change(session, challenge.merchant_id)
        await use_challenge(session, challenge)
        model: Any = Staff if challenge.staff_id else PortalUser
        person: Person = await session.get_one(model, challenge.staff_id or challenge.user_id)
        await set_password(session, person, password_hash)
        started = await start_for(session, deps, person, ip)
    await deps.limits.succeeded(LOGIN, account_key(started.actor.kind, started.actor.slug, person.email), ip)
    return started


async def set_password(session: AsyncSession, person: Person, password_hash: str, *, but: UUID | None = None) -> None:
    """Sets the password, ends the person's sessions except `but`, and mails the person a notice unless it is their first."""
    first = person.password_hash is None
    person.password_hash = password_hash
    changed = SecurityEventKind.PASSWORD_CHANGED
    note(session, person.merchant_id, changed, about=person.email, tell=[] if first else [told(person)])
    await log_out_everywhere(session, person, but=but)


async def log_out_everywhere(session: AsyncSession, person: Person, *, but: UUID | None = None) -> None:
    """Ends what the person's password or mailbox has opened so far: sessions, also of mailed codes and links, and resets
    and codes that are still on their way."""
    await end_sessions(session, person, but=but)
    mailed = col(Challenge.kind).in_(("password_reset", "login_code"))
    await withdraw_challenges(session, mailed, Challenge.email == person.email)


async def _may_reset(session: AsyncSession, person: Person) -> bool:
    if isinstance(person, Staff):
        return person.active
    merchant = await session.get_one(Merchant, person.merchant_id)
    granted = select(Contact.id).where(Contact.user_id == person.id, Contact.access == "active")
    return merchant.password_reset_enabled and (await session.exec(granted)).first() is not None
