"""What locks several receivables locks them in the order of their documents' ids."""

import asyncio
from typing import Any

from kontor_payments.receivables import service
from kontor_payments.receivables.account import lock_by_document
from kontor_service.ids import uuid7
from kontor_testing.waiting import eventually


async def test_renewing_offers_and_hearing_of_documents_never_wait_for_each_other_crosswise(world: Any) -> None:
    first, second = uuid7(), uuid7()
    # The receivables are made the other way round, so that their own ids say nothing.
    await world.invoice(second)
    await world.invoice(first)
    state = world.app.state

    async def renew() -> None:
        async with state.db.transaction(world.merchant) as session:
            await service.refresh_offers(session, world.merchant, state.clock)

    async def waits() -> bool:
        return bool(await world.sql("SELECT 1 FROM pg_locks WHERE NOT granted"))

    async with state.db.transaction(world.merchant) as session:
        await lock_by_document(session, first, state.clock)
        await world.register(iban="")
        renewing = asyncio.create_task(renew())
        await eventually(waits)
        await lock_by_document(session, second, state.clock)
    await renewing
    assert "transfer" not in (await world.receivable(second))["methods"]
