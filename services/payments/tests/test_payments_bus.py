"""On the bus: documents' events in, payments' events out."""

from typing import Any

from kontor.documents.v1 import documents_pb2 as docs
from kontor.payments.v1 import payments_pb2 as pb
from kontor_bus import Bus, Copy, Envelope
from kontor_service.database import Database
from kontor_testing.bus import deliver, envelope
from kontor_testing.waiting import eventually


async def test_a_shared_invoice_on_the_bus_is_paid_and_told_on_the_bus(world: Any, databases: Any) -> None:
    heard: list[Envelope] = []

    async def listen(batch: list[Envelope]) -> None:
        heard.extend(batch)

    database = Database(await databases.empty())
    await database.open()
    listener = Copy("gateway.payments", ["payments.#"], listen)
    async with Bus(world.bus_url, service="gateway", database=database, consumers=[listener]):
        state = world.document()
        shared = envelope(docs.DocumentShared(document=state), world.merchant)
        await deliver(world.bus_url, shared, shared, shared)

        async def known() -> bool:
            return bool(await world.sql("SELECT 1 FROM receivable WHERE document_id = $1", state.id))

        await eventually(known)
        await world.choose(await world.checkout(state.id), "success")

        def told() -> Any:
            mine = [e.message() for e in heard if e.merchant_id == world.merchant]
            return [m for m in mine if isinstance(m, pb.PaymentSucceeded)]

        [succeeded] = await eventually(told)
    await database.close()
    assert (succeeded.receivable.document_id, succeeded.receivable.state) == (state.id, "paid")
    states = [e.state() for e in heard if e.merchant_id == world.merchant]
    versions = [s.version for s in states if isinstance(s, pb.Receivable)]
    assert len(set(versions)) >= 3
