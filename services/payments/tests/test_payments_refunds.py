"""Money that does not count, and money that goes back in the end although that had failed."""

from typing import Any
from uuid import uuid4

from test_payments_webhooks import event_about, send

from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


async def payment_of(world: Any, checkout: dict[str, Any], state: str) -> Any:
    async def is_so() -> Any:
        query = "SELECT * FROM payment WHERE checkout_id = $1 AND state = $2"
        return await world.sql(query, checkout["checkout_id"], state)

    [row] = await eventually(is_so)
    return row


async def give_back(world: Any, payment_id: Any, **wanted: Any) -> Any:
    body = {"reason": "overpaid"} | wanted
    return await world.http.post(f"/v1/payments/{payment_id}/refund", json=body, headers=world.staff())


async def paid_in_francs(world: Any, document: Any, **behaviour: Any) -> tuple[dict[str, Any], Any]:
    await world.behave_next(charge_currency="CHF", **behaviour)
    checkout = await world.checkout(document)
    await world.choose(checkout, "success")
    return checkout, await payment_of(world, checkout, "succeeded")


async def test_money_in_another_currency_is_recorded_and_counts_nothing(world: Any) -> None:
    document = await world.invoice()
    _, payment = await paid_in_francs(world, document)
    assert (payment["amount_minor"], payment["currency"], payment["failure"]) == (11900, "CHF", "other_currency")
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["paid_minor"], row["overpaid_minor"]) == ("open", 11900, 0, 0)
    assert (row["last_failure"], row["checkout_open"]) == ("", False)


async def test_the_merchant_is_told_of_money_in_another_currency_and_the_customer_is_not(world: Any) -> None:
    document = await world.invoice()
    await paid_in_francs(world, document)
    [told] = await world.told(pb.PaymentNotCounted)
    assert (told.payment.amount_minor, told.payment.currency, told.receivable.open_minor) == (11900, "CHF", 11900)
    assert await world.told(pb.PaymentSucceeded) == []
    [recorded] = await world.told(pb.PaymentRecorded)
    assert (recorded.payment.state, recorded.payment.failure) == ("succeeded", "other_currency")


async def test_an_invoice_is_paid_by_its_own_currency_beside_another_one(world: Any) -> None:
    document = await world.invoice()
    await paid_in_francs(world, document)
    await world.choose(await world.checkout(document), "success")
    row = await world.becomes(document, "paid")
    assert (row["paid_minor"], row["overpaid_minor"], row["refunded_minor"]) == (11900, 0, 0)
    assert await world.sql("SELECT 1 FROM refund") == []


async def test_the_erp_booking_in_the_right_currency_is_not_taken_for_the_wrong_money(world: Any) -> None:
    document = await world.invoice()
    await paid_in_francs(world, document)
    await world.erp(document)
    assert await world.state(document) == "paid"
    assert [row["state"] for row in await world.sql("SELECT state FROM payment ORDER BY created_at")] == [
        "succeeded"
    ] * 2


async def test_staff_give_money_in_another_currency_back(world: Any) -> None:
    document = await world.invoice()
    checkout, payment = await paid_in_francs(world, document)
    answer = await give_back(world, payment["id"])
    assert (answer.status_code, answer.json()["refund_minor"], answer.json()["refund_currency"]) == (202, 11900, "CHF")

    assert (await payment_of(world, checkout, "refunded"))["currency"] == "CHF"
    assert await world.kept(document) == 0
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["refunded_minor"]) == ("open", 11900, 0)
    assert len(await world.told(pb.PaymentRefunded)) == 1
    again = await give_back(world, payment["id"])
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_refund")


async def test_a_debit_on_its_way_in_another_currency_promises_nothing(world: Any) -> None:
    document = await world.invoice()
    await world.behave_next(charge_currency="CHF")
    checkout = await world.checkout(document, "sepa_debit")
    await world.choose(checkout, "pending", method="sepa_debit")
    await payment_of(world, checkout, "pending")
    row = await world.receivable(document)
    assert (row["state"], row["pending_minor"], row["expected_on"]) == ("open", 0, None)
    await world.settle(checkout)
    await payment_of(world, checkout, "succeeded")
    assert len(await world.told(pb.PaymentNotCounted)) == 1


async def test_nobody_gives_another_merchants_money_back(world: Any) -> None:
    document = await world.invoice()
    _, payment = await paid_in_francs(world, document)
    path = f"/v1/payments/{payment['id']}/refund"
    body = {"reason": "overpaid"}
    foreign = await world.http.post(path, json=body, headers=world.staff(uuid4()))
    assert (foreign.status_code, foreign.json()["code"]) == (404, "payment_not_found")
    assert (await world.http.post(path, json=body, headers=world.payer())).status_code == 403


async def overpaid_and_refused(world: Any, document: Any) -> dict[str, Any]:
    """A checkout that was paid after the ERP had booked the money; the provider says that giving it back failed."""
    await world.behave_next(refund_as="failed")
    checkout: dict[str, Any] = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    await world.erp(document, method="transfer")
    await world.comes_back(checkout)

    async def failed() -> Any:
        return await world.sql("SELECT 1 FROM refund WHERE state = 'failed'")

    await eventually(failed)
    return checkout


async def test_a_refund_noted_failed_that_later_succeeds_is_heard(world: Any) -> None:
    document = await world.invoice()
    checkout = await overpaid_and_refused(world, document)
    assert (await world.receivable(document))["overpaid_minor"] == 11900
    await world.provider.patch(
        f"/sandbox/checkouts/{(await world.at_provider(checkout))['id']}", json={"webhooks": "twice"}
    )
    await world.settle(checkout, "refunded")

    async def gone() -> bool:
        row = await world.receivable(document)
        return (row["refunded_minor"], row["overpaid_minor"], row["state"]) == (11900, 0, "paid")

    await eventually(gone)
    assert (await payment_of(world, checkout, "refunded"))["amount_minor"] == 11900
    assert len(await world.told(pb.PaymentRefunded)) == 1
    assert await world.kept(document) == 0


async def test_staff_may_try_a_refund_that_failed_again(world: Any) -> None:
    document = await world.invoice()
    checkout = await overpaid_and_refused(world, document)
    at_provider = (await world.at_provider(checkout))["id"]
    await world.provider.patch(f"/sandbox/checkouts/{at_provider}", json={"refund_as": "succeeded"})
    answer = await give_back(world, (await payment_of(world, checkout, "succeeded"))["id"])
    assert answer.status_code == 202

    await payment_of(world, checkout, "refunded")
    assert (await world.receivable(document))["overpaid_minor"] == 0
    assert await world.kept(document) == 0


async def test_a_refund_that_the_payers_bank_sends_back_days_later_is_here_again(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    await world.comes_back(checkout)
    await give_back(world, (await payment_of(world, checkout, "succeeded"))["id"], reason="returned")
    await payment_of(world, checkout, "refunded")
    done, returned = [await event_about(world, checkout, "refund.updated") for _ in range(2)]
    returned["data"]["checkout"]["refunds"][0]["state"] = "failed"
    # Repeated, and followed by what was true before.
    for event in (returned, returned | {"id": "evt_again"}, done):
        assert await send(world, event) == 204
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["refunded_minor"], row["open_minor"]) == ("paid", 11900, 0, 0)
    assert (await payment_of(world, checkout, "succeeded"))["left_minor"] == 11900
    assert [one["state"] for one in await world.sql("SELECT state FROM refund")] == ["failed"]
