"""Staff give back what was owed: all or a part, through the provider or by hand, with a credit note or without."""

import asyncio
from typing import Any

from payments_naming import credit, credited
from test_payments_refunds import give_back, payment_of

from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


async def paid_by_card(world: Any, **changes: Any) -> tuple[Any, dict[str, Any], Any]:
    document = await world.invoice(**changes)
    checkout = await world.checkout(document)
    await world.choose(checkout, "success")
    return document, checkout, await payment_of(world, checkout, "succeeded")


async def refunded(world: Any, document: Any, minor: int) -> Any:
    async def is_so() -> Any:
        row = await world.receivable(document)
        return row if row["refunded_minor"] == minor else None

    return await eventually(is_so)


async def test_all_of_a_payment_goes_back_and_the_invoice_is_open_again(world: Any) -> None:
    document, checkout, payment = await paid_by_card(world)
    answer = await give_back(world, payment["id"], reason="returned", note="Danke für die Rücksendung")
    assert (answer.status_code, answer.json()["refund_minor"]) == (202, 11900)
    row = await refunded(world, document, 11900)
    assert (row["state"], row["open_minor"]) == ("open", 11900)
    assert await world.kept(document) == 0
    assert (await payment_of(world, checkout, "refunded"))["left_minor"] == 0
    [told] = await world.told(pb.PaymentRefunded)
    refund = told.refund
    assert (refund.amount_minor, refund.reason, refund.note, refund.state) == (
        11900, "returned", "Danke für die Rücksendung", "succeeded",
    )  # fmt: skip
    assert (refund.requested_by, refund.credit_minor) == ("Eva", 0)
    assert [one.id for one in told.payment.refunds] == [refund.id]


async def test_a_part_goes_back_and_the_rest_can_follow(world: Any) -> None:
    document, checkout, payment = await paid_by_card(world)
    await give_back(world, payment["id"], amount_minor=1900, reason="defect")
    row = await refunded(world, document, 1900)
    assert (row["state"], row["open_minor"]) == ("partly_paid", 1900)
    assert (await payment_of(world, checkout, "succeeded"))["left_minor"] == 10000
    assert (await give_back(world, payment["id"], reason="returned")).json()["refund_minor"] == 10000
    await refunded(world, document, 11900)
    assert await world.kept(document) == 0


async def test_more_than_is_left_is_refused_at_its_field(world: Any) -> None:
    document, _, payment = await paid_by_card(world)
    await give_back(world, payment["id"], amount_minor=1900)
    answer = await give_back(world, payment["id"], amount_minor=10001)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (422, "refund_too_much", "amount_minor")
    assert problem["left"] == "100.00 EUR"
    await refunded(world, document, 1900)


async def test_an_unknown_reason_is_refused_at_its_field(world: Any) -> None:
    _, _, payment = await paid_by_card(world)
    for reason in ("paid_twice", "weather"):
        answer = await give_back(world, payment["id"], reason=reason)
        assert (answer.status_code, answer.json()["field"]) == (422, "reason")
    assert await world.sql("SELECT 1 FROM refund") == []


async def test_two_clicks_make_one_refund(world: Any) -> None:
    document, _, payment = await paid_by_card(world)
    headers = world.staff() | {"Idempotency-Key": "one-form"}
    path, body = f"/v1/payments/{payment['id']}/refund", {"amount_minor": 1000, "reason": "goodwill"}
    clicks = [world.http.post(path, json=body, headers=headers) for _ in range(2)]
    first, second = await asyncio.gather(*clicks)
    assert (first.status_code, first.json()["refund_id"]) == (202, second.json()["refund_id"])
    await refunded(world, document, 1000)
    assert len(await world.sql("SELECT 1 FROM refund")) == 1


async def test_what_the_provider_refuses_is_there_as_before(world: Any) -> None:
    document, checkout, payment = await paid_by_card(world)
    at_provider = (await world.at_provider(checkout))["id"]
    await world.provider.patch(f"/sandbox/checkouts/{at_provider}", json={"refund_as": "failed"})
    await give_back(world, payment["id"])

    async def failed() -> Any:
        return await world.sql("SELECT 1 FROM refund WHERE state = 'failed'")

    await eventually(failed)
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["refunded_minor"]) == ("paid", 0, 0)
    payment = await payment_of(world, checkout, "succeeded")
    assert payment["left_minor"] == 11900
    assert await world.told(pb.PaymentRefunded) == []


