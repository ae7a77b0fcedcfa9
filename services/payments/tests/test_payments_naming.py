"""Documents that name an invoice: credit notes are offset against it, reminders are paid with it."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from kontor.documents.v1 import documents_pb2 as docs
from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


async def naming(world: Any, invoice: UUID, kind: str, document: UUID | None = None, **changes: Any) -> UUID:
    """A document of this kind that names the invoice."""
    named = docs.Reference(kind="invoice", number=f"RE-{str(invoice)[-6:]}")
    found: UUID = await world.invoice(document, type=kind, references=[named], **changes)
    return found


async def credit(world: Any, invoice: UUID, minor: int, document: UUID | None = None, **changes: Any) -> UUID:
    return await naming(world, invoice, "credit_note", document, amount_due_minor=minor, gross_minor=minor, **changes)


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


async def test_a_reminder_that_names_another_invoice_repeats_that(world: Any) -> None:
    wrong = await world.invoice()
    right = await world.invoice(amount_due_minor=5000)
    reminder = await naming(world, wrong, "reminder")
    await naming(world, right, "reminder", reminder)
    row = await world.receivable(reminder)
    assert (row["repeats_document_ids"], row["state"], row["open_minor"]) == (f'["{right}"]', "open", 5000)
    await world.invoice(reminder, deleted=True)
    assert (await world.receivable(reminder))["state"] == "cancelled"


async def test_instalments_are_paid_in_their_order(world: Any) -> None:
    parts = [
        docs.Instalment(due_date=f"2026-1{n}-01", amount_minor=amount)
        for n, amount in ((0, 5000), (1, 3000), (2, 3900))
    ]
    invoice = await world.invoice(instalments=parts)
    assert [part["open_minor"] for part in json.loads((await world.receivable(invoice))["instalments"])] == [
        5000,
        3000,
        3900,
    ]
    await world.erp(invoice, "60.00")
    left = json.loads((await world.receivable(invoice))["instalments"])
    assert left == [{"due_date": "2026-11-01", "open_minor": 2000}, {"due_date": "2026-12-01", "open_minor": 3900}]
    await world.erp(invoice, "59.00", external_id="rest")
    assert (await world.receivable(invoice))["instalments"] == "[]"


async def test_a_reminder_stands_where_its_invoice_stands_and_counts_nothing_itself(world: Any) -> None:
    invoice = await world.invoice()
    reminder = await naming(world, invoice, "reminder", number="M-1", due_date="2026-12-20")
    row = await world.receivable(reminder)
    assert (row["state"], row["open_minor"], str(row["due_date"])) == ("open", 11900, "2026-12-20")
    assert row["repeats_document_ids"] == f'["{invoice}"]'
    await world.erp(invoice, "19.00")
    assert (await world.receivable(reminder))["open_minor"] == 10000
    await world.erp(invoice, "100.00", external_id="second")
    row = await world.receivable(reminder)
    assert (row["state"], row["open_minor"], row["paid_at"] is not None) == ("paid", 0, True)
    # The money moved once.
    assert {told.receivable.document_id for told in await world.told(pb.PaymentSucceeded)} == {str(invoice)}


async def test_paying_a_reminder_pays_its_invoice_under_the_invoices_reference(world: Any) -> None:
    invoice = await world.invoice(payment_reference="RE-4711")
    reminder = await naming(world, invoice, "reminder", payment_reference="M-1")
    transfer = await world.http.get(f"/v1/documents/{reminder}/transfer", headers=world.payer())
    assert (transfer.json()["reference"], transfer.json()["amount_minor"]) == ("RE-4711", 11900)
    await world.choose(await world.checkout(reminder), "success")
    await world.becomes(invoice, "paid")
    assert await world.state(reminder) == "paid"


async def test_who_has_only_the_reminders_link_may_pay_by_it(world: Any) -> None:
    invoice = await world.invoice()
    reminder = await naming(world, invoice, "reminder")
    payer = world.payer(document_id=str(reminder))
    assert (await world.pay(reminder, headers=payer)).status_code == 201


async def test_the_erp_may_name_the_reminder_that_was_paid(world: Any) -> None:
    invoice = await world.invoice()
    await naming(world, invoice, "reminder", number="M-77")
    await world.erp(invoice, document_number="M-77")
    assert await world.state(invoice) == "paid"


async def test_a_payment_may_name_a_reminder_that_comes_later(world: Any) -> None:
    invoice = await world.invoice()
    parked = await world.erp(invoice, document_number="M-88")
    assert parked.json()["status"] == "parked"
    await naming(world, invoice, "reminder", number="M-88")
    assert await world.state(invoice) == "paid"
    assert await world.sql("SELECT 1 FROM incoming_payment WHERE state = 'parked'") == []


async def test_a_reminder_that_was_withdrawn_or_whose_invoice_was_cancelled_asks_for_nothing(world: Any) -> None:
    invoice = await world.invoice()
    first, second = [await naming(world, invoice, "reminder") for _ in range(2)]
    await naming(world, invoice, "reminder", first, state="withdrawn")
    assert (await world.state(first), await world.state(second)) == ("cancelled", "open")
    await world.invoice(invoice, state="cancelled")
    assert await world.state(second) == "cancelled"


async def naming_several(
    world: Any, invoices: list[UUID], type: str, document: UUID | None = None, **changes: Any
) -> UUID:
    """A document that names these invoices, in this order."""
    references = [docs.Reference(kind="invoice", number=f"RE-{str(one)[-6:]}") for one in invoices]
    made: UUID = await world.invoice(document, type=type, references=references, **changes)
    return made


async def test_a_reminder_of_several_invoices_shows_their_sum_until_all_are_paid(world: Any) -> None:
    one, other = await world.invoice(), await world.invoice(amount_due_minor=5000)
    reminder = await naming_several(world, [one, other], "reminder")
    row = await world.receivable(reminder)
    assert (row["state"], row["open_minor"], json.loads(row["methods"])) == ("open", 16900, [])
    assert json.loads(row["repeats_document_ids"]) == [str(one), str(other)]
    await world.erp(one)
    row = await world.receivable(reminder)
    assert (row["state"], row["open_minor"], row["paid_minor"], row["paid_at"]) == ("partly_paid", 5000, 11900, None)
    await world.erp(other, "50.00")
    row = await world.receivable(reminder)
    assert (row["state"], row["open_minor"], row["paid_at"] is not None) == ("paid", 0, True)


async def test_the_invoices_of_a_reminder_of_several_are_paid_one_by_one(world: Any) -> None:
    reminder = await naming_several(world, [await world.invoice() for _ in range(2)], "reminder", number="M-2")
    assert (await world.pay(reminder)).json()["code"] == "not_payable"
    assert (await world.http.post(f"/v1/documents/{reminder}/mark-paid", headers=world.staff())).status_code == 409
    assert (await world.erp(reminder, document_number="M-2")).json()["status"] == "parked"


async def test_a_reminder_that_comes_before_one_of_its_invoices_adds_that_when_it_comes(world: Any) -> None:
    one, later = await world.invoice(), world.document(amount_due_minor=5000)
    reminder = await naming_several(world, [one, UUID(later.id)], "reminder")
    assert (await world.receivable(reminder))["open_minor"] == 11900
    await world.hear(later)
    assert (await world.receivable(reminder))["open_minor"] == 16900
    await world.invoice(one, state="cancelled")
    assert (await world.receivable(reminder))["open_minor"] == 5000


# What belongs to one invoice; a reminder of several has none of it.
OF_ONE = ("methods", "cash_discounts", "asked_discounts", "credits", "instalments", "asked_instalments",
          "payment_reference", "iban", "bic", "payee_name", "account_holder", "payment_means", "offer", "last_failure",
          "last_method", "expected_on", "checkout_open")  # fmt: skip


async def test_a_reminder_has_nothing_of_its_first_invoice_alone_when_the_second_comes(world: Any) -> None:
    discount = docs.CashDiscount(until="2027-01-10", percent="2", payable_minor=11662)
    parts = [docs.Instalment(due_date="2026-12-01", amount_minor=11900)]
    one = world.document(cash_discounts=[discount], instalments=parts, iban="DE02120300000000202051")
    late = world.document(amount_due_minor=5000)
    await world.hear(one)
    await credit(world, UUID(one.id), 1900)
    reminder = await naming_several(world, [UUID(one.id), UUID(late.id)], "reminder")
    await world.checkout(reminder)
    assert (await world.receivable(reminder))["checkout_open"]
    await world.hear(late)
    together = await naming_several(world, [UUID(one.id), UUID(late.id)], "reminder")
    row, new = await world.receivable(reminder), await world.receivable(together)
    assert {name: row[name] for name in OF_ONE} == {name: new[name] for name in OF_ONE}
    assert (row["methods"], row["checkout_open"], row["open_minor"]) == ("[]", False, 15000)


async def credited(world: Any, *documents: UUID) -> list[int]:
    return [sum(c["amount_minor"] for c in json.loads((await world.receivable(one))["credits"])) for one in documents]


async def test_a_credit_note_of_several_invoices_reduces_them_in_its_order_and_the_rest_is_left(world: Any) -> None:
    first, second = [await world.invoice() for _ in range(2)]
    note = await naming_several(world, [second, first], "credit_note", amount_due_minor=15000)
    assert await credited(world, second, first) == [11900, 3100]
    row = await world.receivable(note)
    assert (row["state"], row["offset_minor"], row["credit_left_minor"]) == ("settled", 15000, 0)


async def test_what_one_invoice_gives_back_of_a_credit_note_goes_to_the_next(world: Any) -> None:
    first, second = [await world.invoice() for _ in range(2)]
    note = await naming_several(world, [first, second], "credit_note", amount_due_minor=15000)
    await world.invoice(first, state="cancelled")
    assert await credited(world, first, second) == [0, 11900]
    row = await world.receivable(note)
    assert (row["state"], row["offset_minor"], row["credit_left_minor"]) == ("credit", 11900, 3100)


async def test_invoices_that_share_a_credit_note_never_take_more_of_it_than_there_is(world: Any) -> None:
    invoices = [await world.invoice() for _ in range(3)]
    for invoice in invoices:
        await world.erp(invoice)
    note = await naming_several(world, invoices, "credit_note", amount_due_minor=15000)
    payments = await world.sql("SELECT id FROM payment ORDER BY id")
    answers = await asyncio.gather(
        *(
            world.http.post(f"/v1/payments/{p['id']}/cancel", json={"reason": "x"}, headers=world.staff())
            for p in payments
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert sum(await credited(world, *invoices)) == 15000
    assert (await world.receivable(note))["credit_left_minor"] == 0


async def pay_out(world: Any, note: UUID, **body: Any) -> Any:
    return await world.http.post(f"/v1/documents/{note}/payouts", json=body, headers=world.staff())


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


async def test_reminders_follow_what_the_merchant_offers(world: Any) -> None:
    invoice = await world.invoice()
    reminder = await naming(world, invoice, "reminder")
    await world.register(payments_enabled=False)

    async def gone() -> bool:
        return bool((await world.receivable(reminder))["methods"] == "[]")

    await eventually(gone)
    assert (await world.receivable(invoice))["methods"] == "[]"


async def test_a_number_that_was_used_again_means_the_invoice_that_stands(world: Any) -> None:
    old = await world.invoice(number="RE-1")
    await world.invoice(old, number="RE-1", state="withdrawn")
    new = await world.invoice(number="RE-1")
    reminder = await world.invoice(
        type="reminder", number="M-1", references=[docs.Reference(kind="invoice", number="RE-1")]
    )
    row = await world.receivable(reminder)
    assert (json.loads(row["repeats_document_ids"]), row["state"]) == ([str(new)], "open")
    assert json.loads(row["methods"])
    await world.invoice(old, number="RE-1", state="withdrawn")
    assert await world.state(reminder) == "open"
    assert (await world.erp(new, document_number="RE-1")).json()["status"] == "booked"
    assert [await world.state(one) for one in (old, new, reminder)] == ["cancelled", "paid", "paid"]
