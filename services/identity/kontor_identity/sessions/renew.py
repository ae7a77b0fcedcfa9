"""Prolongs a session while it is used, at most until its fixed end."""

from sqlalchemy import text

from kontor_identity.access.actors import SessionActor, session_actor
from kontor_identity.access.tokens import SessionEnded
from kontor_identity.dependencies import Dependencies
from kontor_identity.sessions.changes import session_starts
from kontor_identity.sessions.start import idle_time

# By the clock and not by the transaction's time: a session that has ended while this waited for a lock stays ended. The
# asking edge learns the new version from the answer, so it is not pushed, unless an earlier version still is to be.
_RENEW = text(
    "UPDATE session SET seen_at = clock_timestamp(), expires_at = LEAST(ends_at, clock_timestamp() + :idle),"
    " version = version + 1, pushed_version = pushed_version + (pushed_version = version)::int"
    " WHERE hash = :hash AND revoked_at IS NULL AND expires_at > clock_timestamp()"
)


async def renew_session(deps: Dependencies, session_hash: str) -> SessionActor:
    """Raises SessionEnded."""
    actor = await session_actor(deps.db, session_hash)
    if actor is None or actor.ended:
        raise SessionEnded
    async with deps.db.transaction(actor.merchant_id) as session:
        # A revocation must find it in this state or that.
        await session_starts(session, actor.merchant_id)
        idle = idle_time(deps.settings, actor.kind)
        await session.execute(_RENEW, {"hash": session_hash, "idle": idle})
    renewed = await session_actor(deps.db, session_hash)
    if renewed is None or renewed.ended:
        raise SessionEnded
    return renewed
