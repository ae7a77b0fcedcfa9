"""Messages that come too often, in any order, or not fit to be done at all."""

import asyncio
import os
import random
import sys

from kontor_bus import Envelope
from kontor_testing.bus import deliver

from .ledger import Ledger


async def test_every_message_three_times_and_shuffled_is_booked_once(ledger: Ledger, operations: int) -> None:
    await ledger.load(operations)
    async with ledger.payments.connection() as connection:
        rows = await connection.fetch("SELECT * FROM outbox")
    assert len(rows) == operations
    again = [
        Envelope(
            id=row["id"],
            type=row["type"],
            source="kontor/payments",
            subject=row["subject"],
            time=row["occurred_at"],
            merchant_id=row["merchant_id"],
            traceparent=None,
            body=row["payload"],
        )
        for row in rows
    ] * 2
    random.shuffle(again)
    await deliver(ledger.addresses.bus, *again)
    await ledger.at_rest()
    await ledger.verify()


async def test_one_poisonous_message_ends_alone_in_the_dead_queue_and_people_deal_with_it(
    ledger: Ledger, operations: int
) -> None:
    await ledger.load(operations // 2)
    poison = await ledger.operate(poisonous=True)
    await ledger.load(operations // 2)
    await ledger.at_rest()
    await ledger.verify(poisonous=[poison])

    listed = await command(ledger, "list", "ledger")
    assert str(poison) in listed
    assert "cannot be booked" in listed
    assert await command(ledger, "replay", "ledger", str(poison)) == "1 replayed\n"
    await ledger.at_rest()
    await ledger.verify(poisonous=[poison])
    assert await command(ledger, "drop", "ledger", "--all") == "1 dropped\n"
    await ledger.verify()


async def command(ledger: Ledger, *arguments: str) -> str:
    """`kontor dead …` as people call it, in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from kontor_bus.cli import dead; dead()",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "KONTOR_BUS_URL": ledger.addresses.bus},
    )
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return output.decode()
