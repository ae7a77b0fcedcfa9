"""Reminders stand where their invoices stand, and are paid with them."""

import json
from typing import Any
from uuid import UUID

from payments_naming import credit, naming, naming_several

from kontor.documents.v1 import documents_pb2 as docs
from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


async def test_a_reminder_that_names_another_invoice_repeats_that(world: Any) -> None:
    wrong = await world.invoice()
    right = await world.invoice(amount_due_minor=5000)
    reminder = await naming(world, wrong, "reminder")
    await naming(world, right, "reminder", reminder)
    row = await world.receivable(reminder)
    assert (row["repeats_document_ids"], row["state"], row["open_minor"]) == (f'["{right}"]', "open", 5000)
    await world.invoice(reminder, deleted=True)
    assert (await world.receivable(reminder))["state"] == "cancelled"


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
