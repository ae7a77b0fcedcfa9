"""Documents that wait for their customer or their merchant, and drafts that are issued when these come."""

import asyncio
from uuid import UUID

from documents_of_an_erp import invoice
from sqlalchemy import text

from kontor_documents import queries
from kontor_documents.consumers import CUSTOMERS
from kontor_documents.intake import issuing
from kontor_documents.intake import service as intake
from kontor_documents.release import waiting
from kontor_service.files import Files


async def test_an_unknown_customer_number_is_never_shared_but_may_be_suggested(documents):
    await documents.open_shop()
    await documents.add_customer(number="1", vat_id="DE 811 111 111")
    status = await documents.made(
        invoice(
            customer_number="999",
            buyer={"name": "Seidel", "vat_id": "DE811111111", "address": {"post_code": "86152", "city": "Augsburg"}},
        )
    )
    assert status["document"]["state"] == "waiting"
    assert [issue["code"] for issue in status["document"]["issues"]] == ["unmatched_customer"]


async def test_documents_that_wait_for_their_customer_are_listed(documents):
    await documents.open_shop()
    status = await documents.made(invoice(buyer={"name": "Seidel Optik", "address": {"city": "Augsburg"}}))
    path, headers = "/v1/parked-documents", documents.auth("documents:submit")
    [parked] = (await documents.http.get(path, headers=headers)).json()["parked"]
    assert (parked["id"], parked["customer_number"]) == (status["document"]["id"], "20931")
    await documents.add_customer()
    assert (await documents.http.get(path, headers=headers)).json() == {"parked": [], "next": None}


async def test_a_document_before_its_customer_is_matched_and_shared_when_that_comes(documents):
    await documents.open_shop()
    status = await documents.made(invoice(buyer={"name": "Seidel Optik", "address": {"city": "Augsburg"}}))
    assert status["document"]["state"] == "waiting"
    await documents.add_customer()
    assert (await documents.status_of(status["id"]))["document"]["state"] == "shared"


async def test_data_that_names_no_buyer_waits_as_a_draft_and_is_issued_when_its_customer_comes(documents):
    await documents.open_shop()
    status = await documents.made(invoice(number=""))
    draft = status["document"]
    assert (draft["state"], draft["number"], draft["customer_number"]) == ("waiting", "", "20931")
    assert [issue["code"] for issue in draft["issues"]] == ["unmatched_customer"]
    assert "documents.document.held.v1" in await documents.facts()
    await documents.add_customer()
    issued = (await documents.status_of(status["id"]))["document"]
    assert (issued["id"], issued["state"], issued["number"]) == (draft["id"], "shared", "RE-2026-0001")
    assert issued["has_pdf"]


async def test_what_staff_said_of_a_draft_counts_when_it_is_issued(documents):
    await documents.open_shop()
    sender = {"name": "Lieferant GmbH", "vat_id": "DE999999999", "address": {"line1": "Am Kanal 1", "city": "Ulm"}}
    status = await documents.made(invoice(number="", seller=sender))
    draft = status["document"]
    assert {issue["code"] for issue in draft["issues"]} == {"unmatched_customer", "foreign_seller"}
    path = f"/v1/documents/{draft['id']}/accept-seller"
    assert (await documents.http.post(path, headers=documents.auth("documents:release"))).status_code == 200
    await documents.add_customer()
    issued = (await documents.status_of(status["id"]))["document"]
    assert (issued["state"], issued["number"], issued["issues"]) == ("shared", "RE-2026-0001", [])


async def test_a_draft_is_issued_without_speaking_to_storage_while_it_is_locked(documents, monkeypatch):
    await documents.open_shop()
    status = await documents.made(invoice(number=""))
    put, locked = Files.put, []

    async def watched(self, content):
        async with documents.app.state.db.transaction(documents.merchant) as session:
            free = await session.execute(text("SELECT id FROM document FOR UPDATE SKIP LOCKED"))
            locked.append(not free.all())
        return await put(self, content)

    monkeypatch.setattr(Files, "put", watched)
    await documents.add_customer()
    assert (await documents.status_of(status["id"]))["document"]["number"] == "RE-2026-0001"
    assert set(locked) == {False}


async def test_a_draft_that_staff_assign_is_issued_to_that_customer_and_shared(documents):
    await documents.open_shop()
    customer = await documents.add_customer()
    status = await documents.made(invoice(customer_number="99999", type="quote", number=""))
    path = f"/v1/documents/{status['document']['id']}/assign"
    answer = await documents.http.post(
        path, headers=documents.auth("documents:release"), json={"customer_id": str(customer)}
    )
    assert answer.status_code == 200
    issued = (await documents.status_of(status["id"]))["document"]
    assert (issued["state"], issued["number"], issued["customer_number"]) == ("shared", "AN-2026-0001", "20931")
    async with documents.app.state.db.transaction(documents.merchant) as session:
        assert (await queries.found(session, UUID(issued["id"]))).buyer_name == "Seidel Optik"


async def test_a_draft_that_breaks_the_rules_when_it_is_issued_waits_as_invalid_and_its_sender_hears_of_it(documents):
    await documents.open_shop()
    lines = [{"name": "Anfahrt", "net_price": "40.00", "tax_rate": "19", "unit": "XXQ"}]
    status = await documents.made(invoice(lines=lines))
    await documents.add_customer()
    held = (await documents.status_of(status["id"]))["document"]
    assert (held["state"], [issue["field"] for issue in held["issues"]]) == ("waiting", ["lines[0].unit"])
    assert (await documents.facts()).count("documents.document.held.v1") == 2
    corrected = (await documents.made(invoice()))["document"]
    assert (corrected["id"], corrected["state"], corrected["issues"]) == (held["id"], "shared", [])


async def test_what_comes_before_its_merchant_is_made_when_that_comes(documents):
    status = await documents.made(invoice())
    assert [issue["code"] for issue in status["document"]["issues"]] == ["merchant_unknown"]
    await documents.open_shop()
    await documents.add_customer()
    assert (await documents.status_of(status["id"]))["document"]["state"] == "shared"


async def test_a_document_that_missed_its_customer_is_found_again(documents):
    await documents.open_shop()
    status = await documents.made(invoice())
    # Nobody looked for documents when this customer came.
    async with documents.app.state.db.transaction(documents.merchant) as session:
        await CUSTOMERS.store(session, documents.customer())
    await waiting.sweep(documents.app.state.dependencies)
    assert (await documents.status_of(status["id"]))["document"]["state"] == "shared"


async def test_what_is_prepared_for_a_customer_who_changes_meanwhile_is_prepared_again(documents, monkeypatch):
    await documents.open_shop(automatic_release=False)
    customer = await documents.add_customer()
    changed = []

    async def and_then_it_changes(*given):
        prepared = await issuing.prepare(*given)
        if not changed:
            changed.append(await documents.add_customer(id=customer, version=2, name="Seidel Optik GmbH"))
        return prepared

    monkeypatch.setattr(intake, "prepare", and_then_it_changes)
    document = (await documents.made(invoice()))["document"]
    async with documents.app.state.db.transaction(documents.merchant) as session:
        assert (await queries.found(session, UUID(document["id"]))).buyer_name == "Seidel Optik GmbH"


async def test_a_document_and_the_customer_it_waits_for_find_each_other_when_both_come_at_once(documents):
    await documents.open_shop()
    for number in range(5):
        data = invoice(number="", external_id=f"erp-{number}", customer_number=str(number))
        answer, _ = await asyncio.gather(documents.submit(data), documents.add_customer(number=str(number)))
        assert (await documents.status(answer))["document"]["state"] == "shared"
