"""What the double of Stripe accepts, refuses and answers, seen through Stripe's own SDK."""

from typing import Any

import pytest
import stripe


async def test_a_card_payment_goes_from_the_session_to_the_balance(account: Any) -> None:
    made = await account.session(client_reference_id="ref-1", allowed_payment_method_types=["card"])
    assert (made.status, made.payment_status, made.amount_total, made.payment_method_types) == (
        "open",
        "unpaid",
        11900,
        ["card"],
    )
    paid = await account.pays(made)
    assert (paid.status_code, paid.headers["location"]) == (303, "http://localhost:9/zurueck")
    client = account.client.v1
    session = await client.checkout.sessions.retrieve_async(made.id, {"expand": ["payment_intent.latest_charge"]})
    charge = session.payment_intent.latest_charge
    assert (session.status, session.payment_status, charge.status) == ("complete", "paid", "succeeded")
    entry = await client.balance_transactions.retrieve_async(charge.balance_transaction)
    assert (entry.amount, entry.fee, entry.net, entry.source) == (11900, 203, 11697, charge.id)
    types = [event["type"] for event in reversed(await account.objects("evt"))]
    assert types == [
        "payment_intent.created", "charge.succeeded", "payment_intent.succeeded", "checkout.session.completed",
        "charge.updated",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "param"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"allowed_payment_method_types": ["wero"]}, "allowed_payment_method_types[0]"),
        ({"line_items": [{"quantity": "many"}]}, "line_items[0][quantity]"),
        ({"success_url": ""}, "success_url"),
        ({"metadata": {"kontor": {"nested": 1}}}, "metadata"),
    ],
)
async def test_what_the_contract_does_not_allow_is_refused_at_its_field(account: Any, changes: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await account.session(**changes)
    assert (refused.value.http_status, refused.value.param) == (400, param)
    assert await account.objects("cs") == []


async def test_an_amount_below_the_minimum_and_an_unknown_currency_are_refused(account: Any) -> None:
    def item(amount: int, currency: str) -> dict[str, Any]:
        return {
            "quantity": 1,
            "price_data": {"currency": currency, "unit_amount": amount, "product_data": {"name": "x"}},
        }

    with pytest.raises(stripe.InvalidRequestError) as small:
        await account.session(line_items=[item(49, "eur")])
    assert small.value.code == "amount_too_small"
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        await account.session(line_items=[item(4900, "xxx")])
    assert "currency" in str(unknown.value)


async def test_the_same_idempotency_key_gives_the_same_object_and_refuses_another_request(
    account: Any, sessions: Any
) -> None:
    wanted = {"mode": "setup", "currency": "eur", "success_url": "http://localhost:9/"}
    first = await sessions.create_async(wanted, {"idempotency_key": "k"})
    again = await sessions.create_async(wanted, {"idempotency_key": "k"})
    assert first.id == again.id
    with pytest.raises(stripe.IdempotencyError):
        await sessions.create_async(wanted | {"locale": "de"}, {"idempotency_key": "k"})
    assert (await account.http.post(f"/double/forget-keys/{account.id}")).status_code == 204
    assert (await sessions.create_async(wanted, {"idempotency_key": "k"})).id != first.id


async def test_a_restricted_key_may_do_what_it_was_given(account: Any) -> None:
    client = account.as_key(await account.key(permissions=["charge_read"])).v1
    assert (await client.charges.list_async()).data == []
    with pytest.raises(stripe.PermissionError) as refused:
        await client.refunds.create_async({"charge": "ch_1"})
    assert "rak_charge_write" in str(refused.value)


async def test_a_revoked_key_and_one_of_nobody_are_refused(account: Any) -> None:
    key = await account.key()
    await account.does("keys/revoke", key=key)
    for one in (key, "sk_test_nobody"):
        with pytest.raises(stripe.AuthenticationError):
            await account.as_key(one).v1.accounts.retrieve_current_async()


async def test_a_live_key_sees_nothing_of_test_mode(account: Any) -> None:
    made = await account.session()
    live = account.as_key(await account.key(livemode=True)).v1
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        await live.checkout.sessions.retrieve_async(made.id)
    assert unknown.value.code == "resource_missing"


async def test_a_declined_card_leaves_the_page_open_and_the_attempt_on_record(account: Any, sessions: Any) -> None:
    made = await account.session()
    assert (await account.pays(made, "insufficient_funds")).status_code == 402
    session = await sessions.retrieve_async(made.id, {"expand": ["payment_intent"]})
    assert (session.status, session.payment_intent.last_payment_error.decline_code) == ("open", "insufficient_funds")
    assert (await account.pays(made)).status_code == 303
    charges = await account.client.v1.charges.list_async({"payment_intent": session.payment_intent.id})
    assert [charge.status for charge in charges.data] == ["succeeded", "failed"]


async def test_a_session_that_is_complete_cannot_be_expired(account: Any, sessions: Any) -> None:
    made = await account.session()
    await account.pays(made)
    with pytest.raises(stripe.InvalidRequestError):
        await sessions.expire_async(made.id)
    other = await account.session()
    assert (await sessions.expire_async(other.id)).status == "expired"


async def test_a_payout_holds_payments_less_fees_and_refunds(account: Any) -> None:
    for _ in range(2):
        await account.pays(await account.session())
    charge = (await account.objects("ch"))[0]
    await account.does("refund", charge=charge["id"], amount=1900)
    payout = await account.does("payout")
    assert payout["amount"] == 2 * 11697 - 1900
    entries = await account.client.v1.balance_transactions.list_async({"payout": payout["id"]})
    assert sorted(entry.type for entry in entries.data) == ["charge", "charge", "payout", "refund"]
    assert sum(entry.net for entry in entries.data) == 0


async def test_a_saved_method_is_charged_later_and_the_bank_may_want_the_payer(account: Any) -> None:
    client = account.client.v1
    customer = await client.customers.create_async({"email": "kunde@example.com"})
    setup = await account.session(mode="setup", currency="eur", customer=customer.id, line_items=[])
    await account.pays(setup, "authentication_required")
    done = await client.checkout.sessions.retrieve_async(setup.id, {"expand": ["setup_intent"]})
    charge: Any = {
        "amount": 4900, "currency": "eur", "customer": customer.id, "payment_method": done.setup_intent.payment_method,
        "confirm": True, "off_session": True,
    }  # fmt: skip
    with pytest.raises(stripe.CardError) as wanted:
        await client.payment_intents.create_async(charge)
    assert wanted.value.code == "authentication_required"
    intent = wanted.value.error.payment_intent
    asked = await client.payment_intents.confirm_async(
        intent.id, {"payment_method": charge["payment_method"], "return_url": "http://localhost:9/"}
    )
    assert (asked.status, asked.next_action.type) == ("requires_action", "redirect_to_url")
    await account.http.post(asked.next_action.redirect_to_url.url, data={"confirmed": "true"})
    assert (await client.payment_intents.retrieve_async(intent.id)).status == "succeeded"
