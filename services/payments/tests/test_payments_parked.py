"""A booking and its document at the same moment."""

import asyncio
from typing import Any
from uuid import UUID

import httpx

from kontor.documents.v1.documents_pb2 import Reference
from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.bookings.jobs import sweep
from kontor_payments.bookings.parked import arrives
from kontor_payments.copies import documents_copy
from kontor_payments.receivables.account import lock_by_document
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
        await arrives(session, world.merchant)
        document = await copied.store(session, state)
        await follow_document(session, document, clock=world.app.state.clock)
        booking = asyncio.create_task(world.erp(document.id))
        await eventually(waits)

    assert (await booking).json()["status"] == "booked"
    assert await world.state(document.id) == "paid"


async def test_a_credit_note_finds_the_invoice_that_is_being_written_while_it_comes(world: Any) -> None:
    state = world.document(number="RE-1")
    copied = documents_copy(world.app.state.clock)
    named = [Reference(kind="invoice", number="RE-1")]

    async def waits() -> bool:
        return bool(await world.sql(WAITING))

    async with world.app.state.db.transaction(world.merchant) as session:
        await arrives(session, world.merchant)
        document = await copied.store(session, state)
        await follow_document(session, document, clock=world.app.state.clock)
        hearing = asyncio.create_task(world.invoice(type="credit_note", amount_due_minor=5000, references=named))
        await eventually(waits)

    assert await world.state(await hearing) == "settled"
    assert (await world.receivable(document.id))["open_minor"] == 6900


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


async def parked(world: Any, external_id: str = "bank-1", **fields: Any) -> str:
    """A payment that waits for a document that nobody knows; its id."""
    answer = await world.erp(uuid7(), external_id=external_id, document_number="RE-unbekannt", **fields)
    assert answer.json()["status"] == "parked"
    return str(answer.json()["id"])


async def decide(world: Any, payment: str, what: str, body: dict[str, str]) -> httpx.Response:
    url = f"/v1/incoming-payments/{payment}/{what}"
    answer: httpx.Response = await world.http.post(url, json=body, headers=world.staff())
    return answer


async def status(world: Any, payment: str) -> dict[str, str]:
    found: dict[str, str] = (await world.http.get(f"/v1/incoming-payments/{payment}", headers=world.staff())).json()
    return found


async def test_a_payment_that_waits_and_what_becomes_of_it_is_told(world: Any) -> None:
    invoice = world.document(number="RE-unbekannt")
    payment = await parked(world)
    [told] = await world.told(pb.IncomingPaymentParked)
    assert (told.incoming_payment.id, told.incoming_payment.document_number) == (payment, "RE-unbekannt")
    await world.hear(invoice)
    [told] = await world.told(pb.IncomingPaymentBooked)
    assert (told.incoming_payment.id, told.incoming_payment.version) == (payment, 2)
    assert (await status(world, payment))["status"] == "booked"


async def test_a_payment_that_finds_its_document_at_once_is_told_as_a_payment_alone(world: Any) -> None:
    await world.erp(await world.invoice())
    assert await world.told(pb.IncomingPaymentParked, pb.IncomingPaymentBooked) == []


async def test_staff_assign_a_payment_that_waits_to_a_document(world: Any) -> None:
    payment, invoice = await parked(world), await world.invoice()
    answer = await decide(world, payment, "assign", {"document_id": str(invoice)})
    assert answer.status_code == 200
    assert (await world.state(invoice), (await status(world, payment))["status"]) == ("paid", "booked")
    again = await decide(world, payment, "assign", {"document_id": str(invoice)})
    assert (again.status_code, again.json()["code"]) == (409, "not_parked")


async def test_a_payment_in_another_currency_is_not_assigned_and_goes_on_waiting(world: Any) -> None:
    payment, invoice = await parked(world, currency="CHF"), await world.invoice()
    answer = await decide(world, payment, "assign", {"document_id": str(invoice)})
    assert (answer.status_code, answer.json()["code"]) == (422, "currency_mismatch")
    assert (await status(world, payment))["status"] == "parked"


async def test_staff_refuse_a_payment_that_waits_with_a_reason(world: Any) -> None:
    payment = await parked(world)
    assert (await decide(world, payment, "refuse", {"reason": "  "})).status_code == 422
    assert (await decide(world, payment, "refuse", {"reason": "Nicht unsere"})).status_code == 200
    [told] = await world.told(pb.IncomingPaymentRefused)
    assert (told.incoming_payment.error, told.incoming_payment.reason) == ("by_staff", "Nicht unsere")
    found = await status(world, payment)
    assert (found["status"], found["error"], found["reason"]) == ("refused", "by_staff", "Nicht unsere")
    await world.invoice(number="RE-unbekannt")
    assert (await status(world, payment))["status"] == "refused"


async def test_a_payment_that_does_not_fit_the_document_it_waited_for_is_refused(world: Any) -> None:
    payment = await parked(world, currency="CHF")
    await world.invoice(number="RE-unbekannt")
    found = await status(world, payment)
    assert (found["status"], found["error"]) == ("refused", "currency_mismatch")


async def leave_behind(world: Any, invoice: UUID) -> None:
    """What a race of an earlier release has left: payments that wait though their document is there."""
    change = "UPDATE incoming_payment SET document_number = $1, received_at = now() - interval '1 hour'"
    await world.sql(change, f"RE-{str(invoice)[-6:]}")


async def test_a_sweep_books_what_waits_though_its_document_is_there(world: Any) -> None:
    invoice = await world.invoice()
    payment, lost = await parked(world), await parked(world, "bank-2", currency="CHF")
    await leave_behind(world, invoice)
    await sweep(world.app.state.dependencies)
    assert [(await status(world, one))["status"] for one in (payment, lost)] == ["booked", "refused"]
    assert await world.state(invoice) == "paid"


async def test_a_sweep_leaves_what_staff_refuse_while_it_waits(world: Any) -> None:
    invoice = await world.invoice()
    payment = await parked(world)
    await leave_behind(world, invoice)

    async def waits() -> bool:
        return bool(await world.sql("SELECT FROM pg_locks WHERE locktype <> 'advisory' AND NOT granted"))

    async with world.app.state.db.transaction(world.merchant) as session:
        await lock_by_document(session, invoice, world.app.state.clock)
        sweeping = asyncio.create_task(sweep(world.app.state.dependencies))
        await eventually(waits)
        assert (await decide(world, payment, "refuse", {"reason": "Nicht unsere"})).status_code == 200
    await sweeping
    assert ((await status(world, payment))["status"], await world.state(invoice)) == ("refused", "open")


async def test_payments_that_miss_their_document_count_as_stuck(world: Any) -> None:
    invoice = await world.invoice()
    await parked(world)
    async with world.app.state.db.transaction(world.merchant) as session:
        # Held back from the sweep that runs beside.
        await arrives(session, world.merchant)
        await leave_behind(world, invoice)
        [row] = await world.sql("SELECT payments_stuck() AS many")
        assert row["many"] >= 1
