"""Taking deliveries out of the bus database and settling them, in one transaction with what is done between."""

from collections.abc import Iterable, Sequence
from typing import Any

from kontor_bus.envelope import Envelope
from kontor_bus.postgres.schema import ENVELOPE_COLUMNS, ENVELOPE_FIELDS
from kontor_bus.transport import BATCH, Delivery, Settle, Work

# Only for a wake-up that was lost.
POLL_SECONDS = 5.0
# As RabbitMQ's x-delivery-limit here: more hand-outs than any number of ordinary restarts brings.
DELIVERY_LIMIT = 20

# Counted and committed before the work, or a delivery that takes the process down would be counted by nobody.
# Needs no flush of its own: after a crash of the server the count may be short by one.
_COUNT = """
    UPDATE bus.delivery SET deliveries = deliveries + 1 WHERE id IN (
        SELECT id FROM bus.delivery WHERE queue = $1 AND available_at <= now()
        ORDER BY available_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
_TAKE = f"""
    SELECT id, attempt, deliveries, {ENVELOPE_COLUMNS} FROM bus.delivery
    WHERE id = ANY($1) ORDER BY available_at, id FOR UPDATE SKIP LOCKED
"""
_NEXT_DUE = """
    SELECT least($2::float8, extract(epoch FROM min(available_at) - clock_timestamp()))
    FROM bus.delivery WHERE queue = $1
"""
_SETTLE = f"""
    WITH settled AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::float8[], $4::text[]) AS s (id, settle, seconds, error)
    ), retried AS (
        UPDATE bus.delivery SET attempt = attempt + 1, deliveries = 0,
            available_at = clock_timestamp() + seconds * interval '1 second'
        FROM settled WHERE bus.delivery.id = settled.id AND settle = 'retry'
    ), gone AS (
        DELETE FROM bus.delivery USING settled WHERE bus.delivery.id = settled.id AND settle <> 'retry'
        RETURNING bus.delivery.*, settle, error)
    INSERT INTO bus.dead (service, queue, attempt, error, {ENVELOPE_COLUMNS})
    SELECT $5, queue, attempt + 1, error, {ENVELOPE_COLUMNS} FROM gone WHERE settle = 'dead'
"""


async def batch(connection: Any, service: str, queue: str, retry_steps: Sequence[float], work: Work) -> bool:
    """Processes one batch; False if the queue has none. The batch's rows stay locked until it is settled; if the process
    crashes, the locks end and another process takes the rows."""
    async with connection.transaction():
        await connection.execute("SET LOCAL synchronous_commit = off")
        ids = [row["id"] for row in await connection.fetch(_COUNT, queue, BATCH)]
    if not ids:
        return False
    async with connection.transaction():
        taken = {row["id"]: _delivery(row) for row in await connection.fetch(_TAKE, ids)}
        async with work([delivery for delivery in taken.values() if delivery.settle is Settle.DONE]):
            settled = [_settled(row_id, delivery, retry_steps) for row_id, delivery in taken.items()]
            await connection.execute(_SETTLE, *columns_of(settled, 4), service)
    return True


async def next_due(connection: Any, queue: str) -> float:
    """Seconds until a delivery is due; zero or less: one is."""
    return float(await connection.fetchval(_NEXT_DUE, queue, POLL_SECONDS))


def columns_of(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)] or [[]] * width


def envelope_of(row: Any) -> Envelope:
    return Envelope(id=row["event_id"], **{name: row[name] for name in ENVELOPE_FIELDS})


def _delivery(row: Any) -> Delivery:
    if row["deliveries"] > DELIVERY_LIMIT:
        killer = f"delivered {DELIVERY_LIMIT} times without an end"
        return Delivery(envelope_of(row), row["attempt"], Settle.DEAD, killer)
    return Delivery(envelope_of(row), row["attempt"])


def _settled(row_id: int, delivery: Delivery, retry_steps: Sequence[float]) -> tuple[int, str, float, str]:
    seconds = retry_steps[delivery.attempt] if delivery.settle is Settle.RETRY else 0.0
    return row_id, delivery.settle.value, float(seconds), delivery.error
