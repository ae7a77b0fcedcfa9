"""A booking and its document at the same moment."""

import asyncio
from typing import Any

from kontor_payments.bookings.parked import documents_arrive
from kontor_payments.copies import documents_copy
from kontor_payments.receivables.service import follow_document
from kontor_service.ids import uuid7
from kontor_testing.waiting import eventually

WAITING = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


async def test_a_payment_finds_the_document_that_is_being_written_while_it_comes(world: Any) -> None:
    state = world.document()
    copied = documents_copy(world.app.state.clock)

    async def waits() -> bool:
        return bool(await world.sql(WAITING))

    async with world.app.state.db.transaction(world.merchant) as session:
        await documents_arrive(session, world.merchant)
        document = await copied.store(session, state)
        await follow_document(session, document, clock=world.app.state.clock)
        booking = asyncio.create_task(world.erp(document.id))
        await eventually(waits)

    assert (await booking).json()["status"] == "booked"
    assert await world.state(document.id) == "paid"


async def test_payments_without_their_document_are_listed(world: Any) -> None:
    for external_id in ("bank-1", "bank-2"):
        await world.erp(uuid7(), external_id=external_id, document_number="RE-later")
    headers = world.staff()
    first = (await world.http.get("/v1/incoming-payments/parked?limit=1", headers=headers)).json()
    [parked] = first["parked"]
    assert (parked["external_id"], parked["document_number"]) == ("bank-1", "RE-later")
    assert parked["amount"]["currency"] == "EUR"
    after = {"after": first["next"]}
    rest = (await world.http.get("/v1/incoming-payments/parked", params=after, headers=headers)).json()
    assert ([one["external_id"] for one in rest["parked"]], rest["next"]) == (["bank-2"], None)
