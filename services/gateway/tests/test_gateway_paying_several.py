"""Several invoices paid at once, parts, the payments page, and pay links."""

import re
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from kontor.payments.v1 import payments_pb2
from kontor_service.ids import uuid7

CHECKOUT = "01900000-0000-7000-8000-0000000000c1"
PROVIDER = "http://provider.example/pay/1"


@pytest_asyncio.fixture(loop_scope="module")
async def two(portal: Any) -> dict[str, Any]:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    documents = [await portal.document(merchant, customer, number) for number in ("RE-1", "RE-2")]
    receivables = [
        await portal.owed(merchant, customer, documents[0]),
        await portal.owed(merchant, customer, documents[1], open_minor=5000, due_minor=5000),
    ]
    return {
        "merchant": merchant, "customer": customer, "documents": documents, "receivables": receivables,
        "cookie": await portal.login("brunner", merchant, customer),
    }  # fmt: skip


async def payment(portal: Any, two: dict[str, Any], **more: Any) -> str:
    values = {
        "id": str(uuid7()), "version": 1, "document_id": two["documents"][0], "document_number": "RE-1", "currency": "EUR",
        "amount_minor": 4000, "state": "succeeded", "method": "card", "provider": "sandbox", "counts_on": "2026-11-20",
    } | more  # fmt: skip
    state = payments_pb2.Payment(merchant_id=two["merchant"], epoch=1, customer_id=two["customer"], **values)
    state.created_at.GetCurrentTime()
    await portal.say(payments_pb2.PaymentSnapshot(payment=state))
    return str(values["id"])


def started(portal: Any, two: dict[str, Any]) -> None:
    snapshot = portal.receivable(
        two["merchant"], two["customer"], two["documents"][0], id=two["receivables"][0], version=2
    )  # fmt: skip
    answer = portal.result(snapshot, checkout_id=CHECKOUT, redirect_url=PROVIDER, state="open")
    portal.owners.answer("POST", "/v1/checkouts", answer, 201)


async def test_the_pay_page_of_one_offers_the_others_with_it(portal: Any, two: Any) -> None:
    first, second = two["documents"]
    page = (await portal.page(f"/brunner/dokumente/{first}/bezahlen", two["cookie"])).text
    ticked = re.findall(r'name="document" value="([^"]+)"[^>]*checked', page)
    assert ticked == [first]
    assert second in page
    assert "119,00\xa0€" in page


async def test_chosen_ones_are_paid_at_once_and_lead_back_to_the_payments(portal: Any, two: Any) -> None:
    started(portal, two)
    address = f"/brunner/dokumente/{two['documents'][0]}/bezahlen"
    fields = {"method": "card", "asked": two["documents"][0], "document": two["documents"]}
    answer = await portal.post(address, two["cookie"], **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, PROVIDER)
    _, _, body, _ = portal.owners.asked[-1]
    assert body["documents"] == two["documents"]
    assert body["return_url"].partition("?")[0].endswith("/brunner/zahlungen/zurueck")


async def test_without_scripts_a_button_brings_the_sum_up_to_date(portal: Any, two: Any) -> None:
    address = f"/brunner/dokumente/{two['documents'][0]}/bezahlen"
    fields = {"method": "card", "asked": two["documents"][0], "document": two["documents"], "recalculate": "1"}
    page = await portal.post(address, two["cookie"], **fields)
    assert page.status_code == 200
    assert "169,00\xa0€" in page.text
    assert not portal.owners.asked_of("/v1/checkouts")


async def test_with_nothing_ticked_the_page_says_so(portal: Any, two: Any) -> None:
    address = f"/brunner/dokumente/{two['documents'][0]}/bezahlen"
    page = await portal.post(address, two["cookie"], method="card", asked=two["documents"][0])
    assert page.status_code == 422
    assert "mindestens ein Dokument" in page.text


