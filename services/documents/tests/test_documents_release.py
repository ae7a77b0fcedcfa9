"""After a document is there: sharing by hand, reading marks, files, history, snapshots."""

import asyncio
import hashlib
import io
from collections import Counter
from functools import partial
from uuid import UUID

import pikepdf
import pytest
from sqlalchemy import select, text

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.offer import offered
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii
from kontor_documents.models import Document
from kontor_documents.production import service as production
from kontor_documents.rendering.render import render_async
from kontor_service.errors import Unavailable
from kontor_service.ids import uuid7
from kontor_testing.waiting import eventually


def invoice(**changes):
    return {
        "type": "invoice", "number": "RE-1", "external_id": "erp-1", "customer_number": "20931",
        "issue_date": "2026-11-12", "due_date": "2026-11-26", "delivery_date": "2026-11-10",
        "lines": [{"name": "Wartung", "quantity": "1", "unit": "LS", "net_price": "100.00", "tax_rate": "19"}],
    } | changes  # fmt: skip


@pytest.fixture
async def waiting(documents):
    await documents.open_shop(automatic_release=False)
    documents.customer = await documents.add_customer()
    return (await documents.made(invoice()))["document"]["id"]


async def share(documents, document_id, **body):
    return await documents.http.post(
        f"/v1/documents/{document_id}/share", headers=documents.auth("documents:release"), json=body
    )


async def test_staff_choose_recipient_subject_and_text_of_one_share(documents, waiting):
    answer = await share(
        documents, waiting, recipient="chef@seidel.example", subject="Ihre Rechnung", text="Bitte prüfen."
    )
    assert answer.status_code == 200
    async with documents.app.state.db.connection() as connection:
        payload = await connection.fetchval(
            "SELECT payload FROM outbox WHERE type = 'documents.document.shared.v1' ORDER BY id DESC LIMIT 1"
        )
    state = pb.DocumentShared.FromString(payload).document
    assert (state.share_recipient, state.share_subject, state.share_text) == (
        "chef@seidel.example", "Ihre Rechnung", "Bitte prüfen.")  # fmt: skip


async def test_a_subject_with_a_line_break_is_refused_at_its_field(documents, waiting):
    answer = await share(documents, waiting, subject="Rechnung\r\nBcc: alle@example.org")
    assert (answer.status_code, answer.json()["field"]) == (422, "subject")


async def test_sharing_twice_is_refused_and_tells_of_one_share(documents, waiting):
    assert (await share(documents, waiting)).status_code == 200
    assert (await share(documents, waiting)).json()["code"] == "already_shared"
    assert (await documents.facts()).count("documents.document.shared.v1") == 1


