"""One's own sessions: list them, end them."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, text
from sqlmodel import col, select

from kontor_identity.dependencies import Dependencies
from kontor_identity.models import LoginSession, Staff
from kontor_identity.passwords.person import Person, person_of
from kontor_identity.system_time import now
from kontor_service.errors import NotFound
from kontor_service.i18n import N_
from kontor_service.tokens import Principal

_END = text(
    "UPDATE session SET revoked_at = now(), version = version + 1 WHERE id = :id AND revoked_at IS NULL RETURNING id"
)


class SessionMissing(NotFound):
    title = N_("There is no such session.")


async def own_sessions(deps: Dependencies, principal: Principal) -> list[dict[str, Any]]:
    """The live sessions of the person, newest first."""
    async with deps.db.transaction(principal.merchant) as session:
        query = (
            select(LoginSession)
            .where(_mine(await person_of(session, principal)), col(LoginSession.revoked_at).is_(None))
            .where(LoginSession.expires_at > now())
            .order_by(col(LoginSession.created_at).desc())
        )
        rows = (await session.exec(query)).all()
    return [
        {
            "id": str(row.id),
            "kind": row.kind,
            "current": row.id == principal.session_id,
            "ip": row.ip,
            "created_at": row.created_at.isoformat(),
            "expires_at": row.expires_at.isoformat(),
        }
        for row in rows
    ]


async def end_own_session(deps: Dependencies, principal: Principal, session_id: UUID) -> bool:
    """Ends it at once; whether the edge has confirmed. Raises SessionMissing for somebody else's."""
    async with deps.db.transaction(principal.merchant) as session:
        query = select(LoginSession.id).where(LoginSession.id == session_id, _mine(await person_of(session, principal)))
        if (await session.exec(query)).one_or_none() is None:
            raise SessionMissing
        await session.execute(_END, {"id": session_id})
    return await deps.push.now(principal.merchant)


async def end_by_hash(deps: Dependencies, session_hash: str) -> None:
    """Logging out. Repeating it, or doing it to a session that is unknown, changes nothing."""
    merchant_id = await deps.db.pool.fetchval("SELECT merchant_of_session($1)", session_hash)
    if merchant_id is None:
        return
    async with deps.db.transaction(merchant_id) as session:
        query = select(LoginSession.id).where(LoginSession.hash == session_hash)
        await session.execute(_END, {"id": (await session.exec(query)).one()})
    await deps.push.now(merchant_id)


def _mine(person: Person) -> Any:
    """Sessions by password, and in a portal those by a code that was mailed to the person's address."""
    if isinstance(person, Staff):
        return and_(col(LoginSession.staff_id) == person.id, col(LoginSession.kind) == "staff")
    mine = col(LoginSession.user_id) == person.id
    by_code = and_(
        col(LoginSession.kind) == "portal", col(LoginSession.user_id).is_(None),
        col(LoginSession.email) == person.email,
    )  # fmt: skip
    return or_(mine, by_code)
