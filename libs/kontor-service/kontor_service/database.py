"""PostgreSQL: one pool for use cases (SQLAlchemy), one for hot reads and bulk (asyncpg)."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_service.errors import Invalid, Unavailable
from kontor_service.i18n import N_

MERCHANT_SETTING = "kontor.merchant_id"
# deadlock_detected, serialization_failure
_TAKEN_BACK = frozenset({"40P01", "40001"})
# character_not_in_repertoire, untranslatable_character: a text with NUL
_NO_TEXT = frozenset({"22021", "22P05"})

# Classes: connection, transaction taken back, resources, object in use, operator
_PASSING = frozenset({"08", "40", "53", "55", "57"})

TextNotKept = Invalid.named("control_characters", N_("It contains characters that cannot be used."))


class Contended(Unavailable):
    """Two transactions were in each other's way, and nothing of this one was done.

    Only its author knows whether what went before it in the use case may be done again, so nothing is repeated here:
    callers try again, under the same idempotency key where the command has one.
    """

    code, title = "contended", N_("Somebody else changed the same thing at the same moment.")

    def __init__(self) -> None:
        super().__init__("Nothing was done; please try again", headers={"Retry-After": "1"})


def is_temporary(error: Exception) -> bool:
    """Whether the same may succeed later: the database is away or busy, or somebody else was in the way."""
    if isinstance(error, (Contended, OSError, PoolTimeout)):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, asyncpg.InterfaceError):  # the driver's own, without a code: a value that it cannot write, or
        return not isinstance(error, ValueError)  # a connection that is closed
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    return (state or "")[:2] in _PASSING


class Database:
    """A service's own database. Nothing connects before `open()`."""

    def __init__(self, url: str, *, pool_size: int = 5, application_name: str = "kontor") -> None:
        self.url = url
        self._pool_size = pool_size
        self._application_name = application_name
        self._engine: AsyncEngine | None = None
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None

    async def open(self) -> None:
        """Raises OSError or asyncpg.PostgresError where the server cannot be reached."""
        self._pool = await asyncpg.create_pool(
            self.url,
            min_size=1,
            max_size=self._pool_size,
            server_settings={"application_name": self._application_name},
        )
        self._engine = create_async_engine(
            self.url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=self._pool_size,
            max_overflow=0,
            # An error's text ends in the log; what people typed does not.
            hide_parameters=True,
            connect_args={"server_settings": {"application_name": self._application_name}},
        )
        event.listen(self._engine.sync_engine, "checkout", _replace_if_closed)
        await self._fill()

    async def _fill(self) -> None:
        """Opens all connections at once: a request cancelled while it opens one would leave others waiting for it."""
        async with AsyncExitStack() as opened:
            for _ in range(self._pool_size):
                await opened.enter_async_context(self.engine.connect())

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()
        if self._pool is not None:
            # Connections that a cancelled request left behind must not hold up the end of the process.
            self._pool.terminate()
        self._engine = self._pool = None

    @property
    def engine(self) -> AsyncEngine:
        assert self._engine is not None, "the database is not open"
        return self._engine

    @property
    def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        assert self._pool is not None, "the database is not open"
        return self._pool

    @asynccontextmanager
    async def transaction(self, merchant_id: UUID | None) -> AsyncIterator[AsyncSession]:
        """One transaction in which row-level security sees only this merchant; None sees no tenant's row.

        Commits when the block ends, rolls back when it raises. The merchant is set for the transaction alone,
        so a connection that goes back to the pool carries nothing over.
        Raises Contended where PostgreSQL took this transaction back in favour of another one, TextNotKept for a NUL.
        """
        try:
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                await session.execute(
                    text("SELECT set_config('kontor.merchant_id', :merchant, true)"),
                    {"merchant": str(merchant_id) if merchant_id else ""},
                )
                yield session
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", "")
            if state in _TAKEN_BACK:
                raise Contended from error
            if state in _NO_TEXT or _is_no_utf8(error):
                raise TextNotKept from error
            raise

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """A plain asyncpg connection of the pool, without a merchant."""
        async with self.pool.acquire() as connection:
            yield connection

    async def merchants(self, function: str, *arguments: Any) -> list[UUID]:
        """What a function answers that may look across merchants (kontor_service.schema.declare_lister)."""
        marks = ", ".join(f"${place}" for place in range(1, len(arguments) + 1))
        async with self.connection() as connection:
            return [
                UUID(str(row[0])) for row in await connection.fetch(f"SELECT * FROM {function}({marks})", *arguments)
            ]


def _replace_if_closed(connection: Any, *_of_the_pool: Any) -> None:
    """The pool opens another one in its place. The event loop notices at once when the server closes a connection; to ask the server
    besides (`pool_pre_ping`) would cost three round trips per transaction."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _is_no_utf8(error: BaseException | None) -> bool:
    """Whether the error comes from text that is not valid Unicode (a lone surrogate), which the driver cannot encode."""
    return error is not None and (
        isinstance(error, UnicodeEncodeError) or _is_no_utf8(error.__cause__ or error.__context__)
    )


async def driver_of(session: AsyncSession) -> asyncpg.Connection:
    """The session's own connection for bulk statements in its transaction; what the session holds is written before."""
    await session.flush()
    raw = await (await session.connection()).get_raw_connection()
    assert raw.driver_connection is not None
    return raw.driver_connection
