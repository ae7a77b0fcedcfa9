"""No job misses a call because another one heard it, or because it was busy."""

import asyncio

from kontor_meters.wake import Wake


async def test_a_call_reaches_every_loop_also_one_that_is_busy() -> None:
    wake, worked, free = Wake(), {"busy": 0, "idle": 0}, asyncio.Event()

    async def busy() -> None:
        worked["busy"] += 1
        await free.wait()

    async def idle() -> None:
        worked["idle"] += 1

    async with asyncio.timeout(5):
        loops = [asyncio.create_task(wake.each(60, work)) for work in (busy, idle)]
        while worked != {"busy": 1, "idle": 1}:
            await asyncio.sleep(0)
        wake.set()
        free.set()
        while worked != {"busy": 2, "idle": 2}:
            await asyncio.sleep(0)
    for loop in loops:
        loop.cancel()
