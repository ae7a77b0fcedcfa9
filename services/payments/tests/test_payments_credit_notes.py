"""Credit notes are offset against the invoice they name."""

import json
from typing import Any
from uuid import UUID

import pytest
from payments_naming import credit, credited, naming

from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


async def test_a_credit_note_reduces_what_is_to_pay_on_the_invoice_it_names(world: Any) -> None:
    invoice = await world.invoice()
    note = await credit(world, invoice, 1900, number="GS-1")
    row = await world.receivable(invoice)
    assert (row["state"], row["due_minor"], row["open_minor"]) == ("open", 10000, 10000)
    changed = [event.receivable for event in await world.told(pb.ReceivableChanged)]
    told = [receivable for receivable in changed if receivable.document_id == str(invoice)][-1]
    assert [(c.document_id, c.document_number, c.amount_minor) for c in told.credits] == [(str(note), "GS-1", 1900)]
    assert (await world.checkout(invoice))["amount_minor"] == 10000


async def test_a_credit_note_that_comes_before_its_invoice_is_offset_when_that_comes(world: Any) -> None:
    state = world.document()
    note = await credit(world, UUID(state.id), 1900)
    await world.hear(state)
    assert (await world.receivable(UUID(state.id)))["open_minor"] == 10000
    assert await world.state(note) == "settled"


async def test_a_credit_note_goes_as_far_as_the_invoice_is_unpaid(world: Any) -> None:
    invoice = await world.invoice()
    await world.erp(invoice, "100.00")
    await credit(world, invoice, 5000)
    row = await world.receivable(invoice)
    assert (row["state"], row["open_minor"], row["overpaid_minor"]) == ("paid", 0, 0)
    assert json.loads(row["credits"])[0]["amount_minor"] == 1900


async def test_a_paid_invoice_takes_no_credit_note(world: Any) -> None:
    invoice = await world.invoice()
    await world.erp(invoice)
    await credit(world, invoice, 1900)
    row = await world.receivable(invoice)
    assert (row["credits"], row["overpaid_minor"], row["paid_minor"]) == ("[]", 0, 11900)


async def test_a_credit_note_shrinks_the_cash_discount_in_proportion(world: Any) -> None:
    step = {"until": "2099-12-31", "percent": "2.00", "amount_minor": 2000, "payable_minor": 98000}
    invoice = await world.invoice(amount_due_minor=100000, cash_discounts=[step])
    await credit(world, invoice, 10000)
    assert (await world.checkout(invoice))["amount_minor"] == 88200
    await world.erp(invoice, "882.00")
    row = await world.receivable(invoice)
    assert (row["state"], row["due_minor"], row["discount_minor"]) == ("paid", 90000, 1800)


@pytest.mark.parametrize("end", ["withdrawn", "cancelled"])
async def test_a_credit_note_that_no_longer_stands_is_given_back_to_the_invoice(world: Any, end: str) -> None:
    invoice = await world.invoice()
    note = await credit(world, invoice, 1900)
    await credit(world, invoice, 1900, note, state=end)
    assert (await world.receivable(invoice))["open_minor"] == 11900


async def test_an_invoice_of_less_than_nothing_is_a_credit_note_too(world: Any) -> None:
    invoice = await world.invoice()
    await naming(world, invoice, "invoice", amount_due_minor=-1900, gross_minor=-1900)
    assert (await world.receivable(invoice))["open_minor"] == 10000


async def test_nothing_is_offset_across_customers_or_currencies(world: Any) -> None:
    invoice = await world.invoice()
    await credit(world, invoice, 1900, customer_id=str(world.merchant))
    await credit(world, invoice, 1900, currency="CHF")
    assert (await world.receivable(invoice))["open_minor"] == 11900


async def test_a_merchant_may_switch_offsetting_off(world: Any) -> None:
    answer = await world.http.put("/v1/settings", json={"offset_credit_notes": False}, headers=world.staff())
    assert answer.json()["offset_credit_notes"] is False
    invoice = await world.invoice()
    await credit(world, invoice, 1900)
    assert (await world.receivable(invoice))["open_minor"] == 11900


async def opens(world: Any, invoice: UUID, minor: int) -> None:
    async def is_so() -> bool:
        return bool((await world.receivable(invoice))["open_minor"] == minor)

    await eventually(is_so)