async def test_a_part_is_asked_for_where_it_is_allowed(portal: Any, two: Any) -> None:
    first = two["documents"][0]
    address = f"/brunner/dokumente/{first}/bezahlen"
    assert 'name="amount"' not in (await portal.page(address, two["cookie"])).text
    allowed = {"id": two["receivables"][0], "version": 2, "partial_minimum_minor": 2000}
    await portal.owed(two["merchant"], two["customer"], first, **allowed)
    page = (await portal.page(address, two["cookie"])).text
    assert 'name="amount"' in page
    assert "mindestens 20,00\xa0€" in page
    started(portal, two)
    fields = {"method": "card", "document": first, "amount": "40,00", "amount_shown": "119,00"}
    await portal.post(address, two["cookie"], **fields)
    assert portal.owners.asked[-1][2]["amount_minor"] == 4000
    both = fields | {"document": two["documents"]}
    refused = await portal.post(address, two["cookie"], **both)
    assert refused.status_code == 422
    assert "für ein einzelnes Dokument" in refused.text


async def test_after_a_failure_the_reason_stands_there_and_the_next_method_is_suggested(
    portal: Any, two: Any
) -> None:  # fmt: skip
    first = two["documents"][0]
    failed = {
        "id": two["receivables"][0], "version": 2, "last_method": "card", "last_failure": "card_declined",
    }  # fmt: skip
    await portal.owed(two["merchant"], two["customer"], first, **failed)
    page = (await portal.page(f"/brunner/dokumente/{first}/bezahlen", two["cookie"])).text
    assert "Die Karte wurde abgelehnt." in page
    assert re.findall(r'name="method" value="([^"]+)" checked', page) == ["transfer"]


async def test_payments_shows_what_is_due_and_what_was_paid(portal: Any, two: Any) -> None:
    made = await payment(portal, two)
    await payment(portal, two, state="matched", amount_minor=7777)
    failed = await payment(portal, two, state="failed", failure="card_declined", amount_minor=1234)
    page = (await portal.page("/brunner/zahlungen", two["cookie"])).text
    assert "169,00\xa0€" in page
    assert "40,00\xa0€" in page
    assert "20. November 2026 · Karte" in page
    assert "77,77" not in page
    assert f"/brunner/zahlungen/{made}/beleg" in page
    assert f"/brunner/zahlungen/{failed}/beleg" not in page
    assert "Die Karte wurde abgelehnt." in page


async def test_payments_shows_the_forest_that_was_planted_where_the_merchant_counts(portal: Any, two: Any) -> None:
    state = payments_pb2.TreePlanting(
        id=str(uuid7()), merchant_id=str(two["merchant"]), epoch=1, version=1, partner="Waldemarie", square_metres=25
    )
    await portal.say(payments_pb2.TreePlantingSnapshot(tree_planting=state))
    assert "Waldemarie" not in (await portal.page("/brunner/zahlungen", two["cookie"])).text
    state.enabled, state.version = True, 2
    await portal.say(payments_pb2.TreePlantingSnapshot(tree_planting=state))
    page = (await portal.page("/brunner/zahlungen", two["cookie"])).text
    assert "Wald von Waldemarie pflanzen: bisher 25 Quadratmeter" in page


async def test_what_is_debited_says_when_and_has_no_box(portal: Any, two: Any) -> None:
    debited = {
        "id": two["receivables"][0], "version": 2, "state": "direct_debit", "open_minor": 0, "pending_minor": 11900,
        "expected_on": "2026-12-05", "methods": [],
    }  # fmt: skip
    await portal.owed(two["merchant"], two["customer"], two["documents"][0], **debited)
    page = (await portal.page("/brunner/zahlungen", two["cookie"])).text
    assert "wird am 5. Dezember 2026 von Ihrem Konto eingezogen" in page
    assert f'value="{two["documents"][0]}"' not in page


async def test_nobody_sees_or_pays_what_is_another_customers(portal: Any, two: Any) -> None:
    await payment(portal, two)
    other = await portal.customer(two["merchant"], number="K-2")
    cookie = await portal.login("brunner", two["merchant"], other)
    page = (await portal.page("/brunner/zahlungen", cookie)).text
    assert "RE-1" not in page
    query = "&".join(f"document={document}" for document in two["documents"])
    assert (await portal.page(f"/brunner/bezahlen?{query}", cookie)).status_code == 404


