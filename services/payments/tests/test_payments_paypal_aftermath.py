"""After a payment through PayPal: refunds, disputes, saved methods."""

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from paypal_merchant import PayPalMerchant
from saving_customer import SavingCustomer

from kontor_payments.providers.protocol import (
    ChargeRequest,
    MethodGone,
    OutcomeUnknown,
    Refused,
    SavedMethod,
    SetupRequest,
)
from kontor_testing.waiting import eventually

RETURN = "http://localhost:9/zurueck"


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: Any) -> PayPalMerchant:
    made = PayPalMerchant(world)
    await made.connect()
    return made


async def refunded(world: Any, document: Any, amount: int) -> Any:
    async def is_so() -> Any:
        row = await world.receivable(document)
        return row if row["refunded_minor"] == amount else None

    return await eventually(is_so)


async def test_what_came_twice_is_refunded_once(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.behaves(webhooks="never")
    checkout = await shop.start(document)
    await shop.pays(checkout, "echeck")
    await world.comes_back(checkout)
    await world.erp(document, method="transfer")
    await shop.behaves(webhooks="prompt")
    await shop.does("settle", capture=(await shop.captured())["id"])
    row = await refunded(world, document, 11900)
    assert (row["state"], row["paid_minor"], row["overpaid_minor"]) == ("paid", 23800, 0)
    assert [one["amount"]["value"] for one in await shop.objects("refund")] == ["119.00"]


async def test_a_refund_without_an_answer_is_not_made_twice(world: Any, shop: PayPalMerchant) -> None:
    await shop.paid(await world.invoice())
    capture, order = (await shop.captured())["id"], (await shop.orders())[0]["id"]
    reference = str(uuid4())
    await shop.behaves(calls={"POST /v2/payments/captures/{id}/refund": "timeout_after"}, hold_seconds=3)
    with pytest.raises(OutcomeUnknown):
        await shop.adapter.refund(order, capture, 1900, reference)
    # Weeks later PayPal no longer knows the request's id.
    assert (await world.paypal.post(f"/double/forget-keys/{shop.account}")).status_code == 204
    again = await shop.adapter.refund(order, capture, 1900, reference)
    assert (again.reference, again.amount_minor, again.state) == (reference, 1900, "succeeded")
    assert len(await shop.objects("refund")) == 1


async def test_more_than_is_left_is_not_refunded(world: Any, shop: PayPalMerchant) -> None:
    await shop.paid(await world.invoice())
    with pytest.raises(Refused, match="REFUND_AMOUNT_EXCEEDED"):
        await shop.adapter.refund((await shop.orders())[0]["id"], (await shop.captured())["id"], 11901, str(uuid4()))


async def test_refunds_at_paypals_own_pages_are_booked(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    capture = (await shop.captured())["id"]
    await shop.does("refund", capture=capture, value="19.00")
    await refunded(world, document, 1900)
    await shop.does("refund", capture=capture)
    row = await refunded(world, document, 11900)
    assert (row["paid_minor"], row["open_minor"]) == (11900, 11900)


async def test_a_refund_that_is_pending_counts_when_it_has_arrived(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    capture = (await shop.captured())["id"]
    await shop.does("refunds-as", capture=capture, status="PENDING")
    made = await shop.adapter.refund((await shop.orders())[0]["id"], capture, 1900, str(uuid4()))
    assert made.state == "pending"
    await shop.does("refund-result", refund=made.id, status="COMPLETED")
    await refunded(world, document, 1900)


async def test_a_dispute_is_reported_with_its_deadline_and_ends_won(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    made = await shop.does("dispute", capture=(await shop.captured())["id"])
    report = (await shop.hears("dispute", made)).checkout
    assert report is not None
    [dispute] = report.disputes
    assert (dispute.state, dispute.amount_minor, dispute.respond_by is not None) == ("needs_response", 11900, True)
    assert dispute.reason == "MERCHANDISE_OR_SERVICE_NOT_RECEIVED"
    await shop.does("decide", dispute=made["dispute_id"], decision="won")
    report = (await shop.hears("dispute", made)).checkout
    assert report is not None
    assert [(one.state, one.respond_by) for one in report.disputes] == [("won", None)]
    assert [one.state for one in report.payments] == ["succeeded"]
    await world.becomes(document, "paid")


async def test_a_lost_dispute_takes_the_payment_back(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    made = await shop.does("dispute", capture=(await shop.captured())["id"])
    await shop.does("decide", dispute=made["dispute_id"], decision="lost")
    await shop.payment("reversed", failure="charged_back")
    row = await world.receivable(document)
    assert (row["paid_minor"], row["open_minor"], row["last_failure"]) == (0, 11900, "charged_back")


async def test_a_dispute_lost_after_a_partial_refund_takes_back_what_was_left(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    capture = (await shop.captured())["id"]
    await shop.does("refund", capture=capture, value="19.00")
    await refunded(world, document, 1900)
    made = await shop.does("dispute", capture=capture, value="100.00")
    await shop.does("decide", dispute=made["dispute_id"], decision="lost")
    row = await world.becomes(document, "open")
    assert (row["paid_minor"] - row["refunded_minor"], row["open_minor"]) == (0, 11900)


async def test_a_part_that_is_lost_leaves_the_rest(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    made = await shop.does("dispute", capture=(await shop.captured())["id"], value="50.00")
    await shop.does("decide", dispute=made["dispute_id"], decision="lost")

    async def is_taken() -> bool:
        row = await world.receivable(document)
        return bool((row["paid_minor"], row["open_minor"]) == (6900, 5000))

    await eventually(is_taken)


async def saved(shop: PayPalMerchant, outcome: str = "completed") -> SavedMethod:
    """A method that the customer has saved on PayPal's page."""
    request = SetupRequest(
        str(uuid4()), "EUR", ["paypal"], "Stromvertrag für Müller", "Müller", "", "de", RETURN, RETURN
    )
    first, again = await shop.adapter.start_setup(request), await shop.adapter.start_setup(request)
    assert (first.provider_id, first.state) == (again.provider_id, "open")
    answer = await shop.world.paypal.post(first.redirect_url, data={"outcome": outcome})
    assert answer.headers["location"].startswith(RETURN)
    found = (await shop.adapter.setup(first.provider_id)).saved
    assert found is not None
    assert (await shop.adapter.setup(first.provider_id)).saved == found
    return found


def charge_of(method: SavedMethod, amount: int = 4900) -> ChargeRequest:
    return ChargeRequest(amount, "EUR", str(uuid4()), method.customer_id, method.id, "Abschlag Dezember", RETURN)


async def test_a_saved_account_is_charged_once_for_a_reference(shop: PayPalMerchant) -> None:
    method = await saved(shop)
    assert (method.method, method.label) == ("paypal", "kundin@example.com")
    request = charge_of(method)
    first, again = await shop.adapter.charge(request), await shop.adapter.charge(request)
    assert (first.state, [one.state for one in first.payments]) == ("completed", ["succeeded"])
    assert first.provider_id == again.provider_id
    assert (await shop.adapter.fetch(first.provider_id)).payments[0].amount_minor == 4900


async def test_a_charge_that_paypal_has_forgotten_is_not_made_again(world: Any, shop: PayPalMerchant) -> None:
    request = charge_of(await saved(shop))
    await shop.adapter.charge(request)
    assert (await world.paypal.post(f"/double/forget-keys/{shop.account}")).status_code == 204
    with pytest.raises(OutcomeUnknown, match="DUPLICATE_INVOICE_ID"):
        await shop.adapter.charge(request)
    assert len(await shop.objects("capture")) == 1


async def test_a_charge_whose_answer_was_lost_is_not_taken_for_never_made(world: Any, shop: PayPalMerchant) -> None:
    customer, document = SavingCustomer(world, shop), await world.invoice()
    begun = (await customer.begins("paypal")).json()
    await world.paypal.post(begun["redirect_url"], data={"outcome": "completed"})
    await customer.comes_back()
    await shop.behaves(calls={"POST /v2/checkout/orders": "timeout_after"}, hold_seconds=3, webhooks="never")
    body = {"documents": [str(document)], "return_url": RETURN}
    headers = world.bearer("service:contracts", "service") | {"Idempotency-Key": str(uuid4())}
    charged = await world.http.post("/v1/charges", json=body, headers=headers)
    assert charged.json()["state"] == "creating"
    await world.sql("UPDATE checkout SET created_at = now() - interval '11 minutes'")
    otherwise = await world.pay(document, method="paypal")
    assert (otherwise.status_code, otherwise.json()["status"]) == (200, "already_paid")
    assert len(await shop.objects("capture")) == 1


async def test_a_declined_charge_says_so(shop: PayPalMerchant) -> None:
    report = await shop.adapter.charge(charge_of(await saved(shop, "instrument_declined")))
    assert (report.state, [(one.state, one.failure) for one in report.payments]) == (
        "cancelled",
        [("failed", "declined")],
    )
    assert (await shop.adapter.fetch(report.provider_id)).state == "expired"


async def test_a_method_that_was_removed_is_charged_no_more(shop: PayPalMerchant) -> None:
    method = await saved(shop)
    await shop.adapter.forget(method.id)
    await shop.adapter.forget(method.id)
    with pytest.raises(MethodGone):
        await shop.adapter.charge(charge_of(method))


async def test_a_setup_that_nobody_approved_is_open_and_an_unknown_one_over(shop: PayPalMerchant) -> None:
    request = SetupRequest(str(uuid4()), "EUR", ["paypal"], "Vertrag", "", "", "en", RETURN, RETURN)
    made = await shop.adapter.start_setup(request)
    assert (await shop.adapter.setup(made.provider_id)).state == "open"
    assert (await shop.adapter.setup("2B222222222222222")).state == "expired"