async def test_what_a_credit_note_has_settled_stays_so_when_a_merchant_switches_offsetting_off(world: Any) -> None:
    settled, unpaid = await world.invoice(), await world.invoice()
    await world.erp(settled, "100.00")
    note = await credit(world, settled, 1900)
    await credit(world, unpaid, 1900)
    assert await world.state(settled) == "paid"
    await switch_offsetting(world, on=False)
    await opens(world, unpaid, 11900)
    # The document is handed in once more.
    await world.invoice(settled)
    row, given = await world.receivable(settled), await world.receivable(note)
    assert (row["state"], row["open_minor"], await credited(world, settled)) == ("paid", 0, [1900])
    assert (given["state"], given["credit_left_minor"]) == ("settled", 0)


async def switch_offsetting(world: Any, *, on: bool) -> None:
    await world.http.put("/v1/settings", json={"offset_credit_notes": on}, headers=world.staff())


async def test_open_invoices_follow_when_a_merchant_switches_offsetting_off_and_on(world: Any) -> None:
    invoice = await world.invoice()
    await credit(world, invoice, 1900)
    assert (await world.receivable(invoice))["open_minor"] == 10000
    await switch_offsetting(world, on=False)
    await opens(world, invoice, 11900)
    checkout = await world.checkout(invoice)
    await switch_offsetting(world, on=True)
    await opens(world, invoice, 10000)

    async def ended() -> bool:
        return bool((await world.at_provider(checkout))["state"] == "expired")

    await eventually(ended)


async def test_a_debit_that_fails_leaves_the_credit_note_to_be_offset(world: Any) -> None:
    invoice = await world.invoice()
    checkout = await world.checkout(invoice, "sepa_debit")
    await world.choose(checkout, "pending_fails", method="sepa_debit")
    await world.becomes(invoice, "on_its_way")
    await credit(world, invoice, 1900)
    assert (await world.receivable(invoice))["credits"] == "[]"
    await world.settle(checkout, "failed")
    row = await world.becomes(invoice, "open")
    assert (row["open_minor"], json.loads(row["credits"])[0]["amount_minor"]) == (10000, 1900)
    assert (await world.checkout(invoice))["amount_minor"] == 10000


async def test_a_booking_taken_back_leaves_the_credit_note_to_be_offset(world: Any) -> None:
    invoice = await world.invoice()
    await world.erp(invoice)
    await credit(world, invoice, 1900)
    [payment] = await world.sql("SELECT id FROM payment")
    answer = {"reason": "Falsche Rechnung"}
    await world.http.post(f"/v1/payments/{payment['id']}/cancel", json=answer, headers=world.staff())
    row = await world.receivable(invoice)
    assert (row["state"], row["due_minor"], row["open_minor"]) == ("open", 10000, 10000)


async def test_money_that_comes_after_a_credit_note_was_offset_is_overpaid(world: Any) -> None:
    invoice = await world.invoice()
    await credit(world, invoice, 1900)
    for number in range(2):
        await world.erp(invoice, "100.00", external_id=f"bank-{number}")
    row = await world.receivable(invoice)
    assert (row["due_minor"], row["paid_minor"], row["overpaid_minor"]) == (10000, 20000, 10000)


async def test_credit_notes_are_offset_in_their_order_as_far_as_they_go(world: Any) -> None:
    invoice = await world.invoice()
    await world.erp(invoice, "100.00")
    first = await credit(world, invoice, 1000, issue_date="2026-11-01")
    second = await credit(world, invoice, 5000, issue_date="2026-11-02")
    credits = json.loads((await world.receivable(invoice))["credits"])
    assert [(c["document_id"], c["amount_minor"]) for c in credits] == [(str(first), 1000), (str(second), 900)]


async def test_an_invoice_that_a_credit_note_no_longer_names_gets_its_credit_back(world: Any) -> None:
    wrong, right = [await world.invoice() for _ in range(2)]
    note = await credit(world, wrong, 1900)
    await credit(world, right, 1900, note)
    assert [(await world.receivable(one))["open_minor"] for one in (wrong, right)] == [11900, 10000]
    await world.invoice(note, deleted=True)
    assert [(await world.receivable(one))["open_minor"] for one in (wrong, right)] == [11900, 11900]
