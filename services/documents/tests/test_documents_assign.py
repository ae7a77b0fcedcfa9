"""Documents whose customer was not found are assigned to one."""

import asyncio
from functools import partial
from uuid import UUID

from documents_to_release import assign, invoice, share
from sqlalchemy import select

from kontor_documents import queries
from kontor_documents.models import Document
from kontor_testing.waiting import eventually


async def test_an_assigned_document_can_be_shared(documents):
    await documents.open_shop(automatic_release=False)
    customer = await documents.add_customer()
    buyer = {"name": "Seidel", "address": {"city": "Augsburg"}}
    document = (await documents.made(invoice(customer_number="999", buyer=buyer)))["document"]["id"]
    headers = documents.auth("documents:release")
    assert (await share(documents, document)).json()["code"] == "unmatched_customer"
    assigned = await documents.http.post(
        f"/v1/documents/{document}/assign", headers=headers, json={"customer_id": str(customer)}
    )
    assert assigned.status_code == 200
    assert (await share(documents, document)).status_code == 200


async def test_an_assigned_document_is_shared_by_itself_where_release_is_automatic(documents):
    await documents.open_shop()
    customer = await documents.add_customer()
    buyer = {"name": "Seidel", "address": {"city": "Augsburg"}}
    status = await documents.made(invoice(customer_number="999", buyer=buyer))
    assert (await assign(documents, status["document"]["id"], customer)).status_code == 200
    assert (await documents.status_of(status["id"]))["document"]["state"] == "shared"


async def test_an_assigned_document_joins_its_customers_thread(documents):
    await documents.open_shop(automatic_release=False)
    customer = await documents.add_customer()
    order = await documents.made(invoice(external_id="ab", type="order_confirmation", number="AB-1"))
    buyer = {"name": "Seidel", "address": {"city": "Augsburg"}}
    named = [{"kind": "order", "number": "AB-1"}]
    unmatched = await documents.made(invoice(customer_number="999", buyer=buyer, references=named))
    assert unmatched["document"], unmatched["error"]
    order, stray = order["document"]["id"], unmatched["document"]["id"]
    headers = documents.auth("documents:release")
    await documents.http.post(f"/v1/documents/{stray}/assign", headers=headers, json={"customer_id": str(customer)})

    async with documents.app.state.db.transaction(documents.merchant) as session:
        threads = {(await session.get(Document, UUID(each))).thread_id for each in (order, stray)}
    assert len(threads) == 1


async def test_a_document_that_ties_threads_waits_for_the_others_before_it_holds_its_own(documents):
    """Somebody has the older of two documents and asks for the newer: whoever ties both must not hold the newer meanwhile."""
    await documents.open_shop(automatic_release=False)
    customer = await documents.add_customer()
    named = [{"kind": "sales_order", "number": "AU-1"}, {"kind": "delivery_note", "number": "LS-1"}]
    stranger = {"customer_number": "99999", "buyer": {"name": "Seidel"}, "references": named}
    order, older, newer = [
        UUID((await documents.made(invoice(number=number, external_id=number, **more)))["document"]["id"])
        for number, more in (
            ("AU-1", {"type": "sales_order"}),
            ("LS-1", {"type": "delivery_note"}),
            ("AN-1", {"type": "quote"} | stranger),
        )
    ]
    assert order < older < newer
    async with documents.app.state.db.transaction(documents.merchant) as session:
        await queries.locked(session, older)
        assigning = asyncio.create_task(assign(documents, newer, customer))
        await eventually(partial(somebody_waits, documents.app.state.db))
        await asyncio.wait_for(queries.locked(session, newer), 10)
    assert (await assigning).status_code == 200
    async with documents.app.state.db.transaction(documents.merchant) as session:
        threads = (await session.execute(select(Document.thread_id).distinct())).scalars().all()
        assert len(threads) == 1


async def somebody_waits(db):
    async with db.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")
