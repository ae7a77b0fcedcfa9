"""One connection that is made again when it was lost, with the topology declared each time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress

import aio_pika
import aiormq.exceptions
from aio_pika.abc import AbstractChannel, AbstractConnection
from yarl import URL

from kontor_bus.rabbitmq import lenient
from kontor_bus.supervision import is_stray
from kontor_bus.transport import Unreachable

CONNECT_TIMEOUT = 10.0
# What was cancelled while it asked for something may never hear that it is closed.
CLOSE_TIMEOUT = 2.0
# Seconds: a broker that vanished without a word is noticed after two of these.
HEARTBEAT = "15"


class TopologyMismatch(RuntimeError):
    """The broker has a queue or exchange of this name with other arguments, or does not let us declare it."""


class Connection:
    def __init__(self, url: str, name: str, declare: Callable[[AbstractChannel], Awaitable[None]]) -> None:
        lenient.install()
        address = URL(url)
        self._url = address if "heartbeat" in address.query else address.update_query(heartbeat=HEARTBEAT)
        self._name = name
        self._declare = declare
        self._connection: AbstractConnection | None = None
        self._lock = asyncio.Lock()

    async def channel(self, *, confirms: bool = True) -> AbstractChannel:
        """A new channel. Raises Unreachable, or TopologyMismatch."""
        with translated():
            async with asyncio.timeout(CONNECT_TIMEOUT):
                connection = await self._connected()
                try:
                    return await connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
                except (Exception, asyncio.CancelledError) as failure:
                    # A connection that the broker has dropped does not call itself closed.
                    if isinstance(failure, Exception) or is_stray():
                        await self._forget(connection)
                    raise

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await _closed(connection)

    async def _forget(self, connection: AbstractConnection) -> None:
        if self._connection is connection:
            self._connection = None
        await _closed(connection)

    async def _connected(self) -> AbstractConnection:
        async with self._lock:
            if self._connection is None or self._connection.is_closed:
                connection = await aio_pika.connect(self._url, client_properties={"connection_name": self._name})
                try:
                    channel = await connection.channel()
                    await self._declare(channel)
                    await channel.close()
                except BaseException:
                    await _closed(connection)
                    raise
                self._connection = connection
            return self._connection


async def _closed(connection: AbstractConnection) -> None:
    with suppress(OSError, RuntimeError, aiormq.exceptions.AMQPError):
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await connection.close()


@contextmanager
def translated() -> Iterator[None]:
    """What the client raises for a lost connection, as Unreachable."""
    try:
        yield
    except (aiormq.exceptions.ChannelPreconditionFailed, aiormq.exceptions.ChannelAccessRefused) as wrong:
        raise TopologyMismatch(str(wrong)) from wrong
    except Unreachable:
        raise
    except asyncio.CancelledError as stray:
        if not is_stray():
            raise
        raise Unreachable("the connection was closed under the call") from stray
    except (OSError, TimeoutError, aiormq.exceptions.AMQPError, RuntimeError) as lost:
        # RuntimeError: writing to a transport that is just being closed.
        if isinstance(lost, TopologyMismatch):
            raise
        raise Unreachable(f"{type(lost).__name__}: {lost}") from lost
