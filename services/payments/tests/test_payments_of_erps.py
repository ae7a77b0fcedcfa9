"""Payments that the ERP reports: by transfer, before their document, or made in the portal too."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.refunds.jobs import carry_out_due
from kontor_testing.waiting import eventually


async def test_a_payment_from_the_erp_makes_the_invoice_paid(world: Any) -> None:
    document = await world.invoice()
    answer = await world.erp(document, method="transfer")
    assert (answer.status_code, answer.json()["status"]) == (201, "booked")
    assert await world.state(document) == "paid"
    assert (await world.pay(document)).json()["status"] == "already_paid"


async def test_the_same_erp_payment_again_changes_nothing(world: Any) -> None:
    document = await world.invoice()
    await world.erp(document)
    again = await world.erp(document)
    assert (again.status_code, again.json()["status"]) == (200, "booked")
    assert (await world.receivable(document))["paid_minor"] == 11900
    changed = await world.erp(document, "100.00")
    assert (changed.status_code, changed.json()["field"]) == (409, "external_id")


async def test_a_payment_before_its_document_waits_for_it(world: Any) -> None:
    state = world.document()
    early = await world.erp(state.id)
    assert (early.status_code, early.json()["status"]) == (202, "parked")
    await world.hear(state)
    assert await world.state(state.id) == "paid"
    assert (await world.erp(state.id)).json()["status"] == "booked"


async def test_a_payment_may_name_the_document_by_the_senders_own_id(world: Any) -> None:
    document = await world.invoice(external_id="ERP-77")
    answer = await world.erp(document, document_number="", document_external_id="ERP-77")
    assert answer.json()["status"] == "booked"
    assert await world.state(document) == "paid"


async def test_a_parked_payment_in_another_currency_is_kept_as_refused(world: Any) -> None:
    state = world.document()
    await world.erp(state.id, currency="CHF")
    await world.hear(state)
    assert await world.state(state.id) == "open"
    [row] = await world.sql("SELECT state, error FROM incoming_payment WHERE document_number = $1", state.number)
    assert (row["state"], row["error"]) == ("refused", "currency_mismatch")


async def test_the_erp_booking_a_payment_made_in_the_portal_counts_once(world: Any) -> None:
    document = await world.invoice()
    await world.choose(await world.checkout(document), "success")
    await world.becomes(document, "paid")
    await world.erp(document)
    row = await world.receivable(document)
    assert (row["paid_minor"], row["overpaid_minor"]) == (11900, 0)
    assert await world.kept(document) == 11900


async def test_the_erp_may_know_of_a_payment_before_the_providers_word_is_here(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    await world.erp(document)

    async def heard() -> Any:
        return await world.sql("SELECT 1 FROM payment WHERE provider = 'sandbox' AND booked_by <> ''")

    await eventually(heard)
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["overpaid_minor"]) == ("paid", 11900, 0)
    assert await world.kept(document) == 11900
    assert len(await world.told(pb.PaymentSucceeded)) == 1


async def test_a_transfer_booked_while_the_card_was_charged_sends_the_charge_back(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    await world.erp(document, method="transfer")

    async def given_back() -> bool:
        return await world.kept(document) == 0 and (await world.receivable(document))["refunded_minor"] == 11900

    await eventually(given_back)
    row = await world.receivable(document)
    assert (row["state"], row["overpaid_minor"]) == ("paid", 0)


async def test_a_refund_whose_answer_never_came_is_made_once(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never", refund_call="timeout_after")
    await world.provider.patch(
        f"/sandbox/checkouts/{(await world.at_provider(checkout))['id']}", json={"hold_seconds": 5}
    )
    await world.erp(document, method="transfer")

    async def tried() -> Any:
        rows = await world.sql("SELECT id FROM refund WHERE attempts = 1 AND state = 'requested'")
        return rows and await world.kept(document) == 0

    await eventually(tried)
    await carry_out_due(world.app.state.dependencies, world.merchant, datetime.now(UTC) + timedelta(minutes=1))

    async def noted() -> Any:
        return await world.sql("SELECT 1 FROM refund WHERE state = 'succeeded'")

    await eventually(noted)
    assert len((await world.at_provider(checkout))["refunds"]) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "-5.00"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "viel"}, "amount"),
        ({"currency": "euro"}, "currency"),
        ({"currency": "CHF"}, "currency"),
        ({"paid_on": "gestern"}, "paid_on"),
        ({"external_id": ""}, "external_id"),
        ({"document_number": ""}, "document_number"),
    ],
)
async def test_a_bad_payment_from_the_erp_names_its_field_and_changes_nothing(
    world: Any, fields: dict[str, str], field: str
) -> None:
    document = await world.invoice()
    body = {"amount": "119.00"} | fields
    answer = await world.erp(document, body.pop("amount"), **body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert await world.state(document) == "open"
    assert (
        await world.sql("SELECT 1 FROM incoming_payment WHERE document_number = $1", f"RE-{str(document)[-6:]}") == []
    )


async def test_what_the_erp_books_was_paid_on_the_day_it_names(world: Any) -> None:
    document = await world.invoice()
    await world.erp(document, paid_on="2026-01-05")
    paid_at = (await world.receivable(document))["paid_at"]
    assert paid_at.date().isoformat() == "2026-01-05"
