"""Documents over the bus, from a connected system on a real broker."""

import base64
import secrets

import orjson
import pytest
import pytest_asyncio
from sqlalchemy import text

from kontor_testing.ingest import connected_system
from kontor_testing.waiting import eventually

DATA = {
    "number": "RE-7", "external_id": "erp-7", "customer_number": "20931", "issue_date": "2026-11-12",
    "due_date": "2026-11-26", "lines": [{"name": "Wartung", "net_price": "100.00", "tax_rate": "19"}],
}  # fmt: skip


@pytest_asyncio.fixture(loop_scope="module")
async def shop(rabbitmq, open_documents):
    """A merchant whose ERP is connected, with one customer."""
    slug = f"shop-{secrets.token_hex(4)}"
    vhost = rabbitmq.vhost()
    system = connected_system(rabbitmq, vhost, slug)
    async with open_documents(ingest_bus_url=rabbitmq.url(vhost)) as documents:
        await documents.open_shop(slug=slug)
        await documents.add_customer()
        documents.system = system
        yield documents


async def published(documents, fact):
    async def there():
        return fact in await documents.facts()

    await eventually(there)


async def stored(documents):
    async with documents.app.state.db.transaction(documents.merchant) as session:
        return (await session.execute(text("SELECT type, number, state FROM document"))).all()


async def test_data_from_the_bus_becomes_a_shared_document_once(shop):
    for _ in range(2):
        await shop.system.send("documents", orjson.dumps(DATA))
    await published(shop, "documents.document.shared.v1")
    await shop.app.state.bus.idle()
    assert (await shop.facts()).count("documents.document.received.v1") == 1


async def test_a_file_and_its_data_travel_in_one_message(shop, blank_pdf):
    body = {"file": base64.b64encode(blank_pdf).decode(), "data": DATA | {"type": "delivery_note"}}
    await shop.system.send("documents", orjson.dumps(body), "application/vnd.kontor.submission+json")
    await published(shop, "documents.document.shared.v1")
    assert await stored(shop) == [("delivery_note", "RE-7", "shared")]


async def test_a_cancellation_comes_the_same_way(shop):
    await shop.system.send("documents", orjson.dumps(DATA))
    await published(shop, "documents.document.shared.v1")
    body = {"action": "cancel", "external_id": "erp-7", "reason": "Storno"}
    await shop.system.send("documents", orjson.dumps(body), "application/vnd.kontor.submission+json")
    await published(shop, "documents.document.cancelled.v1")
    assert await stored(shop) == [("invoice", "RE-7", "cancelled")]


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"<Invoice", "application/xml", "xml_broken"),
        (orjson.dumps(DATA | {"currency": "XXQ"}), "application/json", "unknown_currency"),
        (orjson.dumps(DATA | {"type": "quote", "valid_until": "1999-12-31"}), "application/json", "valid_until"),
        (orjson.dumps(DATA | {"lines": [DATA["lines"][0] | {"unit": "XXQ"}]}), "application/json", "lines[0].unit"),
        (b"<Invoice", "application/xml", "The XML is broken in line 1"),
        (b'{"action": "cancel", "external_id": "no"}', "application/vnd.kontor.submission+json", "document_not_found"),
        (b'{"action": "burn", "external_id": "no"}', "application/vnd.kontor.submission+json", "burn"),
        (b"{", "application/vnd.kontor.submission+json", "json_broken"),
    ],
)
async def test_what_cannot_be_taken_comes_back_with_its_reason(shop, body, content_type, reason):
    await shop.system.send("documents", body, content_type)
    assert reason in await shop.system.refusal()


async def test_a_comment_comes_the_same_way(shop):
    await shop.system.send("documents", orjson.dumps(DATA))
    await published(shop, "documents.document.shared.v1")
    body = {"action": "comment", "external_id": "erp-7", "text": "Ist unterwegs.", "author": "Versand"}
    await shop.system.send("documents", orjson.dumps(body), "application/vnd.kontor.submission+json")
    await published(shop, "documents.comment.added.v1")
    async with shop.app.state.db.transaction(shop.merchant) as session:
        rows = (await session.execute(text("SELECT author_kind, author_name, source, text FROM comment"))).all()
    assert rows == [("system", "Versand", "bus", "Ist unterwegs.")]


async def test_a_quote_and_its_extension_come_the_same_way(shop):
    quote = DATA | {"type": "quote", "number": "AN-7", "valid_until": "2099-11-30", "due_date": None}
    await shop.system.send("documents", orjson.dumps(quote | {"acceptance": ["click"]}))
    await published(shop, "documents.document.shared.v1")
    body = {"action": "extend", "external_id": "erp-7", "valid_until": "2099-12-31"}
    await shop.system.send("documents", orjson.dumps(body), "application/vnd.kontor.submission+json")
    await published(shop, "documents.document.extended.v1")
    async with shop.app.state.db.transaction(shop.merchant) as session:
        rows = (await session.execute(text("SELECT type, number, valid_until::text FROM document"))).all()
    assert rows == [("quote", "AN-7", "2099-12-31")]


async def test_an_invoice_cannot_be_extended(shop):
    await shop.system.send("documents", orjson.dumps(DATA))
    await published(shop, "documents.document.shared.v1")
    body = {"action": "extend", "external_id": "erp-7", "valid_until": "2099-12-31"}
    await shop.system.send("documents", orjson.dumps(body), "application/vnd.kontor.submission+json")
    assert "no_quote" in await shop.system.refusal()
