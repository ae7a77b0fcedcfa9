"""Documents, customers and payments over HTTP; the way back; providers' webhooks."""

from typing import Any
from uuid import UUID

import httpx
import pytest_asyncio

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor_service.ids import uuid7

KEY = {"authorization": "Bearer kontor_key"}
SUBMISSION = "01900000-0000-7000-8000-0000000000a1"


@pytest_asyncio.fixture(loop_scope="module")
async def merchant(portal: Any) -> str:
    merchant: str = await portal.merchant("brunner")
    portal.owners.keys["kontor_key"] = UUID(merchant)
    return merchant


async def test_a_file_is_handed_on_just_as_it_came(portal: Any, merchant: str) -> None:
    portal.owners.answer("POST", "/v1/submissions", {"id": SUBMISSION, "status": "accepted"}, 202)
    headers = KEY | {"content-type": "application/xml", "idempotency-key": "i-1", "x-kontor-file-name": "re.xml"}
    answer = await portal.client.post("/api/ingest/v1/documents", content=b"<Invoice/>", headers=headers)
    assert answer.status_code == 202
    assert answer.json() == {
        "id": SUBMISSION,
        "status_url": f"http://localhost:8000/api/ingest/v1/submissions/{SUBMISSION}",
    }
    _, _, body, sent = portal.owners.asked[-1]
    assert body == b"<Invoice/>"
    assert (sent["content-type"], sent["idempotency-key"], sent["x-kontor-file-name"]) == (
        "application/xml",
        "i-1",
        "re.xml",
    )


async def test_without_a_known_key_nothing_is_read(portal: Any, merchant: str) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic a2V5"}):
        answer = await portal.client.post("/api/ingest/v1/documents", content=b"x", headers=headers)
        assert answer.status_code == 401
    assert portal.owners.asked_of("/v1/submissions") == []


async def test_an_upload_that_is_too_large_is_refused_with_its_field(portal: Any, merchant: str) -> None:
    async def endless() -> Any:
        for _ in range(30):
            yield b"x" * 1024 * 1024

    said = await portal.client.post("/api/ingest/v1/documents", content=b"x" * (21 * 1024 * 1024), headers=KEY)
    assert (said.status_code, said.json()["code"], said.json()["field"]) == (413, "file_too_large", "file")
    streamed = await portal.client.post("/api/ingest/v1/documents", content=endless(), headers=KEY)
    assert (streamed.status_code, streamed.json()["code"]) == (413, "file_too_large")


async def test_the_status_has_the_secret_link_of_a_shared_document(portal: Any, merchant: str) -> None:
    money = {"minor_units": 11900, "currency": "EUR"}
    customer = await portal.customer(merchant)
    state = documents_pb2.Document(
        id=str(uuid7()), merchant_id=merchant, epoch=1, version=1, type="invoice", state="shared", customer_id=customer,
        number="RE-1", currency="EUR",
    )  # fmt: skip
    document = portal.result(documents_pb2.DocumentSnapshot(document=state)) | {
        "type": "invoice", "number": "RE-1", "external_id": "e-1", "state": "shared", "issues": [], "customer_id": customer,
        "customer_number": "K-1", "total": money, "amount_due": money,
    }  # fmt: skip
    found = {"id": SUBMISSION, "status": "processed", "document": document, "error": None}
    path = f"/v1/submissions/{SUBMISSION}"
    portal.owners.answer("GET", path, found)
    portal.owners.answer("POST", "/v1/document-links", {"url": "http://localhost:8000/l/secret"})
    answer = (await portal.client.get(f"/api/ingest{path}", headers=KEY)).json()
    assert answer["document"]["portal_url"] == "http://localhost:8000/l/secret"
    assert answer["document"]["amount_due"] == money
    cookie = await portal.login("brunner", merchant, customer)
    opened = await portal.json(f"/api/portal/v1/brunner/documents/{state.id}", cookie)
    assert opened.status_code == 200, "whoever gets the link can open it at once"
    unmatched = {**found, "document": {**document, "customer_id": None, "state": "waiting"}}
    portal.owners.answer("GET", path, unmatched)
    answer = (await portal.client.get(f"/api/ingest{path}", headers=KEY)).json()
    assert (answer["document"]["portal_url"], answer["document"]["portal_url_reason"]) == (None, "unmatched")


