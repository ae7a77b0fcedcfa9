"""From the outbox to the transport: claim, publish, mark."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from opentelemetry.trace import SpanKind, Tracer

from kontor_bus import outbox
from kontor_bus.database import Database
from kontor_bus.envelope import Envelope
from kontor_bus.metrics import Metrics
from kontor_bus.tracing import link_to
from kontor_bus.transport import Receipt, Transport, Unreachable, Verdict

log = structlog.get_logger()

BATCH = 500
POLL_SECONDS = 1.0
_GAUGES_SECONDS = 5.0

# Never `id > last`: a transaction that commits late would be skipped.
_CLAIM = """
    SELECT id, type, subject, merchant_id, payload, headers, occurred_at FROM outbox
    WHERE published_at IS NULL AND available_at <= now()
    ORDER BY available_at, id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_MARK = "UPDATE outbox SET published_at = clock_timestamp(), error = NULL WHERE id = ANY($1::uuid[])"
# Without end, because nothing recorded may be lost; and not for long, because a queue in trouble recovers.
_PUT_OFF = """
    UPDATE outbox SET attempts = attempts + 1, error = r.error,
        available_at = clock_timestamp() + least(r.longest, power(2, least(attempts, 10))) * interval '1 second'
    FROM unnest($1::uuid[], $2::text[], $3::float8[]) AS r (id, error, longest) WHERE outbox.id = r.id
"""
_LONGEST_PAUSE = {Verdict.REFUSED: 300.0, Verdict.UNANSWERED: 15.0}
_GAUGES = "SELECT count(*), min(occurred_at) FROM outbox WHERE published_at IS NULL"


class Relay:
    """Publishes what a service recorded. Several relays of one outbox share the work; order is not promised."""

    def __init__(self, *, database: Database, transport: Transport, metrics: Metrics, tracer: Tracer) -> None:
        self._database = database
        self._transport = transport
        self._metrics = metrics
        self._tracer = tracer
        self._wanted = asyncio.Event()
        self._gauges_due = 0.0

    async def run(self) -> None:
        """For ever; returns only where the database has no outbox. Raises Unreachable with the transport."""
        async with self._database.connection() as connection:
            name, there = await connection.fetchrow("SELECT current_database(), to_regclass('outbox') IS NOT NULL")
        if not there:
            log.info("bus_without_outbox", database=name)
            return
        outbox.watch(name, self._wanted)
        while True:
            self._wanted.clear()
            if await self._batch() == BATCH:
                await self._backlog()
                continue
            await self._measure()
            try:
                await asyncio.wait_for(self._wanted.wait(), POLL_SECONDS)
            except TimeoutError:
                continue

    async def pending(self) -> int:
        """Events recorded and not published yet."""
        async with self._database.connection() as connection:
            if not await connection.fetchval("SELECT to_regclass('outbox') IS NOT NULL"):
                return 0
            count: int = await connection.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
            return count

    async def _backlog(self) -> None:
        """Two batches at a time: one is claimed or marked in the database while the other is on its way."""
        sent = BATCH
        while sent == BATCH:
            answers = await asyncio.gather(self._batch(), self._batch(), return_exceptions=True)
            for answer in answers:
                if isinstance(answer, BaseException):
                    raise answer
                sent = min(sent, answer)

    async def _batch(self) -> int:
        # The rows stay locked until they are marked: a crash in between lets them go and they are sent again.
        async with self._database.connection() as connection, connection.transaction():
            rows = await connection.fetch(_CLAIM, BATCH)
            if not rows:
                return 0
            envelopes = [_envelope(row) for row in rows]
            with self._tracer.start_as_current_span(
                "outbox publish", kind=SpanKind.PRODUCER, links=[link for e in envelopes for link in link_to(e)]
            ) as span:
                span.set_attribute("messaging.batch.message_count", len(envelopes))
                receipts = await self._transport.publish(envelopes)
            await self._mark(connection, envelopes, receipts)
        unsent = [receipt.reason for receipt in receipts if receipt.verdict is Verdict.UNSENT]
        if unsent:
            raise Unreachable(f"{len(unsent)} events not sent: {unsent[0]}")
        return len(rows)

    async def _mark(self, connection: Any, envelopes: Sequence[Envelope], receipts: Sequence[Receipt]) -> None:
        answered = list(zip(envelopes, receipts, strict=True))
        confirmed = [e for e, r in answered if r.verdict is Verdict.CONFIRMED]
        failed = [(e, r) for e, r in answered if r.verdict in _LONGEST_PAUSE]
        if confirmed:
            await connection.execute(_MARK, [envelope.id for envelope in confirmed])
        if failed:
            rows = [(e.id, r.reason, _LONGEST_PAUSE[r.verdict]) for e, r in failed]
            await connection.execute(_PUT_OFF, *(list(column) for column in zip(*rows, strict=True)))
        for envelope in confirmed:
            self._metrics.published.labels(envelope.type).inc()
        for envelope, receipt in failed:
            self._metrics.unpublished.labels(receipt.verdict.value).inc()
            log.error("event_not_published", event_id=str(envelope.id), event_type=envelope.type, reason=receipt.reason)

    async def _measure(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._gauges_due:
            return
        self._gauges_due = now + _GAUGES_SECONDS
        async with self._database.connection() as connection:
            count, oldest = await connection.fetchrow(_GAUGES)
        self._metrics.outbox_rows.set(count)
        self._metrics.outbox_age.set((datetime.now(UTC) - oldest).total_seconds() if oldest else 0)


def _envelope(row: Any) -> Envelope:
    headers: dict[str, str] = json.loads(row["headers"])
    return Envelope(
        id=row["id"],
        type=row["type"],
        source=f"kontor/{row['type'].split('.', 1)[0]}",
        subject=row["subject"],
        time=row["occurred_at"],
        merchant_id=row["merchant_id"],
        traceparent=headers.get("traceparent"),
        body=row["payload"],
    )
