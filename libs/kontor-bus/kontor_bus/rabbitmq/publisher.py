"""Publishing with confirms: fifty in flight on one long-lived channel."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import aiormq.exceptions
from aio_pika.abc import AbstractChannel
from pamqp.commands import Basic

from kontor_bus.rabbitmq.connection import Connection
from kontor_bus.supervision import is_stray
from kontor_bus.transport import CONFIRMED, Receipt, Unreachable, Verdict

IN_FLIGHT = 50
PUBLISH_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Outgoing:
    body: bytes
    properties: Basic.Properties
    exchange: str
    routing_key: str


class Publisher:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._channel: AbstractChannel | None = None
        self._lock = asyncio.Lock()
        self._places = asyncio.Semaphore(IN_FLIGHT)

    async def publish(self, outgoing: Sequence[Outgoing]) -> list[Receipt]:
        """One receipt each. Raises Unreachable where no channel can be had."""
        channel = await self._open()
        receipts = await self._publish_all(channel, outgoing)
        unsent = [place for place, receipt in enumerate(receipts) if receipt.verdict is Verdict.UNSENT]
        # The broker closes the channel over one message it cannot stand, and with it all the others in flight:
        # one by one shows which it was. A lost connection shows itself by the next channel that cannot be had.
        if unsent and channel.is_closed:
            await self._one_by_one(outgoing, receipts, unsent)
        return receipts

    async def send(self, outgoing: Sequence[Outgoing]) -> None:
        """All of them, or Unreachable."""
        if not outgoing:
            return
        for receipt in await self.publish(outgoing):
            if receipt.verdict is not Verdict.CONFIRMED:
                raise Unreachable(receipt.reason)

    async def close(self) -> None:
        if self._channel is not None and not self._channel.is_closed:
            await self._channel.close()

    async def _open(self) -> AbstractChannel:
        async with self._lock:
            if self._channel is None or self._channel.is_closed:
                self._channel = await self._connection.channel()
            return self._channel

    async def _open_again(self) -> AbstractChannel:
        # What was sent on a channel after the broker had closed it costs the whole connection: one try finds out,
        # the next one has a new connection.
        with suppress(Unreachable):
            return await self._open()
        return await self._open()

    async def _publish_all(self, channel: AbstractChannel, outgoing: Sequence[Outgoing]) -> list[Receipt]:
        receipts = [Receipt(Verdict.UNSENT, "not tried")] * len(outgoing)

        async def work(indexes: Iterator[int]) -> None:
            for index in indexes:
                async with self._places:
                    receipts[index] = await _publish_one(channel, outgoing[index])

        # One iterator for all: each takes the next one when its last is confirmed.
        indexes = iter(range(len(outgoing)))
        await _all(asyncio.create_task(work(indexes)) for _ in range(min(IN_FLIGHT, len(outgoing))))
        return receipts

    async def _one_by_one(self, outgoing: Sequence[Outgoing], receipts: list[Receipt], unsent: Sequence[int]) -> None:
        with suppress(Unreachable):
            for place in unsent:
                channel = await self._open_again()
                receipt = await _publish_one(channel, outgoing[place])
                receipts[place] = receipt
                if receipt.verdict is Verdict.UNSENT and channel.is_closed:
                    # Where there is another channel at once, the closed one was closed over this message.
                    await self._open_again()
                    receipts[place] = Receipt(Verdict.REFUSED, receipt.reason)


async def _all(tasks: Iterable["asyncio.Task[None]"]) -> None:
    running = list(tasks)
    try:
        await asyncio.wait(running)
    finally:
        for task in running:
            task.cancel()


async def _publish_one(channel: AbstractChannel, one: Outgoing) -> Receipt:
    try:
        underlay = await channel.get_underlay_channel()
        await underlay.basic_publish(
            one.body,
            exchange=one.exchange,
            routing_key=one.routing_key,
            properties=one.properties,
            mandatory=True,
            timeout=PUBLISH_TIMEOUT,
            wait=False,  # type: ignore[call-arg]  # aiormq's abstract class lacks it
        )
    except aiormq.exceptions.PublishError as returned:
        return Receipt(Verdict.REFUSED, f"returned as unroutable: {returned}")
    except aiormq.exceptions.DeliveryError as nacked:
        return Receipt(Verdict.REFUSED, f"rejected by the broker: {nacked}")
    except ValueError as invalid:
        return Receipt(Verdict.REFUSED, str(invalid))
    except asyncio.CancelledError:
        if not is_stray():
            raise
        return Receipt(Verdict.UNSENT, "the channel was closed under the publish")
    except TimeoutError:
        return Receipt(Verdict.UNANSWERED, f"not confirmed within {PUBLISH_TIMEOUT:.0f} s")
    except (OSError, RuntimeError, aiormq.exceptions.AMQPError) as lost:
        return Receipt(Verdict.UNSENT, f"{type(lost).__name__}: {lost}")
    return CONFIRMED
