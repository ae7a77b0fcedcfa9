"""Keeping what runs beside the requests alive: relays, consumers, senders, schedulers."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import asyncpg
import structlog

from kontor_bus.transport import Unreachable

log = structlog.get_logger()

# A transport or a database that went away, as opposed to a fault of ours.
CONNECTION_ERRORS = (
    Unreachable,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
)

_FIRST = 0.1
_LONGEST = 5.0
_CANCEL_AGAIN_SECONDS = 3.0


class Backoff:
    """Pauses that double from 0.1 s to 5 s, with jitter so that many do not come back at once."""

    def __init__(self) -> None:
        self._next = _FIRST

    def reset(self) -> None:
        self._next = _FIRST

    async def pause(self) -> None:
        await asyncio.sleep(self._next * random.uniform(0.8, 1.2))  # noqa: S311
        self._next = min(self._next * 2, _LONGEST)


def is_stray() -> bool:
    """Whether a CancelledError just caught was meant for somebody else: nobody has cancelled this task.

    aio-pika lets one out of `publish()` when a channel closes under it.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() == 0


class Background:
    """Tasks that are kept running until `stop`: one that fails is logged and started again."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Runs `work` until it returns or everything is stopped."""
        self._tasks.append(asyncio.create_task(_keep_running(name, work), name=name))

    def every(self, seconds: float, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Runs `work` again and again with a pause of so many seconds between."""

        async def loop() -> None:
            while True:
                await work()
                await asyncio.sleep(seconds)

        self.start(name, loop)

    async def stop(self) -> None:
        """Cancels the tasks, repeatedly until all have ended: before Python 3.12 `asyncio.wait_for` can lose a cancellation."""
        running = set(self._tasks)
        while running:
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=_CANCEL_AGAIN_SECONDS)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()


async def _keep_running(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Runs `work` until it returns; begins again after every failure, at once after one that ran well for long."""
    backoff = Backoff()
    loop = asyncio.get_running_loop()
    while True:
        started = loop.time()
        try:
            await work()
            return
        except asyncio.CancelledError:
            if not is_stray():
                raise
            log.warning("background_task_cancelled_by_nobody", task=name)
        except CONNECTION_ERRORS as lost:
            log.warning("background_task_unreachable", task=name, error=f"{type(lost).__name__}: {lost}")
        except Exception:
            log.exception("background_task_failed", task=name)
        if not is_stray():
            return  # it failed while it was being stopped
        if loop.time() - started > _LONGEST:
            backoff.reset()
        await backoff.pause()
