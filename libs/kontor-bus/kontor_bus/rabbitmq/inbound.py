"""What arrives on one queue, on a channel of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from aio_pika.abc import AbstractChannel
from aiormq.abc import AbstractChannel as Underlay
from aiormq.abc import DeliveredMessage

from kontor_bus.rabbitmq.connection import CLOSE_TIMEOUT, CONNECT_TIMEOUT, Connection, translated
from kontor_bus.transport import Unreachable


class Inbound:
    """Deliveries come in their order, so the last tag of a batch settles all of it."""

    def __init__(self, channel: Underlay, queue: str) -> None:
        self.queue = queue
        self._channel = channel
        self._arrived: asyncio.Queue[DeliveredMessage | None] = asyncio.Queue()
        self._in_work = 0

    @property
    def unsettled(self) -> int:
        return self._arrived.qsize() + self._in_work

    async def start(self) -> None:
        self._channel.on_consumer_cancel_callbacks.add(self.lost)
        # A queue that has no leader does not answer, for as long as it takes.
        with translated():
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await self._channel.basic_consume(self.queue, self._arrive)

    def lost(self, *_: object) -> None:
        """The channel or the queue is gone: whoever waits here has to begin again."""
        self._arrived.put_nowait(None)

    @asynccontextmanager
    async def taken(self, limit: int) -> AsyncIterator[Sequence[DeliveredMessage]]:
        """At least one message; they count as in work until the block ends. Raises Unreachable."""
        messages = [self._there(await self._arrived.get())]
        while len(messages) < limit and not self._arrived.empty():
            messages.append(self._there(self._arrived.get_nowait()))
        self._in_work = len(messages)
        try:
            yield messages
        finally:
            self._in_work = 0

    async def settle(self, messages: Sequence[DeliveredMessage]) -> None:
        """Acknowledges these and all before them."""
        with translated():
            await self._channel.basic_ack(messages[-1].delivery_tag or 0, multiple=True, wait=False)

    async def _arrive(self, message: DeliveredMessage) -> None:
        self._arrived.put_nowait(message)

    def _there(self, message: DeliveredMessage | None) -> DeliveredMessage:
        if message is None:
            raise Unreachable(f"the consumer of {self.queue} was closed")
        return message


@asynccontextmanager
async def inbound(connection: Connection, queue: str, prefetch: int) -> AsyncIterator[Inbound]:
    """Consumes from the queue until the block ends; what is not settled then goes back."""
    channel = await connection.channel(confirms=False)
    with translated():
        await channel.set_qos(prefetch_count=prefetch, timeout=CONNECT_TIMEOUT)
        arriving = Inbound(await channel.get_underlay_channel(), queue)
    channel.close_callbacks.add(arriving.lost)
    try:
        await arriving.start()
    except Unreachable:
        # The queue may be gone: a new connection declares it again.
        await connection.close()
        raise
    try:
        yield arriving
    finally:
        channel.close_callbacks.discard(arriving.lost)
        await closed(channel)


async def closed(channel: AbstractChannel) -> None:
    if not channel.is_closed:
        with suppress(Unreachable), translated():
            async with asyncio.timeout(CLOSE_TIMEOUT):
                await channel.close()
