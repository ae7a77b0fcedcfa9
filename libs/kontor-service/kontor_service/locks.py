"""Locks that belong to no row."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def lock_merchant(session: AsyncSession, merchant_id: UUID, *, what: str, shared: bool = False) -> None:
    """Until the commit this transaction excludes others of the same merchant that lock the same, by its name.

    Those that only share the lock exclude no other one that does. To be called before any row is locked.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    await session.execute(
        text(f"SELECT {function}(hashtext(:what), hashtext(:merchant))"), {"what": what, "merchant": str(merchant_id)}
    )
