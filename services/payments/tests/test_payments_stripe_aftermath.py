"""After a payment through Stripe: refunds, disputes, payouts, saved methods."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
import stripe
from stripe_merchant import StripeMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.providers.protocol import ChargeRequest, OutcomeUnknown, SavedMethod, SetupRequest
from kontor_payments.providers.stripe.access import StripeAccess
from kontor_payments.providers.stripe.adapter import StripeProvider
from kontor_payments.providers.stripe.reports import dispute_report, method_of
from kontor_testing.waiting import eventually

RETURN = "http://localhost:9/zurueck"


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: Any) -> StripeMerchant:
    made = StripeMerchant(world)
    await made.connect()
    return made


async def refunds(world: Any) -> list[tuple[str, int]]:
    rows = await world.sql("SELECT state, amount_minor FROM refund ORDER BY created_at")
    return [(row["state"], row["amount_minor"]) for row in rows]


async def test_what_came_twice_is_refunded_once(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.behaves(webhooks="never")
    checkout = await world.checkout(document)
    await shop.pays(checkout)
    await world.erp(document, method="transfer")
    await world.comes_back(checkout)

    async def is_back() -> bool:
        return await refunds(world) == [("succeeded", 11900)]

    await eventually(is_back)
    assert [(one["amount"], one["status"]) for one in await shop.objects("re")] == [(11900, "succeeded")]
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["refunded_minor"], row["overpaid_minor"]) == ("paid", 23800, 11900, 0)


async def test_a_refund_without_an_answer_is_not_made_twice(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    checkout = await shop.paid(document)
    charge = (await shop.charges())[0]["id"]
    reference, session = str(uuid4()), (await shop.objects("cs"))[0]["id"]
    await shop.behaves(calls={"POST /v1/refunds": "timeout_after"}, hold_seconds=3)
    with pytest.raises(OutcomeUnknown):
        await shop.adapter.refund(session, charge, 1900, reference)
    # A day later Stripe has forgotten the idempotency key.
    assert (await world.stripe.post(f"/double/forget-keys/{shop.account}")).status_code == 204
    again = await shop.adapter.refund(session, charge, 1900, reference)
    assert (again.reference, again.amount_minor, again.state) == (reference, 1900, "succeeded")
    assert len(await shop.objects("re")) == 1
    assert checkout["redirect_url"]


async def test_a_refund_at_stripes_own_pages_is_booked(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    await shop.does("refund", charge=(await shop.charges())[0]["id"], amount=1900)

    async def is_booked() -> bool:
        return bool((await world.receivable(document))["refunded_minor"] == 1900)

    await eventually(is_booked)
    assert await refunds(world) == [("succeeded", 1900)]


async def test_a_refund_that_takes_days_is_booked_when_it_has_arrived(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    charge = (await shop.charges())[0]["id"]
    await shop.does("refunds-as", charge=charge, refund_as="pending")
    reference = str(uuid4())
    asked = await shop.adapter.refund("", charge, 1900, reference)
    assert asked.state == "pending"
    await shop.does("refund-result", refund=asked.id, state="succeeded")
    assert (await shop.adapter.refund("", charge, 1900, reference)).state == "succeeded"


async def test_a_lost_dispute_after_a_part_refund_takes_the_rest_back(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    charge = (await shop.charges())[0]["id"]
    await shop.behaves(webhooks="never")
    await shop.does("refund", charge=charge, amount=1900)
    opened = await shop.does("dispute", charge=charge)
    await shop.behaves(webhooks="prompt")
    await shop.does("decide", dispute=opened["id"], state="lost")
    payment = await shop.payment("reversed")
    row = await world.receivable(document)
    assert (payment["failure"], row["paid_minor"], row["refunded_minor"]) == ("charged_back", 1900, 1900)
    assert row["state"] == "open"


async def test_an_open_dispute_is_reported_with_its_deadline_and_takes_the_money_back(
    world: Any, shop: StripeMerchant
) -> None:
    document = await world.invoice()
    await shop.paid(document)
    await shop.does("dispute", charge=(await shop.charges())[0]["id"], reason="fraudulent")
    report = await shop.adapter.fetch((await shop.objects("cs"))[0]["id"])
    [dispute] = report.disputes
    assert (dispute.state, dispute.reason, dispute.amount_minor) == ("needs_response", "fraudulent", 11900)
    assert dispute.respond_by is not None
    assert dispute.respond_by > datetime.now(UTC)
    assert [payment.state for payment in report.payments] == ["succeeded"]
    row = await world.becomes(document, "open")
    assert (row["open_minor"], row["paid_minor"]) == (11900, 0)


async def test_an_inquiry_takes_no_money_until_it_becomes_a_dispute(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    inquiry = await shop.does("dispute", charge=(await shop.charges())[0]["id"], state="warning_needs_response")
    [opened] = await eventually(lambda: world.told(pb.DisputeOpened))
    assert (opened.dispute.is_inquiry, opened.dispute.state) == (True, "needs_response")
    payment = await shop.payment("succeeded")
    assert (payment["disputed_minor"], payment["left_minor"], await world.state(document)) == (0, 11900, "paid")
    await shop.does("decide", dispute=inquiry["id"], state="needs_response")
    assert (await world.becomes(document, "open"))["open_minor"] == 11900
    await shop.does("decide", dispute=inquiry["id"], state="won")
    assert (await world.becomes(document, "paid"))["paid_minor"] == 11900


async def test_an_inquiry_that_is_closed_changes_nothing(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.paid(document)
    inquiry = await shop.does("dispute", charge=(await shop.charges())[0]["id"], state="warning_needs_response")
    await shop.does("decide", dispute=inquiry["id"], state="warning_closed")
    assert await eventually(lambda: world.told(pb.DisputeDecided))
    assert (await world.receivable(document))["paid_minor"] == 11900


async def test_a_direct_debit_that_the_bank_takes_back_is_owed_again(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.pays(await world.checkout(document, "sepa_debit"), method="sepa_debit")
    await world.becomes(document, "on_its_way")
    charge = (await shop.charges())[0]["id"]
    await shop.does("settle", charge=charge)
    await world.becomes(document, "paid")
    await shop.does("dispute", charge=charge, state="lost", reason="debit_not_authorized")
    row = await world.becomes(document, "open")
    assert (row["open_minor"], row["last_failure"]) == (11900, "returned_by_bank")


async def test_a_payout_is_split_into_payments_refunds_and_fees(world: Any, shop: StripeMerchant) -> None:
    for _ in range(2):
        await shop.paid(await world.invoice())
    charges = [charge["id"] for charge in await shop.charges()]

    async def are_booked() -> bool:
        return all(charge["balance_transaction"] for charge in await shop.charges())

    await eventually(are_booked)
    await shop.does("refund", charge=charges[0], amount=1900)
    made = await shop.does("payout")
    payout = await shop.adapter.payout(made["id"])
    assert (payout.amount_minor, payout.currency, payout.state) == (2 * 11697 - 1900, "EUR", "in_transit")
    lines = sorted((item.kind, item.gross_minor, item.fee_minor, item.net_minor) for item in payout.items)
    assert lines == [("payment", 11900, 203, 11697), ("payment", 11900, 203, 11697), ("refund", -1900, 0, -1900)]
    assert {item.reference for item in payout.items if item.kind == "payment"} == set(charges)


async def saved(shop: StripeMerchant, outcome: str, method: str = "card") -> SavedMethod:
    wanted = SetupRequest(str(uuid4()), "EUR", [method], "Strom", "Eva Muster", "eva@example.com", "de", RETURN, RETURN)
    started = await shop.adapter.start_setup(wanted)
    assert (started.state, (await shop.adapter.start_setup(wanted)).provider_id) == ("open", started.provider_id)
    await shop.pays({"redirect_url": started.redirect_url}, outcome, method)
    done = await shop.adapter.setup(started.provider_id)
    assert done.saved is not None
    return done.saved


def charge_of(method: SavedMethod) -> ChargeRequest:
    return ChargeRequest(4900, "EUR", str(uuid4()), method.customer_id, method.id, "Abschlag März", RETURN)


async def test_a_saved_card_is_charged_once_however_often_it_is_asked(shop: StripeMerchant) -> None:
    method = await saved(shop, "succeeded")
    assert (method.method, method.label, method.expires_on) == ("card", "Visa •••• 4242", date(2031, 8, 31))
    request = charge_of(method)
    await shop.behaves(calls={"POST /v1/payment_intents": "timeout_after"}, hold_seconds=3)
    with pytest.raises(OutcomeUnknown):
        await shop.adapter.charge(request)
    report = await shop.adapter.charge(request)
    assert (report.state, [payment.state for payment in report.payments]) == ("completed", ["succeeded"])
    assert (report.reference, len(await shop.charges())) == (request.reference, 1)


@dataclass
class Connect:
    """The SDK of an account that is connected by OAuth, as far as a charge needs it. Nobody answers."""

    application_fee_percent: float = 1.5
    asked: list[dict[str, Any]] = field(default_factory=list)

    def client(self, credentials: Any) -> Any:
        return SimpleNamespace(v1=SimpleNamespace(payment_intents=SimpleNamespace(create_async=self._create)))

    async def _create(self, wanted: dict[str, Any], options: Any) -> None:
        self.asked.append(wanted)
        raise stripe.APIConnectionError("")


async def test_the_operators_share_is_taken_of_charges_through_connect() -> None:
    access, request = Connect(), ChargeRequest(4900, "EUR", "ours", "cus_1", "pm_1", "Strom", RETURN)
    for credentials in ({"account": "acct_1"}, {"api_key": "rk_1"}):
        with pytest.raises(OutcomeUnknown):
            await StripeProvider(cast(StripeAccess, access), credentials).charge(request)
    assert [one.get("application_fee_amount") for one in access.asked] == [74, None]


async def test_where_the_bank_wants_the_customer_the_report_says_where(world: Any, shop: StripeMerchant) -> None:
    request = charge_of(await saved(shop, "authentication_required"))
    report = await shop.adapter.charge(request)
    assert (report.state, report.provider_id[:3]) == ("requires_action", "pi_")
    assert report.redirect_url
    assert (await shop.adapter.charge(request)).redirect_url == report.redirect_url
    await world.stripe.post(report.redirect_url, data={"confirmed": "true"})
    after = await shop.adapter.fetch(report.provider_id)
    assert (after.state, [payment.state for payment in after.payments]) == ("completed", ["failed", "succeeded"])


async def test_a_saved_card_that_is_declined_says_why(shop: StripeMerchant) -> None:
    report = await shop.adapter.charge(charge_of(await saved(shop, "insufficient_funds")))
    assert (report.state, [payment.failure for payment in report.payments]) == ("cancelled", ["insufficient_funds"])


async def test_a_saved_debit_has_a_mandate_and_is_on_its_way(shop: StripeMerchant) -> None:
    method = await saved(shop, "succeeded", "sepa_debit")
    assert (method.method, method.label, method.mandate_reference[:6]) == ("sepa_debit", "DE•• … 3000", "KONTOR")
    report = await shop.adapter.charge(charge_of(method))
    assert [payment.state for payment in report.payments] == ["pending"]
    await shop.adapter.forget(method.id)
    await shop.adapter.forget("pm_unknown")


def test_a_method_that_has_no_code_here_is_another_way() -> None:
    assert (method_of({"type": "wero"}), method_of({"type": "twint"})) == ("wero", "other")


@pytest.mark.parametrize(
    ("status", "state", "is_inquiry"),
    [
        ("new", "under_review", False), ("appeal_needs_response", "needs_response", False),
        ("warning_under_review", "under_review", True),
    ],
)  # fmt: skip
def test_states_of_disputes_say_who_is_to_act_and_whether_money_is_gone(
    status: str, state: str, is_inquiry: bool
) -> None:
    told: dict[str, Any] = {
        "id": "du_1",
        "charge": "ch_1",
        "amount": 1,
        "reason": "",
        "status": status,
        "evidence_details": {},
    }
    report = dispute_report(told)
    assert (report.state, report.is_inquiry) == (state, is_inquiry)
