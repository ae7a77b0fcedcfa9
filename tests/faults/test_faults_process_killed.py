"""SIGKILL at the three places where a change is in one system and not yet in the other."""

import asyncio
import json
import random
import signal
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from .ledger import Addresses, opened


async def run(addresses: Addresses, operations: int, point: str | None = None, after: int = 0) -> int:
    order = {**asdict(addresses), "operations": operations, "point": point, "after": after}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.ledger_process", json.dumps(order), cwd=Path(__file__).parents[2]
    )
    try:
        return await asyncio.wait_for(process.wait(), 240)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise


@pytest.mark.parametrize("point", ["commit-publish", "publish-mark", "commit-ack"])
async def test_a_process_killed_between_two_systems_loses_nothing_and_does_nothing_twice(
    addresses: Addresses, operations: int, point: str
) -> None:
    for after in (1, random.randint(2, max(5, operations // 100))):
        assert await run(addresses, operations, point, after) == -signal.SIGKILL
    assert await run(addresses, operations) == 0
    async with opened(addresses) as ledger:
        await ledger.at_rest()
        await ledger.verify()
        async with ledger.payments.connection() as connection:
            assert await connection.fetchval("SELECT count(*) FROM operation") >= operations
