"""One's own account: password and language (B7)."""

from uuid import UUID

from kontor_identity.dependencies import Dependencies
from kontor_identity.limits.buckets import LOGIN_BY_ACCOUNT
from kontor_identity.passwords.hashing import check_strength
from kontor_identity.passwords.person import person
from kontor_identity.sessions.changes import end_sessions, grants_change, staff_changed, user_changed
from kontor_identity.sessions.own import account_of
from kontor_service.errors import Invalid
from kontor_service.i18n import N_
from kontor_service.tokens import Principal

OldPasswordWrong = Invalid.named("old_password_wrong", N_("This is not your present password."))


async def change_password(deps: Dependencies, principal: Principal, old: str, new: str) -> bool:
    """Ends all other sessions of the person; whether the edges have confirmed.

    Raises OldPasswordWrong, PasswordTooWeak, TooMany.
    """
    await deps.limits.take(LOGIN_BY_ACCOUNT, principal.subject)
    async with deps.db.transaction(principal.merchant) as session:
        kind, person_id = await account_of(session, principal)
        who = await person(session, kind, person_id)
    if not await deps.passwords.verify(who.password_hash, old):
        raise OldPasswordWrong(field="old")
    check_strength(new, who.email, who.name)
    fresh = await deps.passwords.hash(new)
    async with deps.db.transaction(principal.merchant) as session:
        await grants_change(session, principal.merchant)
        (await person(session, kind, person_id)).password_hash = fresh
        await end_sessions(session, **_whose(kind, person_id), but=principal.session_id)
    await deps.limits.reset(LOGIN_BY_ACCOUNT, principal.subject)
    return await deps.push.now(principal.merchant)


async def change_language(deps: Dependencies, principal: Principal, language: str) -> bool:
    async with deps.db.transaction(principal.merchant) as session:
        await grants_change(session, principal.merchant)
        kind, person_id = await account_of(session, principal)
        (await person(session, kind, person_id)).language = language
        await (staff_changed if kind == "staff" else user_changed)(session, person_id)
    return await deps.push.now(principal.merchant)


def _whose(kind: str, person_id: UUID) -> dict[str, UUID]:
    return {"staff_id" if kind == "staff" else "user_id": person_id}
