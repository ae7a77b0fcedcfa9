"""No job misses a call because another one heard it, or because it was busy."""

import asyncio

from kontor_meters.wake import Wake
from kontor_testing.waiting import eventually


async def test_a_call_reaches_every_loop_also_one_that_is_busy() -> None:
    wake, worked, free = Wake(), {"busy": 0, "idle": 0}, asyncio.Event()

    async def busy() -> None:
        worked["busy"] += 1
        await free.wait()

    async def idle() -> None:
        worked["idle"] += 1

    loops = [asyncio.create_task(wake.each(60, work)) for work in (busy, idle)]
    await eventually(lambda: worked == {"busy": 1, "idle": 1})
    wake.set()
    free.set()
    await eventually(lambda: worked["busy"] > 1 and worked["idle"] > 1)
    assert worked == {"busy": 2, "idle": 2}
    for loop in loops:
        loop.cancel()
