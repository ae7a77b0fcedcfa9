"""The sandbox's storage: SQLite in a file, or a PostgreSQL database; both survive a restart."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Engine,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    cast,
    create_engine,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from kontor_sandbox import rules
from kontor_sandbox.model import Account, Checkout

T = TypeVar("T")
_METADATA = MetaData()

ACCOUNT = Table(
    "sandbox_account",
    _METADATA,
    Column("id", String, primary_key=True),
    Column("platform_reference", String, unique=True, nullable=False),
    Column("key_sha256", String, unique=True, nullable=False),
    Column("data", JSON, nullable=False),
)
CHECKOUT = Table(
    "sandbox_checkout",
    _METADATA,
    Column("id", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("idempotency_key", String),
    Column("reference", String, nullable=False),
    Column("created", Float, nullable=False),
    Column("wake_at", Float),
    Column("data", JSON, nullable=False),
    Index("sandbox_checkout_key", "account", "idempotency_key", unique=True),
    Index("sandbox_checkout_reference", "account", "reference"),
    Index("sandbox_checkout_wake", "wake_at"),
)
DELIVERY = Table(
    "sandbox_delivery",
    _METADATA,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("event_id", String, nullable=False),
    Column("type", String, nullable=False),
    Column("account", String, nullable=False),
    Column("checkout", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("due_at", Float),
    Column("attempts", Integer, nullable=False, default=0),
    Column("answer", String, nullable=False, default=""),
    Index("sandbox_delivery_due", "due_at"),
    Index("sandbox_delivery_checkout", "checkout"),
)


class Store:
    """Runs small transactions. On SQLite one after the other, in a thread."""

    def __init__(self, url: str) -> None:
        self._file: Engine | None = None
        self._server: AsyncEngine | None = None
        self._one_at_a_time = asyncio.Lock()
        if url.startswith("sqlite"):
            self._file = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})
            event.listen(self._file, "connect", _durable)
        else:
            self._server = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))

    async def open(self) -> None:
        await self.run(_METADATA.create_all)

    async def close(self) -> None:
        if self._server is not None:
            await self._server.dispose()
        if self._file is not None:
            self._file.dispose()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """One transaction: committed when `work` returns, rolled back when it raises."""
        if self._server is not None:
            async with self._server.begin() as connection:
                return await connection.run_sync(work)
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._in_file, work)

    def _in_file(self, work: Callable[[Connection], T]) -> T:
        assert self._file is not None
        with self._file.begin() as connection:
            return work(connection)


def _durable(connection: Any, _: object) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def account_by(connection: Connection, *, key_sha256: str = "", account_id: str = "") -> Account | None:
    wanted = ACCOUNT.c.key_sha256 == key_sha256 if key_sha256 else ACCOUNT.c.id == account_id
    data = connection.execute(select(ACCOUNT.c.data).where(wanted).with_for_update()).scalar_one_or_none()
    return Account.model_validate(data) if data is not None else None


def save_account(connection: Connection, account: Account) -> None:
    data = account.model_dump(mode="json")
    connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account.id).values(data=data))


def add_checkout(connection: Connection, checkout: Checkout, idempotency_key: str | None) -> None:
    connection.execute(
        insert(CHECKOUT).values(
            id=checkout.id,
            account=checkout.account,
            idempotency_key=idempotency_key,
            reference=checkout.reference,
            created=checkout.created_at.timestamp(),
            **_state(checkout),
        )
    )


def save_checkout(connection: Connection, checkout: Checkout) -> None:
    connection.execute(update(CHECKOUT).where(CHECKOUT.c.id == checkout.id).values(**_state(checkout)))


def locked_checkout(connection: Connection, checkout_id: str) -> Checkout | None:
    query = select(CHECKOUT.c.data).where(CHECKOUT.c.id == checkout_id).with_for_update()
    return _one(connection, query)


def checkout_by_key(connection: Connection, account: str, idempotency_key: str) -> Checkout | None:
    query = select(CHECKOUT.c.data).where(CHECKOUT.c.account == account, CHECKOUT.c.idempotency_key == idempotency_key)
    return _one(connection, query)


def checkouts(connection: Connection, *, account: str = "", reference: str = "", limit: int = 50) -> list[Checkout]:
    """The newest first."""
    query = select(CHECKOUT.c.data).order_by(CHECKOUT.c.created.desc()).limit(limit)
    if account:
        query = query.where(CHECKOUT.c.account == account)
    if reference:
        query = query.where(CHECKOUT.c.reference == reference)
    return [Checkout.model_validate(data) for data in connection.execute(query).scalars()]


def to_wake(connection: Connection, at: datetime) -> list[str]:
    query = select(CHECKOUT.c.id).where(CHECKOUT.c.wake_at <= at.timestamp()).limit(100)
    return list(connection.execute(query).scalars())


def checkout_of_payment(connection: Connection, account: str, payment: str) -> str | None:
    """A payment's id is only inside its checkout; the sandbox is small enough to look through it."""
    query = select(CHECKOUT.c.id).where(CHECKOUT.c.account == account, cast(CHECKOUT.c.data, String).contains(payment))
    return connection.execute(query.limit(1)).scalar_one_or_none()


def _one(connection: Connection, query: Any) -> Checkout | None:
    data = connection.execute(query).scalar_one_or_none()
    return Checkout.model_validate(data) if data is not None else None


def _state(checkout: Checkout) -> dict[str, Any]:
    wake = rules.wake_at(checkout)
    return {"data": checkout.model_dump(mode="json"), "wake_at": wake.timestamp() if wake else None}


def stamp(seconds: float = 0) -> float:
    """Unix time in so many seconds."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).timestamp()
