"""The two services of ledger.py as a process of their own, that kills itself where it is told to.

Called with one JSON argument: {"bus", "payments", "ledger", "operations", "point": null | "commit-publish" |
"publish-mark" | "commit-ack", "after"}. Without a point it works until `operations` are done and all is at rest.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from .ledger import Addresses, Ledger, opened

Call = Callable[..., Awaitable[Any]]


class Fault:
    """SIGKILL at the n-th passing."""

    def __init__(self, after: int) -> None:
        self._left = after

    def pass_by(self) -> None:
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self, call: Call) -> Call:
        async def wrapped(*arguments: Any) -> Any:
            self.pass_by()
            return await call(*arguments)

        return wrapped

    def after(self, call: Call) -> Call:
        async def wrapped(*arguments: Any) -> Any:
            answer = await call(*arguments)
            self.pass_by()
            return answer

        return wrapped


def arm(ledger: Ledger, point: str, after: int) -> None:
    fault = Fault(after)
    transport: Any = ledger.sender._transport
    if point == "commit-publish":
        transport.publish = fault.before(transport.publish)
    elif point == "publish-mark":
        transport.publish = fault.after(transport.publish)
    else:
        workers: list[Any] = list(ledger.receiver._workers.values())
        for worker in workers:
            worker.process = fault.after(worker.process)


async def main(order: dict[str, Any]) -> None:
    async with opened(Addresses(order["bus"], order["payments"], order["ledger"])) as ledger:
        if order["point"]:
            arm(ledger, order["point"], order["after"])
        async with ledger.payments.connection() as connection:
            done = await connection.fetchval("SELECT count(*) FROM operation")
        await ledger.load(max(0, order["operations"] - done))
        await ledger.at_rest()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
