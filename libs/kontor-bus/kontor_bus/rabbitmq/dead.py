"""Looking into a dead queue: messages are taken without acknowledgement and go back where they were."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiormq.exceptions
from aio_pika.abc import AbstractIncomingMessage, AbstractQueue

from kontor_bus.rabbitmq import codec
from kontor_bus.rabbitmq.connection import Connection
from kontor_bus.rabbitmq.publisher import Outgoing, Publisher
from kontor_bus.rabbitmq.topology import EVENTS, dead_queue
from kontor_bus.transport import UNROUTED, DeadLetter


class RabbitDeadLetters:
    def __init__(self, connection: Connection, publisher: Publisher) -> None:
        self._connection = connection
        self._publisher = publisher

    async def listed(self, service: str, limit: int) -> list[DeadLetter]:
        async with self._queue(service) as queue:
            return [_letter(message) async for message in _taken(queue, limit)]

    async def replay(self, service: str, ids: set[str] | None) -> int:
        return await self._remove(service, ids, send_back=True)

    async def drop(self, service: str, ids: set[str] | None) -> int:
        return await self._remove(service, ids, send_back=False)

    async def _remove(self, service: str, ids: set[str] | None, *, send_back: bool) -> int:
        done = 0
        async with self._queue(service) as queue:
            async for message in _taken(queue, None):
                if ids is None or message.message_id in ids:
                    if send_back:
                        await self._publisher.send([_replayed(service, message)])
                    await message.ack()
                    done += 1
        return done

    @asynccontextmanager
    async def _queue(self, service: str) -> AsyncIterator[AbstractQueue | None]:
        channel = await self._connection.channel(confirms=False)
        try:
            yield await channel.declare_queue(dead_queue(service), passive=True)
        except aiormq.exceptions.ChannelNotFoundEntity:
            # A service that was never here has no dead.
            yield None
        finally:
            # What was taken and not acknowledged goes back when its channel closes.
            if not channel.is_closed:
                await channel.close()


async def _taken(queue: AbstractQueue | None, limit: int | None) -> AsyncIterator[AbstractIncomingMessage]:
    if queue is None:
        return
    # As many as there are now: what comes back while we look must not be seen again.
    waiting = queue.declaration_result.message_count or 0
    for _ in range(waiting if limit is None else min(limit, waiting)):
        message = await queue.get(fail=False)
        if message is None:
            return
        yield message


def _origin(message: AbstractIncomingMessage) -> str:
    return str(message.headers.get(codec.QUEUE) or message.headers.get("x-first-death-queue") or "")


def _letter(message: AbstractIncomingMessage) -> DeadLetter:
    headers = message.headers
    reason = headers.get(codec.ERROR) or headers.get("x-first-death-reason") or "no queue is bound to it"
    attempt, died = headers.get(codec.ATTEMPT), headers.get(codec.DIED_AT)
    return DeadLetter(
        id=message.message_id or "",
        queue=_origin(message) or UNROUTED,
        type=message.type or "",
        error=str(reason),
        attempt=attempt if isinstance(attempt, int) else 0,
        died_at=datetime.fromisoformat(str(died)) if died else datetime.now(UTC),
    )


def _replayed(service: str, message: AbstractIncomingMessage) -> Outgoing:
    properties = message.properties
    kept = {name: value for name, value in (properties.headers or {}).items() if not name.startswith(("kontor-", "x-"))}
    properties.headers = kept
    if service == UNROUTED:
        return Outgoing(message.body, properties, EVENTS, message.type or "")
    return Outgoing(message.body, properties, "", _origin(message))