async def test_a_link_to_one_document_has_no_payments_page_of_others(portal: Any, two: Any) -> None:
    await payment(portal, two, document_id=two["documents"][1], document_number="RE-2")
    cookie = await portal.login(
        "brunner", two["merchant"], two["customer"], document_id=two["documents"][0], kind="link"
    )
    page = (await portal.page("/brunner/zahlungen", cookie)).text
    assert "RE-2" not in page
    pay = (await portal.page(f"/brunner/dokumente/{two['documents'][0]}/bezahlen", cookie)).text
    assert "RE-2" not in pay


async def test_the_same_as_json(portal: Any, two: Any) -> None:
    made = await payment(portal, two)
    answer = (await portal.json("/api/portal/v1/brunner/payments?limit=1", two["cookie"])).json()
    assert [one["id"] for one in answer["payments"]] == [made]
    assert answer["payments"][0]["amount"] == {"minor_units": 4000, "currency": "EUR"}
    assert answer["next"] is None
    later = await payment(portal, two, amount_minor=100)
    page = (await portal.json("/api/portal/v1/brunner/payments?limit=1", two["cookie"])).json()
    assert [one["id"] for one in page["payments"]] == [later]
    path = f"/api/portal/v1/brunner/payments?limit=1&before={page['next'].replace('+', '%2B')}"
    assert [one["id"] for one in (await portal.json(path, two["cookie"])).json()["payments"]] == [made]
    started(portal, two)
    body = {"documents": two["documents"], "method": "card"}
    sent = await portal.client.post("/api/portal/v1/brunner/checkouts", json=body, headers=two["cookie"])
    assert (sent.status_code, sent.json()["redirect_url"]) == (201, PROVIDER)


def linked(portal: Any, two: dict[str, Any], **more: Any) -> None:
    """What identity and payments say of a pay link."""
    portal.owners.answer(
        "POST", "/v1/links/inspect", {"slug": "brunner", "document_id": None, "resource": f"payments.pay_link:{uuid4()}"}
    )  # fmt: skip
    document = {
        "document_id": two["documents"][0], "number": "RE-1", "type": "invoice", "due_date": "2026-12-01", "today": "2026-11-20",
        "state": "open", "currency": "EUR", "open_minor": 11900, "payable_minor": 11900, "partial_minimum_minor": 0,
        "cash_discounts": [], "methods": [{"code": "card", "provider": "sandbox"}], "last_method": "", "last_failure": "",
        "expected_on": None,
    } | more  # fmt: skip
    portal.owners.answer("GET", "/v1/pay-link", {"documents": [document]})


async def test_a_pay_link_shows_its_documents_alone_and_pays_them(portal: Any, two: Any) -> None:
    linked(portal, two)
    page = (await portal.page("/p/secret")).text
    assert "RE-1" in page
    assert "RE-2" not in page
    assert "119,00\xa0€" in page
    started(portal, two)
    answer = await portal.page("/p/secret", method="POST", data={"method": "card"})
    assert (answer.status_code, answer.headers["location"]) == (303, PROVIDER)
    _, _, body, _ = portal.owners.asked[-1]
    assert body["return_url"].endswith("/p/zurueck")
    assert "secret" not in body["return_url"]


async def test_a_paid_pay_link_says_so(portal: Any, two: Any) -> None:
    linked(portal, two, state="paid", open_minor=0, payable_minor=0)
    page = await portal.page("/p/secret")
    assert page.status_code == 200
    assert "Alles ist bezahlt" in page.text
    assert 'name="method"' not in page.text


@pytest.mark.parametrize("status", [404, 410])
async def test_a_pay_link_that_is_over_says_why(portal: Any, two: Any, status: int) -> None:
    code = {"code": "link_expired" if status == 410 else "link_unknown", "title": "x", "detail": "x", "status": status}
    portal.owners.answer("POST", "/v1/links/inspect", code | {"params": {"slug": "brunner"}}, status)
    page = await portal.page("/p/secret")
    assert page.status_code == status
    assert ("gilt nicht mehr" if status == 410 else "kennen wir nicht") in page.text
