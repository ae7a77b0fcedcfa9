"""`kontor reproject documents`: what is derived from the content is derived again."""

from uuid import UUID

import pytest_asyncio
from sqlalchemy import text

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents import queries
from kontor_documents.events import document_state
from kontor_documents.intake import reproject, store_document
from kontor_service.ids import uuid7

columns = store_document.columns


@pytest_asyncio.fixture(loop_scope="module")
async def documents(alone):
    """The documents of all merchants are looked at."""
    return alone


def invoice(**changes):
    return {
        "type": "invoice", "number": "RE-1", "external_id": "erp-1", "customer_number": "20931",
        "issue_date": "2026-11-12", "due_date": "2026-11-26", "cash_discounts": [{"days": 7, "percent": "2"}],
        "lines": [{"name": "Wartung", "quantity": "1", "unit": "LS", "net_price": "100.00", "tax_rate": "19"}],
    } | changes  # fmt: skip


async def reprojected(documents, headers=None):
    headers = headers or documents.signer.token("documents", "service")
    answer = await documents.http.post("/v1/reprojections", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def state_of(documents, document_id):
    async with documents.app.state.db.transaction(documents.merchant) as session:
        document = await queries.found(session, UUID(document_id))
        return document_state(document, await queries.files_of(session, document.id))


async def last_told(documents):
    async with documents.app.state.db.transaction(documents.merchant) as session:
        rows = await session.execute(text("SELECT type, payload FROM outbox ORDER BY id DESC LIMIT 1"))
        row = rows.one()
    assert row.type == "documents.document.changed.v1"
    return pb.DocumentChanged.FromString(row.payload).document


async def older(documents, monkeypatch, **changes):
    """A document from before cash discounts, references and the due date were derived."""
    with monkeypatch.context() as before:
        before.setattr(store_document, "facts", lambda _: {})
        before.setattr(store_document, "columns", lambda data: columns(data) | {"due_date": None})
        return (await documents.made(invoice(**changes)))["document"]["id"]


async def test_a_document_from_before_a_field_gets_it_and_tells_of_it_once(documents, monkeypatch):
    await documents.open_shop()
    await documents.add_customer()
    document = await older(documents, monkeypatch)
    before = await state_of(documents, document)
    assert (before.due_date, list(before.cash_discounts)) == ("", [])
    batch = await reprojected(documents)
    assert batch == {"seen": 1, "changed": 1, "missing": 0}
    after = await last_told(documents)
    assert (after.due_date, after.cash_discounts[0].percent, after.version) == ("2026-11-26", "2", before.version + 1)
    assert (after.state, after.files, after.content_sha256) == (before.state, before.files, before.content_sha256)
    told = len(await documents.facts())
    assert (await reprojected(documents))["changed"] == 0
    assert len(await documents.facts()) == told
    assert await state_of(documents, document) == after


async def test_what_was_said_of_a_document_later_stays(documents, monkeypatch):
    await documents.open_shop(automatic_release=False)
    customer = await documents.add_customer(number="77")
    buyer = {"name": "Seidel", "address": {"city": "Augsburg"}}
    document = await older(documents, monkeypatch, customer_number="999", buyer=buyer)
    headers = documents.auth("documents:release")
    path = f"/v1/documents/{document}"
    await documents.http.post(f"{path}/assign", headers=headers, json={"customer_id": str(customer)})
    assert (await documents.http.post(f"{path}/share", headers=headers, json={"subject": "Ihre"})).status_code == 200
    assert (await reprojected(documents))["changed"] == 1
    after = await state_of(documents, document)
    assert (after.customer_number, after.share_subject, after.due_date) == ("77", "Ihre", "2026-11-26")


async def test_all_documents_are_looked_at_a_batch_at_a_time(documents, monkeypatch):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    made = [await older(documents, monkeypatch, type="quote", number=f"AN-{n}", external_id=f"q-{n}") for n in range(3)]
    monkeypatch.setattr(reproject, "_BATCH", 2)
    assert await reprojected(documents) == {"seen": 3, "changed": 3, "missing": 0}
    assert [(await state_of(documents, each)).due_date for each in made] == ["2026-11-26"] * 3


async def test_a_document_without_its_content_is_passed_over_and_counted(documents, monkeypatch):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    lost, kept = [
        await older(documents, monkeypatch, type="quote", number=f"AN-{n}", external_id=f"q-{n}") for n in range(2)
    ]
    sha256 = (await state_of(documents, lost)).content_sha256
    (documents.files / sha256[:2] / sha256).unlink()
    batch = await reprojected(documents)
    assert batch == {"seen": 2, "changed": 1, "missing": 1}
    assert (await state_of(documents, kept)).due_date == "2026-11-26"


async def test_a_token_of_one_merchant_reaches_that_ones_documents_alone(documents, monkeypatch):
    await documents.open_shop()
    await documents.add_customer()
    await older(documents, monkeypatch)
    assert (await reprojected(documents, headers=documents.auth("service", merchant=uuid7())))["seen"] == 0
    assert (await reprojected(documents, headers=documents.auth("service")))["changed"] == 1