async def test_a_refusal_of_an_owner_comes_through_with_its_field(portal: Any, merchant: str) -> None:
    refused = {"code": "duplicate_number", "detail": "RE-1 is there", "field": "number", "title": "Duplicate"}
    portal.owners.answer("POST", "/v1/submissions", refused, 409)
    answer = await portal.client.post("/api/ingest/v1/documents", content=b"x", headers=KEY)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "duplicate_number", "number")


async def test_an_owner_that_is_down_is_a_503_to_try_again(portal: Any, merchant: str) -> None:
    portal.owners.down = True
    answer = await portal.client.post("/api/ingest/v1/documents", content=b"x", headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (503, "owner_unavailable")


async def test_a_list_of_customers_is_done_one_by_one(portal: Any, merchant: str) -> None:
    customer = identity_pb2.Customer(
        id=str(uuid7()), merchant_id=merchant, epoch=1, version=1, number="K 1", name="Seidel"
    )
    known = portal.result(identity_pb2.CustomerSnapshot(customer=customer))
    portal.owners.answer("PUT", "/v1/customers/by-number/K 1", known)
    refused = {"code": "invalid", "detail": "email: no address", "field": "email"}
    portal.owners.answer("PUT", "/v1/customers/by-number/K-2", refused, 422)
    body = [{"number": "K 1", "name": "Seidel"}, {"number": "K-2", "email": "x"}]
    answer = (await portal.client.post("/api/ingest/v1/customers", json=body, headers=KEY)).json()
    assert answer["failed"] == 1
    assert answer["results"][0]["id"] == customer.id
    assert answer["results"][1]["error"]["field"] == "email"
    assert portal.owners.asked_of("/v1/customers/by-number/K 1") == [{"number": "K 1", "name": "Seidel"}]


async def test_a_payment_is_booked_or_parked(portal: Any, merchant: str) -> None:
    reported = str(uuid7())
    said = {"id": reported, "external_id": "p-1", "status": "parked", "incoming_payment_id": reported}
    portal.owners.answer("POST", "/v1/incoming-payments", said, 202)
    payment = {
        "external_id": "p-1",
        "document_number": "RE-9",
        "amount": "119.00",
        "currency": "EUR",
        "paid_on": "2026-11-20",
    }
    answer = await portal.client.post("/api/ingest/v1/payments", json=payment, headers=KEY)
    url = answer.json()["status_url"]
    assert answer.json() == {"external_id": "p-1", "status": "parked", "status_url": url}
    refused = {"id": reported, "external_id": "p-1", "status": "refused", "error": "by_staff", "reason": "Nicht unsere"}
    portal.owners.answer("GET", f"/v1/incoming-payments/{reported}", refused)
    found = await portal.client.get(httpx.URL(url).path, headers=KEY)
    assert (found.json()["status"], found.json()["reason"]) == ("refused", "Nicht unsere")
    portal.owners.answer("POST", "/v1/incoming-payments", {"code": "invalid", "field": "amount"}, 422)
    wrong = await portal.client.post("/api/ingest/v1/payments", json=payment | {"amount": "119,00"}, headers=KEY)
    assert (wrong.status_code, wrong.json()["field"]) == (422, "amount")
    assert portal.owners.asked_of("/v1/incoming-payments")[-1]["amount"] == "119,00"


async def test_a_document_is_cancelled_by_the_erps_own_id(portal: Any, merchant: str) -> None:
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer, "RE-1")
    state = documents_pb2.Document(
        id=document, merchant_id=merchant, epoch=1, version=2, type="invoice", state="cancelled", customer_id=customer,
        number="RE-1", currency="EUR",
    )  # fmt: skip
    result = portal.result(documents_pb2.DocumentSnapshot(document=state))
    portal.owners.answer("POST", "/v1/documents/by-external-id/2026/RE 1/cancel", result)
    path = "/api/ingest/v1/documents/2026%2FRE%201/cancel"
    answer = await portal.client.post(path, json={"reason": "doppelt"}, headers=KEY)
    assert answer.status_code == 200
    cookie = await portal.login("brunner", merchant, customer)
    seen = await portal.json(f"/api/portal/v1/brunner/documents/{document}", cookie)
    assert seen.json()["status"] == "cancelled"


