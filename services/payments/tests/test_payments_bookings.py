"""Bookings by staff: made, taken back, marked as paid; and cash discounts."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


async def by_staff(world: Any, document: Any, amount: int = 11900, **fields: Any) -> Any:
    body = {
        "amount_minor": amount,
        "currency": "EUR",
        "method": "transfer",
        "booked_on": "2026-11-20",
        "confirmed": True,
    }
    body |= fields
    return await world.http.post(f"/v1/documents/{document}/bookings", json=body, headers=world.staff())


async def mark_paid(world: Any, document: Any) -> Any:
    return await world.http.post(f"/v1/documents/{document}/mark-paid", json={}, headers=world.staff())


async def test_a_part_payment_leaves_the_rest_and_the_button(world: Any) -> None:
    document = await world.invoice()
    answer = await by_staff(world, document, 4000)
    assert answer.status_code == 201
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["open_minor"]) == ("partly_paid", 4000, 7900)
    assert (await world.checkout(document))["amount_minor"] == 7900


@pytest.mark.parametrize(("currency", "amount"), [("EUR", "21474836.48"), ("HUF", "99000000000.00")])
async def test_large_amounts_are_owed_paid_in_part_and_paid(world: Any, currency: str, amount: str) -> None:
    minor = int(amount.replace(".", ""))
    document = await world.invoice(currency=currency, gross_minor=minor, amount_due_minor=minor)
    assert (await by_staff(world, document, minor - 1, currency=currency)).status_code == 201
    row = await world.receivable(document)
    assert (row["state"], row["asked_minor"], row["open_minor"]) == ("partly_paid", minor, 1)
    assert (await world.erp(document, amount, currency=currency)).json()["status"] == "booked"
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["overpaid_minor"]) == ("paid", 2 * minor - 1, minor - 1)


async def test_an_amount_of_a_trillion_is_refused_with_its_field(world: Any) -> None:
    document = await world.invoice()
    for answer in (await by_staff(world, document, 10**15), await world.erp(document, "1000000000000")):
        assert (answer.status_code, answer.json()["field"][:6]) == (422, "amount")


async def test_a_command_answers_with_the_receivable_as_it_is_now(world: Any) -> None:
    document = await world.invoice()
    answer = (await by_staff(world, document)).json()
    assert (answer["kind"], answer["snapshot"]["type"]) == ("payments.receivable", "payments.receivable.snapshot.v1")
    assert answer["version"] == (await world.receivable(document))["version"]


async def test_more_than_is_open_or_a_day_in_the_future_is_asked_back(world: Any) -> None:
    document = await world.invoice()
    unsure: dict[str, Any] = {"confirmed": False}
    much = await by_staff(world, document, 20000, **unsure)
    assert (much.status_code, much.json()["code"], much.json()["field"]) == (409, "booking_unusual", "amount_minor")
    assert "€200.00 is more than the €119.00 that is open" in much.json()["detail"]
    future = await by_staff(world, document, booked_on="2999-01-01", **unsure)
    assert (future.status_code, future.json()["field"]) == (409, "booked_on")
    both = await by_staff(world, document, 20000, booked_on="2999-01-01", **unsure)
    assert "and" in both.json()["detail"]
    marked = {"booked_on": "2999-01-01"}
    answer = await world.http.post(f"/v1/documents/{document}/mark-paid", json=marked, headers=world.staff())
    assert answer.status_code == 409
    assert await world.state(document) == "open"
    assert (await by_staff(world, document, 20000)).status_code == 201
    assert (await world.receivable(document))["overpaid_minor"] == 8100


async def cancel(world: Any, payment: Any, reason: str = "Falsche Rechnung") -> Any:
    return await world.http.post(f"/v1/payments/{payment}/cancel", json={"reason": reason}, headers=world.staff())


async def test_a_booking_is_cancelled_with_a_reason_and_both_stay_visible(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document)
    [booked] = await world.told(pb.PaymentRecorded)
    assert (await cancel(world, booked.payment.id)).status_code == 200
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["paid_minor"], row["paid_at"]) == ("open", 11900, 0, None)
    [told] = await world.told(pb.PaymentCancelled)
    assert (told.payment.state, told.payment.reason, told.payment.cancelled_by) == (
        "cancelled",
        "Falsche Rechnung",
        "Eva",
    )
    postings = await world.sql("SELECT amount_minor FROM booking WHERE payment_id = $1 ORDER BY id", booked.payment.id)
    assert [posting["amount_minor"] for posting in postings] == [11900, -11900]
    again = await cancel(world, booked.payment.id)
    assert (again.status_code, again.json()["code"]) == (409, "not_cancellable")
    for reason in (" ", "Falsch\x00"):
        assert (await cancel(world, booked.payment.id, reason)).status_code == 422


async def test_what_was_the_same_money_as_a_cancelled_booking_counts_again(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document, method="")
    await world.erp(document)
    assert (await world.receivable(document))["paid_minor"] == 11900
    query = "SELECT p.id FROM payment p JOIN receivable r ON r.id = p.receivable_id WHERE document_id = $1"
    [by_hand] = await world.sql(f"{query} AND provider = 'staff'", document)
    await cancel(world, by_hand["id"])
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["overpaid_minor"]) == ("paid", 11900, 0)


async def test_taking_a_booking_back_ends_the_checkout_of_the_smaller_rest(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document, 4000)
    checkout = await world.checkout(document)
    [booked] = await world.sql("SELECT id FROM payment")
    await cancel(world, booked["id"])
    row = await world.receivable(document)
    assert (row["open_minor"], row["checkout_open"]) == (11900, False)

    async def ended() -> bool:
        return bool((await world.at_provider(checkout))["state"] == "expired")

    await eventually(ended)
    assert (await world.checkout(document))["amount_minor"] == 11900


async def test_a_checkout_begun_while_a_cash_discount_ran_is_kept_afterwards(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = world.app.state.clock.today("Europe/Berlin")
    step = {"until": str(today), "percent": "2.00", "amount_minor": 238, "payable_minor": 11662}
    document = await world.invoice(cash_discounts=[step])
    checkout = await world.checkout(document)
    monkeypatch.setattr(world.app.state.clock, "offset", timedelta(days=1))
    await world.choose(checkout, "decline")

    async def told() -> bool:
        return bool((await world.receivable(document))["last_failure"] == "card_declined")

    await eventually(told)
    assert (await world.receivable(document))["checkout_open"] is True


async def test_the_external_id_of_a_booking_taken_back_is_used_up(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document, 1000, external_id="bank-10")
    [booked] = await world.sql("SELECT id FROM payment")
    await cancel(world, booked["id"])
    answer = await by_staff(world, document, 1000, external_id="bank-10")
    assert (answer.status_code, answer.json()["code"]) == (409, "external_id_reused")


async def test_a_payment_through_a_provider_is_not_cancelled(world: Any) -> None:
    document = await world.invoice()
    await world.choose(await world.checkout(document), "success")
    await world.becomes(document, "paid")
    [payment] = await world.sql("SELECT id FROM payment WHERE connection_id IS NOT NULL")
    assert (await cancel(world, payment["id"])).json()["code"] == "not_cancellable"
    assert (await cancel(world, uuid4())).status_code == 404


async def test_a_booking_counts_on_the_day_of_the_payment(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document, 1000, booked_on="2026-10-31")
    await world.erp(document, "10.00", paid_on="2026-09-30")
    days = {told.payment.settled_at.ToDatetime().date().isoformat() for told in await world.told(pb.PaymentRecorded)}
    assert days == {"2026-10-31", "2026-09-30"}


async def test_an_overpayment_is_shown(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document, 12000)
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["overpaid_minor"]) == ("paid", 0, 100)


async def test_mark_as_paid_books_the_open_rest_once(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document, 4000)
    assert (await mark_paid(world, document)).json()["booked_minor"] == 7900
    assert (await mark_paid(world, document)).json()["booked_minor"] == 0
    assert (await world.receivable(document))["paid_minor"] == 11900
    [*_, last] = await world.told(pb.PaymentSucceeded)
    assert (last.payment.provider, last.payment.booked_by) == ("staff", "Eva")


async def test_an_id_that_staff_have_booked_under_is_no_systems(world: Any) -> None:
    document = await world.invoice()
    assert (await by_staff(world, document, 1000, external_id="bank-9")).status_code == 201
    answer = await world.erp(document, "20.00", external_id="bank-9")
    assert (answer.status_code, answer.json()["code"]) == (409, "external_id_reused")
    assert (await world.receivable(document))["paid_minor"] == 1000


async def test_the_same_external_id_is_one_booking(world: Any) -> None:
    document, name = await world.invoice(), f"x-{uuid4()}"
    for _ in range(3):
        assert (await by_staff(world, document, 1000, external_id=name)).status_code == 201
    assert (await world.receivable(document))["paid_minor"] == 1000
    answer = await by_staff(world, document, 2000, external_id=name)
    assert (answer.status_code, answer.json()["code"]) == (409, "external_id_reused")


async def test_marking_as_paid_ends_the_open_checkout_at_the_provider(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await mark_paid(world, document)

    async def ended() -> str | None:
        state: str = (await world.at_provider(checkout))["state"]
        return None if state == "open" else state

    assert await eventually(ended) == "expired"


async def test_a_parked_payment_under_an_id_that_staff_have_used_is_kept_as_refused(world: Any) -> None:
    state = world.document()
    await world.erp(state.id, external_id="bank-9")
    other = await world.invoice()
    assert (await by_staff(world, other, 1000, external_id="bank-9")).status_code == 201
    await world.hear(state)
    assert await world.state(state.id) == "open"
    [row] = await world.sql("SELECT state, error FROM incoming_payment WHERE external_id = 'bank-9'")
    assert (row["state"], row["error"]) == ("refused", "external_id_reused")


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"amount": 0}, "amount_minor"), ({"amount": -1}, "amount_minor"), ({"currency": "CHF"}, "currency")],
)
async def test_a_bad_booking_by_staff_names_its_field(world: Any, fields: dict[str, Any], field: str) -> None:
    document = await world.invoice()
    answer = await by_staff(world, document, **fields)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert (await world.receivable(document))["paid_minor"] == 0


async def test_the_ledger_refuses_to_be_changed(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document)
    for statement in ("UPDATE booking SET amount_minor = 1", "DELETE FROM booking"):
        with pytest.raises(Exception, match="the ledger only grows"):
            await world.sql(statement)


async def test_a_cash_discount_paid_in_time_counts_as_paid_in_full(world: Any) -> None:
    step = {"until": "2026-11-20", "percent": "2.00", "amount_minor": 238, "payable_minor": 11662}
    in_time, late = await world.invoice(cash_discounts=[step]), await world.invoice(cash_discounts=[step])
    await world.erp(in_time, "116.62", paid_on="2026-11-20")
    await world.erp(late, "116.62", paid_on="2026-11-21")
    assert (await world.state(in_time), await world.state(late)) == ("paid", "partly_paid")
    assert (await world.receivable(late))["open_minor"] == 238


async def test_after_a_part_payment_everybody_hears_of_the_same_amount_with_the_discount(world: Any) -> None:
    step = {"until": "2099-12-31", "percent": "3.00", "amount_minor": 3570, "payable_minor": 115430}
    document = await world.invoice(amount_due_minor=119000, cash_discounts=[step])
    await world.erp(document, "500.00")
    told = (await world.told(pb.PaymentSucceeded))[-1].receivable
    assert (told.open_minor, [left.payable_minor for left in told.cash_discounts]) == (69000, [65430])
    transfer = await world.http.get(f"/v1/documents/{document}/transfer", headers=world.payer())
    assert transfer.json()["amount_minor"] == (await world.checkout(document))["amount_minor"] == 65430


async def test_a_discount_that_was_earned_or_came_too_late_is_offered_no_more(world: Any) -> None:
    step = {"until": "2026-11-20", "percent": "2.00", "amount_minor": 238, "payable_minor": 11662}
    paid, late = await world.invoice(cash_discounts=[step]), await world.invoice(cash_discounts=[step])
    await world.erp(paid, "116.62", paid_on="2026-11-20")
    await world.erp(late, "116.62", paid_on="2026-11-21")
    assert (await world.receivable(paid))["cash_discounts"] == "[]"
    # What is left of the reduced amount is more than what is open.
    assert (await world.receivable(late))["cash_discounts"] == "[]"


async def test_money_for_a_document_that_is_cancelled_afterwards_is_shown_as_overpaid(world: Any) -> None:
    document = await world.invoice()
    await by_staff(world, document)
    await world.invoice(document, state="cancelled")
    row = await world.receivable(document)
    assert (row["state"], row["due_minor"], row["overpaid_minor"]) == ("cancelled", 0, 11900)
    assert len(await world.told(pb.ReceivableCancelled)) == 1
