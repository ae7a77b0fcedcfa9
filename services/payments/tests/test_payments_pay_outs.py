"""What is left of a credit note is paid out."""

from typing import Any

import pytest
from payments_naming import credit, credited, pay_out

from kontor.payments.v1 import payments_pb2 as pb


async def test_what_is_left_of_a_credit_note_is_paid_out_and_closes_it(world: Any) -> None:
    note = await world.invoice(type="credit_note", amount_due_minor=5000)
    assert await world.state(note) == "credit"
    answer = await pay_out(world, note, booked_on="2026-11-02", reference="Bank 7", amount_minor=2000)
    assert (answer.status_code, answer.json()["paid_out_minor"]) == (201, 2000)
    assert (await world.receivable(note))["credit_left_minor"] == 3000
    assert (await pay_out(world, note, amount_minor=3001)).json()["code"] == "nothing_to_pay_out"
    assert (await pay_out(world, note)).json()["paid_out_minor"] == 3000
    row = await world.receivable(note)
    assert (row["state"], row["refunded_minor"], row["credit_left_minor"]) == ("settled", 5000, 0)
    told = (await world.told(pb.CreditPaidOut))[0]
    assert (told.payment.state, told.payment.provider_reference, told.receivable.state) == (
        "paid_out",
        "Bank 7",
        "credit",
    )
    assert (await pay_out(world, note)).status_code == 409


async def test_a_pay_out_under_one_key_is_made_once(world: Any) -> None:
    note = await world.invoice(type="credit_note", amount_due_minor=5000)
    headers = world.staff() | {"Idempotency-Key": "payout-1"}
    body = {"amount_minor": 500, "booked_on": "2026-11-02"}
    answers = [
        (await world.http.post(f"/v1/documents/{note}/payouts", json=body, headers=headers)).json() for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert (await world.receivable(note))["credit_left_minor"] == 4500


async def test_a_pay_out_can_be_cancelled(world: Any) -> None:
    note = await world.invoice(type="credit_note", amount_due_minor=5000)
    await pay_out(world, note)
    [payment] = await world.sql("SELECT id FROM payment")
    await world.http.post(f"/v1/payments/{payment['id']}/cancel", json={"reason": "Irrtum"}, headers=world.staff())
    row = await world.receivable(note)
    assert (row["state"], row["refunded_minor"], row["credit_left_minor"]) == ("credit", 0, 5000)


async def test_what_was_paid_out_reduces_no_invoice_any_more(world: Any) -> None:
    invoice = await world.invoice()
    await world.erp(invoice)
    note = await credit(world, invoice, 5000)
    await pay_out(world, note, amount_minor=4000)
    [payment] = await world.sql("SELECT id FROM payment WHERE state = 'succeeded'")
    await world.http.post(f"/v1/payments/{payment['id']}/cancel", json={"reason": "Irrtum"}, headers=world.staff())
    assert await credited(world, invoice) == [1000]
    assert await world.state(note) == "settled"


async def test_a_pay_out_that_is_cancelled_is_there_for_the_invoice_again(world: Any) -> None:
    invoice = await world.invoice()
    await world.erp(invoice)
    note = await credit(world, invoice, 1900)
    await pay_out(world, note)
    for state in ("succeeded", "paid_out"):
        [payment] = await world.sql("SELECT id FROM payment WHERE state = $1", state)
        await world.http.post(f"/v1/payments/{payment['id']}/cancel", json={"reason": "Irrtum"}, headers=world.staff())
    row, given = await world.receivable(invoice), await world.receivable(note)
    assert (row["open_minor"], await credited(world, invoice)) == (10000, [1900])
    assert (given["state"], given["offset_minor"], given["credit_left_minor"]) == ("settled", 1900, 0)


@pytest.mark.parametrize("changes", [{"amount_due_minor": -5000}, {"kind": "self_billed", "amount_due_minor": 5000}])
async def test_every_document_that_gives_money_can_be_paid_out(world: Any, changes: dict[str, Any]) -> None:
    note = await world.invoice(**changes)
    row = await world.receivable(note)
    assert (row["state"], row["open_minor"], row["credit_left_minor"]) == ("credit", 0, 5000)
    assert (await world.pay(note)).status_code == 404
    await pay_out(world, note)
    assert await world.state(note) == "settled"


async def test_a_credit_note_that_is_withdrawn_has_nothing_left(world: Any) -> None:
    note = await world.invoice(type="credit_note", amount_due_minor=5000)
    await world.invoice(note, type="credit_note", amount_due_minor=5000, state="withdrawn")
    row = await world.receivable(note)
    assert (row["state"], row["credit_left_minor"]) == ("cancelled", 0)
    assert (await pay_out(world, note)).status_code == 409