async def test_events_are_read_on_from_a_position(portal: Any, merchant: str) -> None:
    event = {
        "position": 8, "id": str(uuid7()), "type": "documents.document.shared.v1", "time": "2026-11-27T08:30:00+00:00",
        "subject": str(uuid7()), "data": {"document": {"number": "RE-1"}},
    }  # fmt: skip
    portal.owners.answer("GET", "/v1/feed", {"events": [event], "next": 8})
    answer = await portal.client.get("/api/events?after=7&limit=1&type=documents", headers=KEY)
    assert answer.json() == {"events": [event], "next": 8}


async def test_a_webhook_larger_than_any_providers_is_refused(portal: Any) -> None:
    connection = uuid7()
    portal.owners.answer("POST", f"/v1/webhooks/sandbox/{connection}", {})
    answer = await portal.client.post(f"/webhooks/sandbox/{connection}", content=b" " * (256 * 1024 + 1))
    assert (answer.status_code, answer.json()["megabytes"]) == (413, 0.25)


async def test_a_webhook_is_passed_on_with_its_signature_and_without_a_cookie(portal: Any) -> None:
    connection = uuid7()
    portal.owners.answer("POST", f"/v1/webhooks/sandbox/{connection}", {})
    headers = {
        "sandbox-signature": "t=1,v1=abc",
        "cookie": "a=b",
        "authorization": "Bearer x",
        "content-type": "application/json",
    }
    answer = await portal.client.post(f"/webhooks/sandbox/{connection}", content=b'{"id":1}', headers=headers)
    assert answer.status_code == 200
    _, _, body, sent = portal.owners.asked[-1]
    assert (body, sent["sandbox-signature"]) == ({"id": 1}, "t=1,v1=abc")
    assert "cookie" not in sent
    assert "authorization" not in sent


async def test_the_public_api_describes_itself(portal: Any) -> None:
    described = (await portal.client.get("/api/openapi.json")).json()
    assert described["servers"] == [{"url": portal.app.state.settings.portal_url}]
    assert "/api/ingest/v1/documents" in described["paths"]
    for path, operations in described["paths"].items():
        assert path.startswith(("/api/ingest/", "/api/portal/", "/api/events")), "nothing of the inside"
        for operation in operations.values():
            problems = {
                status
                for status, answer in operation["responses"].items()
                if "application/problem+json" in answer.get("content", {})
            }
            assert {"401", "403", "429"} <= problems
            assert {"409", "413", "422"} <= problems or "requestBody" not in operation
            for content in operation.get("requestBody", {}).get("content", {}).values():
                assert content["schema"] not in ({}, {"type": "object"}), "every body is typed"
    assert all(operation.get("summary") for path in described["paths"].values() for operation in path.values())
    assert not any(path.startswith("/{slug}") for path in described["paths"])


async def test_people_read_the_description_too(portal: Any) -> None:
    page = (await portal.page("/api/docs")).text
    assert "Hand in a document" in page
    assert "/internal/" not in page


async def test_a_bank_statement_is_handed_on_with_its_name(portal: Any, merchant: str) -> None:
    statement = {"id": SUBMISSION, "number": "7", "account": "DE1", "payments": 2, "new_payments": 1, "snapshot": {}}
    portal.owners.answer("POST", "/v1/bank-statements", {"is_new": True, "statements": [statement]}, 201)
    answer = await portal.client.post(
        "/api/ingest/v1/bank-statements", params={"name": "auszug.xml"}, content=b"<Document/>", headers=KEY
    )
    assert answer.json() == {
        "is_new": True,
        "statements": [{"id": SUBMISSION, "number": "7", "account": "DE1", "payments": 2, "new_payments": 1}],
    }
    _, _, body, _ = portal.owners.asked[-1]
    assert b'filename="auszug.xml"' in body
    assert b"<Document/>" in body
