"""What the bus needs of a service's database; kontor_service.database.Database is one."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import text


class Database(Protocol):
    # Session and connection are Any: SQLModel's session narrows AsyncSession, asyncpg's pool hands out proxies.
    def transaction(self, merchant_id: UUID | None) -> AbstractAsyncContextManager[Any]: ...

    def connection(self) -> AbstractAsyncContextManager[Any]: ...


async def answers(database: Database) -> bool:
    """Whether the database is there, asked after a failure: if it is not, no event is to blame."""
    try:
        async with database.transaction(None) as session:
            await (await session.connection()).execute(text("SELECT 1"))
    except Exception:  # whatever keeps it from answering, the answer is no
        return False
    return True