async def test_with_a_credit_note_the_invoice_stays_settled(world: Any) -> None:
    document, _, payment = await paid_by_card(world)
    await give_back(world, payment["id"], amount_minor=1900, credit_note=True)
    await refunded(world, document, 1900)
    [told] = await world.told(pb.PaymentRefunded)
    assert (told.refund.credit_minor, told.receivable.open_minor) == (1900, 1900)
    note = await credit(world, document, told.refund.credit_minor)
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["overpaid_minor"]) == ("paid", 0, 0)
    assert (await credited(world, document), await world.state(note)) == ([1900], "settled")


async def test_the_credit_note_takes_a_lost_cash_discount_off_too(world: Any) -> None:
    step = {"until": "2099-12-31", "percent": "2.00", "amount_minor": 2000, "payable_minor": 98000}
    document, _, payment = await paid_by_card(world, amount_due_minor=100000, cash_discounts=[step])
    assert (await world.receivable(document))["discount_minor"] == 2000
    await give_back(world, payment["id"], amount_minor=10000, credit_note=True)
    await refunded(world, document, 10000)
    [told] = await world.told(pb.PaymentRefunded)
    assert told.refund.credit_minor == 12000
    await credit(world, document, 12000)
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["overpaid_minor"]) == ("paid", 0, 0)


async def test_money_that_was_too_much_goes_back_without_a_credit_note(world: Any) -> None:
    document, checkout, payment = await paid_by_card(world)
    await world.erp(document, method="transfer")
    answer = await give_back(world, payment["id"], credit_note=True)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        422, "nothing_to_credit", "credit_note",
    )  # fmt: skip
    assert (await give_back(world, payment["id"])).status_code == 202
    await payment_of(world, checkout, "refunded")
    assert await world.state(document) == "paid"


async def booked(world: Any, document: Any) -> Any:
    [row] = await world.sql(
        "SELECT p.* FROM payment p JOIN receivable r ON r.id = p.receivable_id WHERE r.document_id = $1", document
    )
    return row


async def test_money_that_came_by_transfer_is_recorded_as_given_back(world: Any) -> None:
    document = await world.invoice()
    await world.erp(document, method="transfer")
    payment = await booked(world, document)
    answer = await give_back(world, payment["id"], amount_minor=1900, reason="goodwill", reference="Bank 12")
    assert answer.status_code == 202
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["refunded_minor"]) == ("partly_paid", 1900, 1900)
    [told] = await world.told(pb.PaymentRefunded)
    assert (told.refund.state, told.refund.reference, told.payment.left_minor) == ("succeeded", "Bank 12", 10000)


async def test_a_booking_of_which_money_was_given_back_cannot_be_cancelled(world: Any) -> None:
    document = await world.invoice()
    await world.erp(document, method="transfer")
    payment = await booked(world, document)
    await give_back(world, payment["id"], amount_minor=1900)
    answer = await world.http.post(f"/v1/payments/{payment['id']}/cancel", json={"reason": "x"}, headers=world.staff())
    assert (answer.status_code, answer.json()["code"]) == (409, "not_cancellable")
    assert (await world.receivable(document))["paid_minor"] == 11900


async def test_nothing_is_left_of_what_is_only_on_its_way(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document, "sepa_debit")
    await world.choose(checkout, "pending", method="sepa_debit")
    answer = await give_back(world, (await payment_of(world, checkout, "pending"))["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_refund")


async def test_what_came_through_an_account_without_keys_is_recorded_as_given_back(world: Any) -> None:
    document, _, payment = await paid_by_card(world)
    await world.sql("UPDATE connection SET credentials = '', state = 'ended'")
    assert (await give_back(world, payment["id"])).json()["code"] == "refund_by_hand"
    answer = await give_back(world, payment["id"], by_hand=True)
    assert (answer.status_code, (await world.receivable(document))["refunded_minor"]) == (202, 11900)
    [told] = await world.told(pb.PaymentRefunded)
    assert (told.refund.state, told.payment.state) == ("succeeded", "refunded")


async def test_what_the_provider_can_give_back_is_not_only_recorded(world: Any) -> None:
    document, _, payment = await paid_by_card(world)
    await give_back(world, payment["id"], amount_minor=1900, by_hand=True, reference="mine")
    await refunded(world, document, 1900)
    [refund] = await world.sql("SELECT provider_reference FROM refund")
    assert refund["provider_reference"] not in ("", "mine")
