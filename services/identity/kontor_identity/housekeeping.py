"""Forgetting what has served its purpose: personal data is kept no longer than it is needed."""

from sqlalchemy import text

from kontor_identity.limits import Limits
from kontor_service.database import Database

_FORGET = (
    # The edges keep a revoked session until its end; a day more covers every clock.
    "DELETE FROM session WHERE expires_at < now() - interval '1 day'",
    "DELETE FROM challenge WHERE expires_at < now() - interval '90 days'",
    "DELETE FROM security_event WHERE at < now() - interval '365 days'",
    "DELETE FROM idempotency WHERE created_at < now() - interval '30 days'",
)


async def forget_old(db: Database, limits: Limits) -> None:
    await limits.forget_old()
    for row in await db.pool.fetch("SELECT merchants() AS id"):
        async with db.transaction(row["id"]) as session:
            for statement in _FORGET:
                await session.execute(text(statement))
