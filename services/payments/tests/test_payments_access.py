"""Who may do what: rights, customers, links, and the wall between merchants."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.connections.offer import load_offer
from kontor_payments.receivables import service
from kontor_testing.waiting import eventually


async def paths(world: Any, document: Any) -> list[tuple[str, str, dict[str, Any]]]:
    checkout = await world.checkout(document)
    return [
        ("POST", "/v1/checkouts", {"documents": [str(document)], "method": "card", "return_url": world.return_url}),
        ("GET", f"/v1/documents/{document}/transfer", {}),
        ("GET", f"/v1/checkouts/{checkout['checkout_id']}", {}),
        ("POST", f"/v1/checkouts/{checkout['checkout_id']}/reconcile", {}),
    ]


async def test_another_customers_document_is_not_there(world: Any) -> None:
    document = await world.invoice()
    stranger = world.payer(customers=[uuid4()])
    for method, path, body in await paths(world, document):
        answer = await world.http.request(method, path, json=body or None, headers=stranger)
        assert answer.status_code == 404, path


async def test_another_merchants_document_is_not_there(world: Any) -> None:
    document = await world.invoice()
    foreign = world.staff(merchant=uuid4())
    booking = {"amount_minor": 1, "currency": "EUR"}
    for method, path, body in [
        *(await paths(world, document))[1:-1],
        ("POST", f"/v1/documents/{document}/bookings", booking),
        ("POST", f"/v1/documents/{document}/mark-paid", {}),
    ]:
        answer = await world.http.request(method, path, json=body if method == "POST" else None, headers=foreign)
        assert answer.status_code == 404, path
    assert (await world.receivable(document))["paid_minor"] == 0


async def test_a_link_pays_the_documents_of_its_thread_only(world: Any) -> None:
    shared = str(uuid4())
    document = await world.invoice(thread_id=shared)
    related = await world.invoice(thread_id=shared)
    other = await world.invoice()
    link = world.payer(document=document)
    answers = [(await world.pay(wanted, headers=link)).status_code for wanted in (document, related, other)]
    assert answers == [201, 201, 404]


async def test_a_link_of_an_unknown_document_reaches_nothing_else(world: Any) -> None:
    document = await world.invoice(thread_id="")
    assert (await world.pay(document, headers=world.payer(document=uuid4()))).status_code == 404


async def test_each_right_opens_its_own_doors_only(world: Any) -> None:
    document = await world.invoice()
    assert (await world.pay(document, headers=world.staff())).status_code == 403
    booked = await world.http.post(
        f"/v1/documents/{document}/bookings", json={"amount_minor": 1, "currency": "EUR"}, headers=world.payer()
    )
    assert booked.status_code == 403
    assert (await world.http.get("/v1/settings", headers=world.payer())).status_code == 403
    assert (await world.http.post("/v1/snapshots", headers=world.staff())).status_code == 403
    assert (await world.pay(document, headers={"x": "y"})).status_code == 401


async def test_whoever_may_only_read_captures_nothing_at_the_provider(world: Any) -> None:
    document = await world.invoice()
    await world.behave_next(webhooks="never")
    checkout = await world.checkout(document, "paypal")
    await world.choose(checkout, "success", method="paypal", webhooks="never")
    path = f"/v1/checkouts/{checkout['checkout_id']}"
    for reader in (world.payer(rights=["documents:read"]), world.staff()):
        for query in ("", "?refresh=1"):
            answer = await world.http.get(f"{path}{query}", headers=reader)
            assert (answer.status_code, answer.json()["state"]) == (200, "open")
        assert (await world.http.post(f"{path}/reconcile", headers=reader)).status_code == 403
    at_provider = await world.at_provider(checkout)
    assert (at_provider["state"], at_provider["payments"]) == ("approved", [])
    assert (await world.comes_back(checkout)).json()["receivable_state"] == "paid"


async def test_without_a_merchant_no_row_is_visible(world: Any) -> None:
    await world.invoice()
    async with world.app.state.db.connection() as connection:
        for table in ("receivable", "payment", "booking", "checkout", "document", "connection", "merchant"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_the_owner_of_the_tables_is_held_by_row_level_security_too(world: Any) -> None:
    async with world.app.state.db.connection() as connection:
        rows = await connection.fetch(
            "SELECT relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'merchant_id'"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT relforcerowsecurity"
        )
    # The bus's own table works for every merchant.
    assert {row["relname"] for row in rows} == {"outbox"}


async def test_the_bank_transfer_has_a_reference_and_a_code_to_scan(world: Any) -> None:
    document = await world.invoice(number="RE-1", payment_reference="RE-1 / 4711")
    answer = (await world.http.get(f"/v1/documents/{document}/transfer", headers=world.payer())).json()
    assert (answer["iban"], answer["amount_minor"], answer["reference"]) == (
        "DE75512108001245126199",
        11900,
        "RE-1 / 4711",
    )
    lines = "BCD 002 1 SCT SOLADEST600 Muster_GmbH DE75512108001245126199 EUR119.00".split()
    assert answer["epc"].split("\n") == [*(line.replace("_", " ") for line in lines), "", "", "RE-1 / 4711"]


OTHERS = "DE89370400440532013000"


async def test_a_transfer_goes_to_the_account_that_the_invoice_names(world: Any) -> None:
    document = await world.invoice(account_holder="Factoring GmbH", iban=OTHERS, bic="COBADEFFXXX")
    answer = (await world.http.get(f"/v1/documents/{document}/transfer", headers=world.payer())).json()
    assert (answer["holder"], answer["iban"], answer["bic"]) == ("Factoring GmbH", OTHERS, "COBADEFFXXX")
    assert answer["epc"].split("\n")[4:7] == ["COBADEFFXXX", "Factoring GmbH", OTHERS]


async def test_an_invoice_of_another_creditor_is_paid_by_transfer_to_them_alone(world: Any) -> None:
    document = await world.invoice(payee_name="Factoring GmbH", account_holder="Factoring GmbH", iban=OTHERS)
    assert json.loads((await world.receivable(document))["methods"]) == [{"code": "transfer", "provider": "transfer"}]
    without_account = await world.invoice(payee_name="Factoring GmbH")
    assert json.loads((await world.receivable(without_account))["methods"]) == []


async def test_the_code_to_scan_holds_a_creditor_reference_without_blanks(world: Any) -> None:
    document = await world.invoice(payment_reference="RF18 5390 0754 7034")
    answer = (await world.http.get(f"/v1/documents/{document}/transfer", headers=world.payer())).json()
    assert answer["epc"].split("\n")[9:] == ["RF18539007547034"]


async def test_an_invoice_in_another_currency_has_no_code_to_scan(world: Any) -> None:
    document = await world.invoice(currency="CHF")
    answer = (await world.http.get(f"/v1/documents/{document}/transfer", headers=world.payer())).json()
    assert (answer["amount_minor"], answer["currency"], answer["epc"]) == (11900, "CHF", None)


async def test_a_bank_account_with_a_wrong_check_digit_is_not_offered(world: Any) -> None:
    await world.register(iban="DE75512108001245126190")
    document = await world.invoice()
    assert (await world.http.get(f"/v1/documents/{document}/transfer", headers=world.payer())).status_code == 404
    [opened] = await world.told(pb.ReceivableOpened)
    assert "transfer" not in [m.code for m in opened.receivable.methods]


async def test_nothing_is_offered_until_the_merchant_enables_payments(world: Any) -> None:
    document = await world.invoice()
    await world.register(payments_enabled=False)

    async def withdrawn() -> bool:
        return (await world.receivable(document))["methods"] == "[]"

    await eventually(withdrawn)
    assert (await world.pay(document)).status_code == 422
    [*_, changed] = await world.told(pb.ReceivableChanged)
    assert list(changed.receivable.methods) == []


async def test_where_there_is_no_sandbox_it_is_not_shown_and_cannot_be_switched_on(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(world.app.state.dependencies.providers._adapters, "sandbox")
    wanted = {"providers": [{"provider": "sandbox", "enabled": True}]}
    answer = await world.http.put("/v1/settings", json=wanted, headers=world.staff())
    assert (answer.status_code, answer.json()["field"]) == (422, "providers[0].provider")
    shown = (await world.http.get("/v1/settings", headers=world.staff())).json()
    assert [provider["provider"] for provider in shown["providers"]] == ["paypal", "stripe", "paylink", "transfer"]


async def test_a_change_while_offers_are_being_renewed_is_not_lost(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    document = await world.invoice()
    changes: list[asyncio.Task[None]] = []

    async def and_then_it_changes(session: Any, merchant_id: Any) -> Any:
        offer = await load_offer(session, merchant_id)
        if not changes:
            changes.append(asyncio.create_task(world.register(payments_enabled=False)))
            await asyncio.wait(changes, timeout=0.3)
        return offer

    monkeypatch.setattr(service, "load_offer", and_then_it_changes)
    async with world.app.state.db.transaction(world.merchant) as session:
        await service.refresh_offers(session, world.merchant, world.app.state.clock)
    await changes[0]

    async def withdrawn() -> bool:
        return (await world.receivable(document))["methods"] == "[]"

    await eventually(withdrawn)
    assert (await world.receivable(document))["methods"] == "[]"


async def test_a_method_switched_off_disappears_from_open_receivables(world: Any) -> None:
    document = await world.invoice()
    wanted = {"methods": [{"provider": "sandbox", "code": "paypal", "enabled": False}]}
    answer = await world.http.put("/v1/settings", json=wanted, headers=world.staff())
    assert answer.status_code == 200

    async def gone() -> bool:
        return "paypal" not in (await world.receivable(document))["methods"]

    await eventually(gone)
    providers = (await world.http.get("/v1/settings", headers=world.staff())).json()["providers"]
    shown = next(one["methods"] for one in providers if one["provider"] == "sandbox")
    assert [(m["code"], m["enabled"]) for m in shown] == [("card", True), ("sepa_debit", True), ("paypal", False)]


async def test_an_unknown_method_in_the_settings_is_named(world: Any) -> None:
    wanted = {"methods": [{"provider": "transfer", "code": "card", "enabled": False}]}
    answer = await world.http.put("/v1/settings", json=wanted, headers=world.staff())
    assert (answer.status_code, answer.json()["field"]) == (422, "methods[0].code")


async def asked_for(world: Any, document: UUID) -> int:
    """In minor units; a credit note has a receivable that asks for nothing."""
    rows = await world.sql(
        "SELECT due_minor + open_minor + pending_minor AS asked FROM receivable WHERE document_id = $1", document
    )
    return sum(row["asked"] for row in rows)


@pytest.mark.parametrize("kind", ["quote", "credit_note", "reminder", "delivery_note", "order_confirmation"])
async def test_only_an_invoice_asks_for_money(world: Any, kind: str) -> None:
    document = await world.invoice(type=kind)
    assert await asked_for(world, document) == 0


async def test_an_invoice_that_waits_in_the_release_list_asks_for_nothing_yet(world: Any) -> None:
    document = await world.invoice(state="waiting")
    assert await world.sql("SELECT 1 FROM receivable WHERE document_id = $1", document) == []
    await world.invoice(document, state="shared")
    assert await world.state(document) == "open"


@pytest.mark.parametrize("changes", [{"kind": "self_billed"}, {"amount_due_minor": 0}, {"amount_due_minor": -1900}])
async def test_an_invoice_of_nothing_or_one_that_gives_money_asks_for_none(world: Any, changes: Any) -> None:
    document = await world.invoice(**changes)
    assert await asked_for(world, document) == 0


async def test_an_invoice_that_will_be_debited_is_never_open_and_offers_no_button(world: Any) -> None:
    document = await world.invoice(payment_means="direct_debit", direct_debit_date="2026-12-05")
    row = await world.receivable(document)
    assert (row["methods"], str(row["expected_on"])) == ("[]", "2026-12-05")
    assert (row["state"], row["open_minor"], row["pending_minor"]) == ("direct_debit", 0, 11900)


async def test_an_invoice_that_was_debited_is_marked_as_paid_by_erp_and_staff(world: Any) -> None:
    by_erp, by_staff = [await world.invoice(payment_means="direct_debit") for _ in range(2)]
    await world.erp(by_erp)
    answer = await world.http.post(f"/v1/documents/{by_staff}/mark-paid", headers=world.staff())
    assert answer.json()["booked_minor"] == 11900
    for document in (by_erp, by_staff):
        row = await world.receivable(document)
        assert (row["state"], row["pending_minor"], row["paid_minor"]) == ("paid", 0, 11900)


async def test_what_a_part_payment_leaves_of_a_direct_debit_is_still_debited(world: Any) -> None:
    document = await world.invoice(payment_means="direct_debit")
    await world.erp(document, "19.00")
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["pending_minor"]) == ("direct_debit", 0, 10000)


async def test_a_documents_events_thrice_and_shuffled_give_one_receivable(world: Any) -> None:
    first = world.document()
    second = world.document(first.id, due_date="2026-12-24")
    for state in (second, first, first, second, first):
        await world.hear(state)
    row = await world.receivable(first.id)
    assert str(row["due_date"]) == "2026-12-24"
    assert len(await world.told(pb.ReceivableOpened)) == 1


async def test_a_withdrawn_invoice_that_is_shared_again_is_open_again(world: Any) -> None:
    document = await world.invoice()
    await world.invoice(document, state="withdrawn")
    assert await world.state(document) == "cancelled"
    await world.invoice(document, state="shared")
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"]) == ("open", 11900)


async def test_snapshots_re_send_every_receivable_and_payment_as_it_is(world: Any) -> None:
    document = await world.invoice()
    await world.erp(document)
    answer = await world.http.post("/v1/snapshots", headers=world.service())
    assert answer.json()["counts"]["payments.receivable"] >= 1
    [receivable] = await world.told(pb.ReceivableSnapshot)
    [payment] = await world.told(pb.PaymentSnapshot)
    assert (receivable.receivable.state, payment.payment.state) == ("paid", "succeeded")
    assert receivable.receivable.version == (await world.receivable(document))["version"]


async def test_one_transaction_is_one_version(world: Any) -> None:
    document = await world.invoice()
    before = (await world.receivable(document))["version"]
    await world.erp(document)
    assert (await world.receivable(document))["version"] == before + 1
