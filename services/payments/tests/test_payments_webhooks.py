"""Webhooks: verified, once, in any order."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.providers.sandbox import verify
from kontor_payments.webhooks.jobs import delete_old_bodies
from kontor_sandbox.webhooks import HEADER, sign
from kontor_testing.waiting import eventually


async def connection(world: Any) -> tuple[Any, str]:
    found = await world.app.state.dependencies.providers.connect(world.merchant, "sandbox")
    return found, world.app.state.settings.credential_keys.unseal(found.credentials)["webhook_secret"]


async def send(world: Any, event: dict[str, Any], *, secret: str = "", at: int = 0) -> int:
    found, own = await connection(world)
    body = json.dumps(event).encode()
    headers = {HEADER: sign(secret or own, body, at or int(time.time()))}
    answer = await world.http.post(f"/v1/webhooks/sandbox/{found.id}", content=body, headers=headers)
    return int(answer.status_code)


async def event_about(world: Any, checkout: dict[str, Any], name: str = "payment.succeeded") -> dict[str, Any]:
    data = {"checkout": await world.at_provider(checkout)}
    return {"id": f"evt_{uuid4().hex}", "type": name, "created": 1, "data": data}


def test_a_signature_holds_for_its_body_and_for_five_minutes_only() -> None:
    header = sign("secret", b"{}", 1000)
    assert verify("secret", header, b"{}", 1000)
    assert not verify("secret", header, b"{ }", 1000)
    assert not verify("other", header, b"{}", 1000)
    assert not verify("secret", header, b"{}", 1301)
    assert not verify("secret", "nonsense", b"{}", 1000)


@pytest.mark.parametrize(
    "header",
    ["t=1000,v1=é", "t=١٠٠٠,v1=00", "t=²,v1=00", f"t={'1' * 5_000},v1=00", "t=1000", f"t=1000,v1={'f' * 100_000}"],
)
def test_a_signature_of_other_signs_is_wrong_and_no_fault(header: str) -> None:
    assert not verify("secret", header, b"{}", 1000)


async def test_the_same_webhook_three_times_is_booked_once(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    event = await event_about(world, checkout)
    assert [await send(world, event) for _ in range(3)] == [204, 204, 204]
    assert (await world.receivable(document))["paid_minor"] == 11900
    assert len(await world.told(pb.PaymentSucceeded)) == 1
    assert len(await world.sql("SELECT 1 FROM provider_event")) == 1


async def test_the_provider_saying_it_thrice_under_new_ids_is_booked_once(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    for _ in range(3):
        await send(world, await event_about(world, checkout))
    assert [r["amount_minor"] for r in await world.sql("SELECT amount_minor FROM booking")] == [11900]


async def test_a_late_pending_after_the_success_changes_nothing(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document, "sepa_debit")
    await world.choose(checkout, "pending", webhooks="never")
    pending = await event_about(world, checkout, "payment.pending")
    await world.settle(checkout)
    await send(world, await event_about(world, checkout))
    await send(world, pending)
    row = await world.receivable(document)
    assert (row["state"], row["pending_minor"], row["paid_minor"]) == ("paid", 0, 11900)


async def test_a_webhook_may_come_before_the_answer_to_our_own_call(world: Any) -> None:
    document = await world.invoice()
    await world.behave_next(create_call="timeout_after", hold_seconds=5, webhooks="never")
    assert (await world.pay(document)).status_code == 503
    [made] = await world.all_at_provider(document)
    checkout = {"checkout_id": made["reference"], "redirect_url": made["url"]}
    await world.choose(checkout, "success", webhooks="never")
    await send(world, await event_about(world, checkout))
    [row] = await world.sql("SELECT state, provider_id FROM checkout")
    assert row["state"] == "completed"
    assert row["provider_id"]
    assert await world.state(document) == "paid"


async def test_bad_behaviour_on_the_page_still_ends_with_one_booking(world: Any) -> None:
    for behaviour in ("twice", "thrice", "out_of_order"):
        document = await world.invoice()
        await world.choose(await world.checkout(document), "success", webhooks=behaviour)
        await world.becomes(document, "paid")
        rows = await world.sql(
            "SELECT b.amount_minor FROM booking b JOIN receivable r ON r.id = b.receivable_id WHERE document_id=$1",
            document,
        )
        assert [row["amount_minor"] for row in rows] == [11900], behaviour


async def test_a_forged_webhook_is_refused_and_changes_nothing(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    event = await event_about(world, checkout)
    assert await send(world, event, secret="whsec_forged") == 401
    assert await send(world, event, at=int(time.time()) - 301) == 401
    assert await world.sql("SELECT 1 FROM provider_event") == []
    assert await world.state(document) == "open"


async def test_a_webhook_is_refused_where_it_is_larger_than_any_providers(world: Any) -> None:
    found, _ = await connection(world)
    address, largest = f"/v1/webhooks/sandbox/{found.id}", 256 * 1024
    assert (await world.http.post(address, content=b" " * largest)).json()["code"] == "signature_invalid"
    answer = await world.http.post(address, content=b" " * (largest + 1))
    assert (answer.status_code, answer.json()["megabytes"]) == (413, 0.25)


async def test_a_webhook_for_an_unknown_connection_is_not_found(world: Any) -> None:
    answer = await world.http.post(f"/v1/webhooks/sandbox/{uuid4()}", content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (404, "connection_unknown")
    found, _ = await connection(world)
    assert (await world.http.post(f"/v1/webhooks/stripe/{found.id}", content=b"{}")).status_code == 404


async def test_a_webhook_about_a_checkout_that_is_not_ours_is_answered_and_not_read_on(world: Any) -> None:
    document = await world.invoice()
    event = await event_about(world, await world.checkout(document))
    event["data"]["checkout"]["reference"] = "somebody-elses"
    assert await send(world, event) == 204
    [kept] = await world.sql("SELECT outcome, body FROM provider_event")
    assert (kept["outcome"], kept["body"]) == ("unknown_checkout", "{}")


async def test_what_a_webhook_said_is_forgotten_after_two_weeks_and_never_booked_again(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    event = await event_about(world, checkout)
    await send(world, event)
    for days, kept in ((13, True), (15, False)):
        await world.sql("UPDATE provider_event SET received_at = now() - make_interval(days => $1)", days)
        await delete_old_bodies(world.app.state.dependencies)
        assert [row["body"] != "{}" for row in await world.sql("SELECT body FROM provider_event")] == [kept]
    assert await send(world, event) == 204
    assert len(await world.told(pb.PaymentSucceeded)) == 1


async def test_two_settled_charges_of_one_invoice_end_with_one_given_back(world: Any) -> None:
    """The provider lets the payer pay a checkout that it has reported as expired."""
    document = await world.invoice()
    first = await world.checkout(document)
    second = await world.checkout(document)
    await world.choose(second, "success")
    await world.becomes(document, "paid")
    rogue = await event_about(world, first)
    at = rogue["data"]["checkout"]["created_at"]
    rogue["data"]["checkout"] |= {
        "state": "completed",
        "payments": [
            {
                "id": "py_rogue", "state": "succeeded", "amount_minor": 11900, "currency": "EUR", "method": "card",
                "failure": "", "initiated_at": at, "settled_at": at, "expected_on": None,
            }
        ],
    }  # fmt: skip
    assert await send(world, rogue) == 204

    async def asked_for() -> Any:
        return await world.sql("SELECT amount_minor, reason, attempts FROM refund WHERE attempts > 0")

    [refund] = await eventually(asked_for)
    assert (refund["amount_minor"], refund["reason"]) == (11900, "paid_twice")
    # The sandbox knows no such charge and refuses: the money stays visible as overpaid.

    async def visible() -> bool:
        row = await world.receivable(document)
        return row["overpaid_minor"] == 11900 and row["state"] == "paid"

    await eventually(visible)
