"""In PostgreSQL, an event wakes the consumers of its queues and lets the others sleep."""

import asyncio

from kontor_bus.postgres.transport import LONGEST_PAYLOAD, PostgresTransport, _wake_up


async def woken(payload: str) -> set[str]:
    transport = PostgresTransport("postgresql://nowhere", "meters")
    waiting = {name: asyncio.Event() for name in ("meters.copies", "meters.billing")}
    for name, event in waiting.items():
        transport._wanted[name].add(event)
    transport._notified(None, 1, "kontor_bus", payload)
    return {name for name, event in waiting.items() if event.is_set()}


async def test_only_consumers_of_the_named_queues_look() -> None:
    assert await woken(_wake_up(["meters.billing", "payments.copies"])) == {"meters.billing"}
    assert await woken(_wake_up(["payments.copies"])) == set()


async def test_all_look_where_the_names_are_too_long_for_a_notification() -> None:
    names = [f"service.consumer-{number:06}" for number in range(LONGEST_PAYLOAD // 10)]
    assert await woken(_wake_up(names)) == {"meters.copies", "meters.billing"}
