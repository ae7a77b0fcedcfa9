"""Takes what other systems send, checks whose it is, hands it to the owner; sends refusals back with the reason."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import structlog
from aiormq.abc import DeliveredMessage
from pamqp.commands import Basic
from yarl import URL

from kontor_bus.bus import RETRY_STEPS
from kontor_bus.ingest.message import MAX_HEADERS, SENDER, IngestMessage, Refused, admitted
from kontor_bus.ingest.topology import KINDS, MAX_LENGTH, REFUSED, IngestTopology, merchant_of, refused_queue
from kontor_bus.rabbitmq import codec
from kontor_bus.rabbitmq.connection import Connection
from kontor_bus.rabbitmq.inbound import Inbound, inbound
from kontor_bus.rabbitmq.publisher import Outgoing, Publisher
from kontor_bus.supervision import Background
from kontor_bus.transport import Unreachable, Verdict

log = structlog.get_logger()

PREFETCH = 50
# Of a reason: it is a header, and those travel in one frame.
_MOST_TOLD = 4_000

Handler = Callable[[IngestMessage], Awaitable[None]]


class IngestConsumer:
    """`async with IngestConsumer(url, "documents", handler)`: consumes one kind until the block ends.

    The message is acknowledged when the handler returns, so it must have been stored by then; it may come again,
    with the same body. `Refused` sends it back to its sender. Any other exception leads to retries, then to the
    dead queue `ingest.dead`. With `at_once` so many messages are in the handler at a time, called in their order.
    """

    def __init__(
        self,
        url: str,
        queue: str,
        handler: Handler,
        *,
        retry_steps: Sequence[float] = RETRY_STEPS,
        max_length: int = MAX_LENGTH,
        at_once: int = 1,
    ) -> None:
        if queue not in KINDS:
            raise ValueError(f"queue: {queue} is none of {', '.join(KINDS)}")
        self._queue = queue
        self._handler = handler
        self._at_once = at_once
        self._own_user = URL(url).user or ""
        self._topology = IngestTopology(tuple(retry_steps), max_length)
        self._connection = Connection(url, f"kontor ingest {queue}", self._topology.declare)
        self._publisher = Publisher(self._connection)
        self._background = Background()

    async def __aenter__(self) -> Self:
        try:
            await (await self._connection.channel()).close()
        except Unreachable as lost:
            log.warning("ingest_not_there_yet", error=str(lost))
        self._background.start(f"ingest {self._queue}", self._run)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._background.stop()
        await self._connection.close()

    async def refuse_late(self, user: str, body: bytes, reason: str, *, message_id: str) -> None:
        """Tells a sender of JSON that what it was not refused at first is refused now. Raises Unreachable."""
        properties = Basic.Properties(
            headers={codec.ERROR: _told(reason), codec.QUEUE: self._queue, codec.DIED_AT: _now()},
            message_id=message_id, correlation_id=message_id, content_type="application/json", delivery_mode=2,
        )  # fmt: skip
        await self._return(user, body, properties)

    async def _run(self) -> None:
        free = asyncio.Semaphore(self._at_once)
        before: asyncio.Task[None] | None = None
        async with inbound(self._connection, self._queue, PREFETCH) as arriving, asyncio.TaskGroup() as group:
            while True:
                await free.acquire()
                async with arriving.taken(1) as messages:
                    before = group.create_task(self._work(messages, arriving, before, free))

    async def _work(
        self,
        messages: Sequence[DeliveredMessage],
        arriving: Inbound,
        before: asyncio.Task[None] | None,
        free: asyncio.Semaphore,
    ) -> None:
        for message in messages:
            await self._one(message)
        # An acknowledgement settles all before it.
        if before is not None:
            await before
        await arriving.settle(messages)
        free.release()

    async def _one(self, message: DeliveredMessage) -> None:
        try:
            await self._handler(admitted(message, self._queue, self._own_user))
        except Refused as reason:
            await self._refuse(message, str(reason))
        except Exception as failure:
            log.warning("ingest_failed", queue=self._queue, exc_info=failure)
            await self._put_off(message, f"{type(failure).__name__}: {failure}")

    async def _refuse(self, message: DeliveredMessage, reason: str) -> None:
        sender = self._sender(message)
        log.info("ingest_refused", queue=self._queue, sender=sender, reason=reason)
        properties = _again(message, {codec.ERROR: _told(reason), codec.QUEUE: self._queue, codec.DIED_AT: _now()})
        await self._return(sender, message.body, properties)

    async def _return(self, sender: str, body: bytes, properties: Basic.Properties) -> None:
        if sender and merchant_of(sender):
            outgoing = Outgoing(body, properties, "", refused_queue(sender))
            [receipt] = await self._publisher.publish([outgoing])
            if receipt.verdict is Verdict.CONFIRMED:
                return
        await self._publisher.send([Outgoing(body, properties, "", REFUSED)])

    async def _put_off(self, message: DeliveredMessage, error: str) -> None:
        attempt = codec.attempt_of(message.header.properties) if self._is_ours(message) else 0
        detours = self._topology.detours
        headers: dict[str, Any] = {SENDER: self._sender(message), codec.ATTEMPT: attempt + 1}
        if attempt < len(self._topology.retry_steps):
            outgoing = Outgoing(message.body, self._signed(message, headers), detours.retry(attempt), self._queue)
        else:
            headers |= {codec.ERROR: _told(error), codec.QUEUE: self._queue, codec.DIED_AT: _now()}
            log.error("ingest_dead", queue=self._queue, sender=headers[SENDER], error=error)
            outgoing = Outgoing(message.body, self._signed(message, headers), "", detours.dead)
        await self._publisher.send([outgoing])

    def _signed(self, message: DeliveredMessage, headers: dict[str, Any]) -> Basic.Properties:
        # Our own user-id, checked by the broker, is what makes the sender's name in the header believable.
        properties = _again(message, headers)
        properties.user_id = self._own_user
        return properties

    def _sender(self, message: DeliveredMessage) -> str:
        properties = message.header.properties
        if self._is_ours(message):
            return str((properties.headers or {}).get(SENDER, ""))
        return properties.user_id or ""

    def _is_ours(self, message: DeliveredMessage) -> bool:
        return message.header.properties.user_id == self._own_user


def _again(message: DeliveredMessage, headers: dict[str, Any]) -> Basic.Properties:
    """The message's properties for sending it on: without a user-id, which only its sender may use."""
    old = message.header.properties
    kept = {name: value for name, value in (old.headers or {}).items() if not name.startswith(("kontor-", "x-"))}
    # Left in, they would make the broker copy the message again.
    kept = {name: value for name, value in kept.items() if name.upper() not in ("CC", "BCC")}
    return Basic.Properties(
        headers={**(kept if len(str(kept)) <= MAX_HEADERS else {}), **headers},
        message_id=old.message_id,
        correlation_id=old.message_id,
        message_type=old.message_type,
        content_type=old.content_type,
        delivery_mode=2,
    )


def _told(reason: str) -> str:
    readable = reason.encode(errors="replace").decode()
    return readable if len(readable) <= _MOST_TOLD else f"{readable[:_MOST_TOLD]} …"


def _now() -> str:
    return datetime.now(UTC).isoformat()
