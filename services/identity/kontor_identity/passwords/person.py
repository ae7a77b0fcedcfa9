"""Whoever has a password: a member of staff or a portal user."""

from typing import Any, Literal
from uuid import UUID, uuid4

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.dependencies import Dependencies
from kontor_identity.limits import LOGIN
from kontor_identity.models import Contact, LoginSession, Merchant, PortalUser, Staff
from kontor_identity.system_time import now
from kontor_service.errors import Forbidden, Invalid
from kontor_service.i18n import N_
from kontor_service.tokens import FRESH_LOG_IN, FreshLogInNeeded, Principal

LoginKind = Literal["portal", "staff"]
Person = Staff | PortalUser

OldPasswordWrong = Invalid.named("old_password_wrong", N_("This is not your current password."))
NoAccount = Forbidden.named("no_account", N_("There is no account behind this session."))


async def find_people(deps: Dependencies, kind: LoginKind, slug: str, email: str) -> list[Person]:
    """Who has this address; with a slug only of that merchant. Staff may work for several.

    The same queries for a known address and for an unknown one.
    """
    model: Any = Staff if kind == "staff" else PortalUser
    query = "SELECT merchants_of_staff($1)" if kind == "staff" else "SELECT merchant_by_slug($1)"
    rows = await deps.db.pool.fetch(query, email if kind == "staff" else slug)
    people: list[Person] = []
    for merchant_id in [row[0] for row in rows if row[0]] or [uuid4()]:
        async with deps.db.transaction(merchant_id) as session:
            found = (await session.exec(select(model).where(model.email == email))).one_or_none()
            merchant = await session.get(Merchant, merchant_id)
        if found and merchant and slug in ("", merchant.slug):
            people.append(found)
    return people


async def person_of(session: AsyncSession, principal: Principal) -> Person:
    """The account behind the session. Raises NoAccount if the session was opened by a link or a mailed code."""
    kind, _, subject_id = principal.subject.partition(":")
    if kind == "staff":
        return await session.get_one(Staff, UUID(subject_id))
    contact = await session.get(Contact, UUID(subject_id)) if kind == "contact" else None
    if contact is None or contact.user_id is None:
        raise NoAccount
    return await session.get_one(PortalUser, contact.user_id)


def whose(person: Person) -> dict[str, UUID]:
    """The column that names the person in sessions and challenges."""
    return {"staff_id" if isinstance(person, Staff) else "user_id": person.id}


async def confirm(deps: Dependencies, principal: Principal, password: str | None) -> None:
    """Confirms the person's identity (ASVS 7.5.1): by a recent log-in, or by their password.

    Raises FreshLogInNeeded, OldPasswordWrong, TooMany.
    """
    async with deps.db.transaction(principal.merchant) as session:
        person = await person_of(session, principal)
        current = await session.get_one(LoginSession, principal.session_id)
    if now() - max(current.created_at, current.confirmed_at or current.created_at) <= FRESH_LOG_IN:
        return
    if not password:
        raise FreshLogInNeeded(field="own_password")
    await _check(deps, principal, person, password)


async def confirm_session(deps: Dependencies, principal: Principal, password: str) -> None:
    """The session counts as freshly logged in from now on, also for other services: tokens say so (`auth_time`).

    Raises OldPasswordWrong, NoAccount, TooMany.
    """
    async with deps.db.transaction(principal.merchant) as session:
        person = await person_of(session, principal)
    await _check(deps, principal, person, password)
    async with deps.db.transaction(principal.merchant) as session:
        (await session.get_one(LoginSession, principal.session_id)).confirmed_at = now()


async def _check(deps: Dependencies, principal: Principal, person: Person, password: str) -> None:
    await deps.limits.take(LOGIN, principal.subject)
    if not await deps.passwords.verify(person.password_hash, password):
        raise OldPasswordWrong(field="own_password")
    await deps.limits.reset(LOGIN, principal.subject)
