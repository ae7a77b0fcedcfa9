"""A real service as a process of its own that is killed under load, and a caller who does not give up."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from kontor_testing.serving import free_port
from kontor_testing.waiting import eventually

_START_SECONDS = 300
_END_SECONDS = 40
_PAUSE = 0.1
# What a caller who knows what it wants asks again for: the service is gone, is not ready, or has not heard yet.
_AGAIN = frozenset({404, 409, 429})


@dataclass
class Killable:
    """`python -m <module>` at `url`, told by environment. What it says stands in `log`."""

    module: str
    url: str
    environment: Mapping[str, str]
    log: Path
    kills: int = 0
    management: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    async def start(self) -> None:
        """Returns once it answers that it is ready."""
        self._process = self._opened()
        ready: bool = await eventually(self._ready, within=_START_SECONDS)
        assert ready

    def _opened(self) -> "subprocess.Popen[bytes]":
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", self.module],
                env={**os.environ, **self.environment, "KONTOR_MANAGEMENT_PORT": str(self.management)},
                stdout=output,
                stderr=output,
            )

    async def _ready(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"{self.module} ended: {self.log.read_text()[-4000:]}")
        try:
            async with httpx.AsyncClient() as http:
                return (
                    await http.get(f"http://127.0.0.1:{self.management}/health/ready", timeout=5)
                ).status_code == 200
        except httpx.HTTPError:
            return False

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing closed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        assert await asyncio.to_thread(self._process.wait) == -signal.SIGKILL, "it had ended by itself"
        self.kills += 1

    async def end(self) -> None:
        """In good order, as a deployment ends it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, _END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    async def killed_while(self, load: Awaitable[None], done: Callable[[], int], steps: int, every: int) -> None:
        """Kills and starts again once in every `every` of the `steps` that the load does, at a moment that nobody knows."""
        working = asyncio.ensure_future(load)
        try:
            for first in range(0, steps - every + 1, every):
                moment = first + random.randint(1, max(1, every - 1))
                await eventually(partial(_reached, done, moment, working), within=600, every=0.005)
                if working.done():
                    break
                await self.kill()
                await self.start()
            await working
        finally:
            working.cancel()


def _reached(done: Callable[[], int], moment: int, working: "asyncio.Future[None]") -> bool:
    return done() >= moment or working.done()


async def insist(send: Callable[[], Awaitable[httpx.Response]], *, within: float = 120) -> httpx.Response:
    """Asks again until there is an answer that settles it, as a system does that must not lose a booking."""

    async def settled() -> httpx.Response | None:
        try:
            answer = await send()
        except httpx.HTTPError:
            return None
        assert answer.status_code < 500, answer.text
        assert answer.status_code not in _AGAIN, answer.text
        return answer

    found: httpx.Response | None = await eventually(settled, within=within, every=_PAUSE)
    assert found is not None
    return found
