"""The tasks a service runs beside its requests: relays, senders, schedulers."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 30.0


class Background:
    """Keeps tasks alive: one that fails is logged and started again, after a pause that doubles up to 30 s."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Runs `work` until it returns or the service stops."""
        self._tasks[name] = asyncio.create_task(self._keep(name, work), name=name)

    def every(self, seconds: float, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Runs `work` again and again with a pause of so many seconds between."""

        async def loop() -> None:
            while True:
                await work()
                await asyncio.sleep(seconds)

        self.start(name, loop)

    async def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()

    async def _keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        pause = _FIRST_PAUSE
        while True:
            started = asyncio.get_running_loop().time()
            try:
                await work()
                return
            except Exception:
                log.exception("background_task_failed", task=name, pause=pause)
            # One that ran well for a while has earned a quick restart.
            if asyncio.get_running_loop().time() - started > _LONGEST_PAUSE:
                pause = _FIRST_PAUSE
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