async def test_a_customer_without_an_address_blocks_until_staff_name_one(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer(email="")
    document = (await documents.made(invoice()))["document"]["id"]
    assert (await share(documents, document)).json()["code"] == "no_email"
    assert (await share(documents, document, recipient="neu@seidel.example")).status_code == 200


async def test_the_first_opening_counts_and_only_the_first(documents, waiting):
    await share(documents, waiting)
    reader = documents.auth("documents:read", kind="portal", customers=[documents.customer])
    for _ in range(3):
        assert (await documents.http.post(f"/v1/documents/{waiting}/opened", headers=reader)).status_code == 200
    assert (await documents.facts()).count("documents.document.opened.v1") == 1


async def test_another_customer_cannot_mark_it_read(documents, waiting):
    await share(documents, waiting)
    stranger = documents.auth("documents:read", kind="portal", customers=[uuid7()])
    assert (await documents.http.post(f"/v1/documents/{waiting}/opened", headers=stranger)).status_code == 404


async def test_a_draft_is_not_there_for_its_own_customer(documents, waiting):
    reader = documents.auth("documents:read", kind="portal", customers=[documents.customer])
    assert (await documents.http.post(f"/v1/documents/{waiting}/opened", headers=reader)).status_code == 404


async def test_a_link_outside_the_documents_thread_cannot_mark_it_read(documents, waiting):
    other = (await documents.made(invoice(number="RE-2", external_id="erp-2")))["document"]["id"]
    await share(documents, waiting)
    link = documents.auth("documents:read", kind="link", customers=[documents.customer], document=UUID(other))
    assert (await documents.http.post(f"/v1/documents/{waiting}/opened", headers=link)).status_code == 404


async def test_what_the_customer_got_never_changes(documents, waiting):
    """The PDF is served with the bytes whose hash the history holds."""
    await share(documents, waiting)
    pdf = await documents.http.get(f"/v1/documents/{waiting}/pdf", headers=documents.auth("service"))
    story = await documents.http.get(f"/v1/documents/{waiting}/history", headers=documents.auth("documents:release"))
    shared = next(entry for entry in story.json()["entries"] if entry["fact"] == "shared")
    assert shared["detail"]["files"]["pdf"] == hashlib.sha256(pdf.content).hexdigest()
    assert pikepdf.open(io.BytesIO(pdf.content)).pages


async def test_history_cannot_be_rewritten_even_by_the_services_own_role(documents, waiting):
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        with pytest.raises(Exception, match="append-only"):
            await connection.execute("UPDATE history_entry SET fact = 'shared'")


async def test_a_withdrawn_document_is_gone_and_stays_gone(documents, waiting):
    await share(documents, waiting)
    for _ in range(2):
        answer = await documents.http.post(
            f"/v1/documents/{waiting}/withdraw", headers=documents.auth("documents:release"), json={"reason": "Irrtum"}
        )
        assert answer.status_code == 200
    assert (await share(documents, waiting)).json()["code"] == "wrong_state"


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


async def test_an_invoice_that_follows_all_rules_is_offered_as_xrechnung(documents, waiting):
    offered = await einvoice(documents, waiting)
    assert (offered["role"], offered["name"][-14:]) == ("xrechnung", "-xrechnung.xml")
    assert b"xrechnung_3.0" in offered["content"]
    assert b"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" in offered["content"]


async def test_an_invoice_without_a_means_of_payment_is_offered_as_plain_en_16931(documents):
    await documents.open_shop(automatic_release=False, iban="")
    await documents.add_customer()
    status = await documents.made(invoice(due_date="2026-11-26"))
    offered = await einvoice(documents, status["document"]["id"])
    assert offered["role"] == "en16931"
    assert b"<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>" in offered["content"]


async def test_a_quote_is_offered_as_pdf_alone(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    status = await documents.made(invoice(type="quote", number="AN-1", external_id="quote"))
    assert await einvoice(documents, status["document"]["id"]) is None


async def test_a_pdf_that_came_before_its_merchant_is_offered_as_einvoice_as_well(documents, waiting):
    pdf = (await documents.http.get(f"/v1/documents/{waiting}/pdf", headers=documents.auth("service"))).content
    documents.merchant = uuid7()
    early = await documents.status(await documents.submit(file=pdf, media_type="application/pdf"))
    assert "merchant_unknown" in {issue["code"] for issue in early["document"]["issues"]}
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    await documents.at_rest()
    assert (await einvoice(documents, early["document"]["id"]))["role"] == "xrechnung"


async def test_rules_that_cannot_be_applied_keep_no_document_back(documents, monkeypatch):
    async def away(*_):
        raise Unavailable("The official rules could not be applied.", code="validation_failed")

    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    monkeypatch.setattr("kontor_documents.production.service.offered", away)
    made = (await documents.made(invoice()))["document"]
    assert made["issues"] == []
    assert await einvoice(documents, made["id"]) is None


async def test_rules_that_could_not_be_applied_once_are_applied_again(documents, monkeypatch):
    failures = [Unavailable("The official rules could not be applied.", code="validation_failed")]

    async def away_once(*arguments):
        if failures:
            raise failures.pop()
        return await offered(*arguments)

    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    monkeypatch.setattr("kontor_documents.production.service.offered", away_once)
    made = (await documents.made(invoice()))["document"]
    assert failures == []
    assert (await einvoice(documents, made["id"]))["role"] == "xrechnung"


@pytest.mark.parametrize("handed_in", ["data", "xml"])
async def test_characters_without_a_glyph_hold_a_document_until_staff_let_it_go(documents, handed_in):
    await documents.open_shop()
    await documents.add_customer()
    data = invoice(lines=[{"name": "\u7ba1 DN 20", "net_price": "100", "tax_rate": "19"}])
    address = {"line1": "Weg 1", "post_code": "86153", "city": "Augsburg"}
    parties = {
        "seller": {"name": "Brunner Haustechnik GmbH", "address": address},
        "buyer": {"name": "Seidel", "address": address},
    }
    xml = write_cii(complete(DocumentData.model_validate(data | parties)))
    held = await documents.made(**{"data": data} if handed_in == "data" else {"file": xml})
    assert [(i["code"], i["field"], i["params"]) for i in held["document"]["issues"]] == [
        ("unprintable", "lines[0].name", {"characters": "\u7ba1"})
    ]
    path = f"/v1/documents/{held['document']['id']}/accept-characters"
    assert (await documents.http.post(path, headers=documents.auth("documents:release"))).status_code == 200
    assert (await documents.status_of(held["id"]))["document"]["state"] == "shared"


async def einvoice(documents, document_id):
    """What is offered for accounting software."""
    async with documents.app.state.db.transaction(documents.merchant) as session:
        files = await queries.files_of(session, UUID(document_id))
    assert "pdf" in {file.role for file in files}
    found = next((file for file in files if file.role in ("xrechnung", "en16931")), None)
    if found is None:
        return None
    answer = await documents.http.get(
        f"/v1/documents/{document_id}/files/{found.id}", headers=documents.auth("service")
    )
    return {"role": found.role, "name": found.name, "content": answer.content}


async def test_the_report_of_the_rules_is_kept_with_an_issued_invoice(documents, waiting):
    answer = await documents.http.get(f"/v1/documents/{waiting}/report", headers=documents.auth("service"))
    assert answer.json()["valid"] is True


async def test_snapshots_repeat_every_state_and_count_it(documents, waiting):
    answer = await documents.http.post("/v1/snapshots", headers=documents.auth("service"))
    assert answer.json() == {"counts": {"documents.document": 1, "documents.submission": 1}}
    assert "documents.document.snapshot.v1" in await documents.facts()


async def test_settings_that_hide_a_type_keep_it_in_the_release_list(documents):
    await documents.open_shop()
    await documents.add_customer()
    status = await documents.made(invoice(type="contract"))
    assert [issue["code"] for issue in status["document"]["issues"]] == ["type_hidden"]


async def test_switching_automatic_release_on_shares_all_that_waits_each_in_a_transaction_of_its_own(
    documents, blank_pdf
):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    for number in range(9):
        note = invoice(type="delivery_note", number=f"LS-{number}", external_id=f"ls-{number}")
        assert (await documents.submit(note, file=blank_pdf, media_type="application/pdf")).status_code == 202
    await documents.open_shop(version=2, automatic_release=True)
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        shared = await connection.fetch("SELECT xmin::text AS by FROM document WHERE state = 'shared'")
    assert Counter(row["by"] for row in shared).most_common(1)[0][1] == 1
    assert len(shared) == 9


async def test_a_document_that_cannot_be_rendered_holds_up_no_other(documents, monkeypatch):
    async def render(data, branding, **more):
        if data.number == "AN-1":
            raise RuntimeError("no such font")
        return await render_async(data, branding, **more)

    monkeypatch.setattr(production, "render_async", render)
    await documents.open_shop()
    await documents.add_customer()
    for number in range(3):
        await documents.submit(invoice(type="quote", number=f"AN-{number}", external_id=f"q-{number}"))
    await documents.at_rest()
    async with documents.app.state.db.transaction(documents.merchant) as session:
        states = dict((await session.execute(select(Document.number, Document.state))).all())
        later = "SELECT d.number FROM to_settle t JOIN document d ON d.id = t.document_id WHERE t.try_at > now()"
        noted = (await session.execute(text(later))).scalars().all()
        issues = await session.scalar(select(Document.issues).where(Document.number == "AN-1"))
    assert states == {"AN-0": "shared", "AN-1": "waiting", "AN-2": "shared"}
    assert noted == ["AN-1"]
    assert [(issue["code"], issue["severity"]) for issue in issues] == [("not_made", "blocker")]
    assert "documents.document.held.v1" in await documents.facts()


async def test_what_could_not_be_made_for_a_while_is_made_when_it_can_be(documents, monkeypatch):
    async def render(*given, **more):
        raise RuntimeError("no such font")

    await documents.open_shop()
    await documents.add_customer()
    with monkeypatch.context() as broken:
        broken.setattr(production, "render_async", render)
        status = await documents.made(invoice(type="quote"))
        assert [issue["code"] for issue in status["document"]["issues"]] == ["not_made"]
        assert await stuck(documents) == 1
    await documents.add_customer(number="2")
    await documents.open_shop(version=2)
    again = (await documents.status_of(status["id"]))["document"]
    assert (again["state"], again["issues"]) == ("shared", [])
    assert await stuck(documents) == 0


async def stuck(documents):
    """As Prometheus is told after the next look."""
    async with documents.app.state.db.connection() as connection:
        return await connection.fetchval("SELECT documents_stuck()")


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


async def assign(documents, document_id, customer_id):
    return await documents.http.post(
        f"/v1/documents/{document_id}/assign",
        headers=documents.auth("documents:release"),
        json={"customer_id": str(customer_id)},
    )


async def somebody_waits(db):
    async with db.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted")


async def test_nothing_is_locked_while_a_pdf_is_made_and_what_was_replaced_meanwhile_is_made_anew(
    documents, monkeypatch
):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    rendered = []

    async def and_it_is_replaced(data, branding, **more):
        rendered.append(data.due_date.isoformat())
        if len(rendered) == 1:
            answer = await documents.submit(invoice(due_date="2026-12-24"))
            assert answer.status_code == 202
        return await render_async(data, branding, **more)

    monkeypatch.setattr(production, "render_async", and_it_is_replaced)
    status = await documents.made(invoice())
    assert rendered == ["2026-11-26", "2026-12-24"]
    assert (status["document"]["due_date"], status["document"]["has_pdf"]) == ("2026-12-24", True)
