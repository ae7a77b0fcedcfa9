"""Two services and money between them: what one records, the other books exactly once, whatever happens.

`payments` writes an operation and records an event in one transaction; `ledger` books it: one row and a balance.
"""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from kontor.payments.v1.payments_pb2 import Payment, PaymentRecorded
from kontor_bus import Bus, Effects, Envelope, Poison, idle, record
from kontor_bus.schema import INBOX, OUTBOX
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_testing.bus import dead, table_sql
from kontor_testing.waiting import eventually

MERCHANTS = [UUID(f"01900000-0000-7000-8000-00000000000{number}") for number in range(1, 4)]
STEPS = (0.1, 0.2)
# A database that was killed is back by then.
_OUTAGE_SECONDS = 240.0

_PAYMENTS_SQL = (*table_sql(OUTBOX), "CREATE TABLE operation (id uuid PRIMARY KEY, merchant_id uuid, amount bigint)")
# No unique key on bookings: what is booked twice must show.
_LEDGER_SQL = (
    *table_sql(INBOX),
    "CREATE TABLE booking (payment_id uuid, merchant_id uuid, amount bigint)",
    "CREATE TABLE account (merchant_id uuid PRIMARY KEY, balance bigint NOT NULL DEFAULT 0)",
)
_OPERATE = text("INSERT INTO operation (id, merchant_id, amount) VALUES (:id, :merchant, :amount)")
_BOOK = text("INSERT INTO booking (payment_id, merchant_id, amount) VALUES (:id, :merchant, :amount)")
_BALANCE = text("UPDATE account SET balance = balance + :amount WHERE merchant_id = :merchant")

# What a use case may see of a database that goes away under it.
LOST = (OSError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything is, for this process and for others."""

    bus: str
    payments: str
    ledger: str


async def prepare(bus: str, payments: str, ledger: str) -> Addresses:
    """Makes the tables in two empty databases."""
    for url, statements in ((payments, _PAYMENTS_SQL), (ledger, _LEDGER_SQL)):
        connection = await asyncpg.connect(url)
        for statement in statements:
            await connection.execute(statement)
        if url == ledger:
            await connection.executemany("INSERT INTO account (merchant_id) VALUES ($1)", [(m,) for m in MERCHANTS])
        await connection.close()
    return Addresses(bus, payments, ledger)


@dataclass
class Ledger:
    addresses: Addresses
    payments: Database
    ledger: Database
    sender: Bus
    receiver: Bus
    # Operations whose commit was answered: of these none may be missing.
    confirmed: list[UUID] = field(default_factory=list)
    _amounts: Any = field(default_factory=lambda: itertools.cycle(range(1, 1000)))

    async def operate(self, *, poisonous: bool = False) -> UUID:
        """One use case. Raises what the database raises; the operation may then have been done or not."""
        merchant, amount, payment_id = random.choice(MERCHANTS), next(self._amounts), uuid7()
        state = Payment(id=str(payment_id), merchant_id=str(merchant), epoch=1, version=1, amount_minor=amount)
        if poisonous:
            state.provider_reference = "poison"
        async with self.payments.transaction(merchant) as session:
            connection = await session.connection()
            if not poisonous:
                values = {"id": payment_id, "merchant": merchant, "amount": amount}
                await connection.execute(_OPERATE, values)
            event_id = record(session, PaymentRecorded(payment=state))
        if not poisonous:
            self.confirmed.append(payment_id)
        return event_id

    async def load(self, operations: int, *, at_once: int = 8, pause: float = 0.0) -> None:
        """So many confirmed operations, each worker resting `pause` seconds after each; another one replaces one that fails."""
        left = iter(range(operations))

        async def work() -> None:
            for _ in left:
                await eventually(self._is_confirmed, within=_OUTAGE_SECONDS, every=0.1)
                await asyncio.sleep(pause)

        await asyncio.gather(*(work() for _ in range(at_once)))

    async def _is_confirmed(self) -> bool:
        """Whether a new operation was confirmed; one that fails is forgotten, as a caller would who gives up."""
        with suppress(*LOST):
            await self.operate()
            return True
        return False

    async def at_rest(self, seconds: float = 60.0) -> None:
        await idle(self.sender, self.receiver, timeout=seconds)

    async def verify(self, *, poisonous: Sequence[UUID] = ()) -> None:
        """Everything confirmed is applied, nothing twice; nothing waits anywhere; only the poison is dead."""
        async with self.payments.connection() as connection:
            operations = await connection.fetch("SELECT id, merchant_id, amount FROM operation")
            unpublished = await connection.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        async with self.ledger.connection() as connection:
            bookings = await connection.fetch("SELECT payment_id AS id, merchant_id, amount FROM booking")
            balances = dict(await connection.fetch("SELECT merchant_id, balance FROM account"))
        assert {row["id"] for row in operations} >= set(self.confirmed)
        assert Counter(map(tuple, bookings)) == Counter(map(tuple, operations))
        for merchant in MERCHANTS:
            assert balances[merchant] == sum(row["amount"] for row in operations if row["merchant_id"] == merchant)
        assert unpublished == 0
        assert await self.receiver.unfinished() == 0
        letters = await dead(self.addresses.bus, "ledger")
        assert sorted(letter.id for letter in letters) == sorted(str(event_id) for event_id in poisonous)
        assert await dead(self.addresses.bus, "kontor.unrouted") == []


async def book(session: Any, message: PaymentRecorded, envelope: Envelope) -> None:
    payment = message.payment
    if payment.provider_reference == "poison":
        raise Poison("cannot be booked")
    values = {"merchant": UUID(payment.merchant_id), "amount": payment.amount_minor}
    connection = await session.connection()
    await connection.execute(_BOOK, {"id": UUID(payment.id), **values})
    await connection.execute(_BALANCE, values)


@asynccontextmanager
async def opened(addresses: Addresses) -> AsyncIterator[Ledger]:
    """Both services in this process, running."""
    payments, ledger = Database(addresses.payments), Database(addresses.ledger)
    await payments.open()
    await ledger.open()
    effects = Effects("ledger.bookings", {PaymentRecorded: book})
    receiver = Bus(addresses.bus, service="ledger", database=ledger, consumers=[effects], retry_steps=STEPS)
    sender = Bus(addresses.bus, service="payments", database=payments, retry_steps=STEPS)
    try:
        # The receiver first: its queue has to be bound before the first event.
        async with receiver, sender:
            yield Ledger(addresses, payments, ledger, sender, receiver)
    finally:
        await payments.close()
        await ledger.close()
