"""From the door to the release list and to the customer."""

import asyncio
import io
from uuid import UUID

import pikepdf
import pytest
from prometheus_client import Gauge
from pypdf import PdfReader
from sqlalchemy import text

from kontor_documents import queries
from kontor_documents.consumers import CUSTOMERS
from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_ubl
from kontor_documents.intake import issuing, store_document
from kontor_documents.intake import service as intake
from kontor_documents.release import waiting
from kontor_service.files import Files
from kontor_service.ids import uuid7


def invoice(**changes):
    """An invoice as an ERP without e-invoices sends it."""
    return {
        "type": "invoice", "number": "RE-1042", "external_id": "erp-1042", "customer_number": "20931",
        "issue_date": "2026-11-12", "due_date": "2026-11-26", "delivery_date": "2026-11-10",
        "lines": [
            {"name": "Wartung Heizungsanlage", "quantity": "1", "unit": "LS", "net_price": "189.00", "tax_rate": "19"},
            {"name": "Monteurstunde", "quantity": "2.5", "unit": "HUR", "net_price": "64.00", "tax_rate": "19"},
        ],
        "cash_discounts": [{"days": 7, "percent": "2"}],
    } | changes  # fmt: skip


def plain_pdf():
    made, buffer = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(buffer)
    return buffer.getvalue()


async def test_data_becomes_a_shared_invoice_with_pdf_and_einvoice(documents):
    await documents.open_shop()
    customer = await documents.add_customer()
    status = await documents.made(invoice())
    assert status["status"] == "processed"
    document = status["document"]
    assert (document["state"], document["customer_id"]) == ("shared", str(customer))
    assert document["amount_due"] == {"minor_units": 41531, "currency": "EUR"}
    pdf = await documents.http.get(f"/v1/documents/{document['id']}/pdf", headers=documents.auth("service"))
    with pikepdf.open(io.BytesIO(pdf.content)) as opened:
        assert "factur-x.xml" in opened.attachments


async def test_the_same_bytes_twice_are_one_document(documents):
    await documents.open_shop()
    await documents.add_customer()
    first, second = await documents.made(invoice()), await documents.made(invoice())
    assert first["document"]["id"] == second["document"]["id"]
    assert (await documents.facts()).count("documents.document.received.v1") == 1


async def test_an_idempotency_key_answers_the_same_submission(documents):
    await documents.open_shop()
    answers = [await documents.submit(invoice(), **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    other = await documents.submit(invoice(number="RE-9"), **{"Idempotency-Key": "once"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_changed_bytes_replace_a_document_that_waits(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    first = await documents.made(invoice())
    second = await documents.made(invoice(due_date="2026-12-01"))
    assert second["document"]["id"] == first["document"]["id"]
    assert second["document"]["due_date"] == "2026-12-01"


async def test_changed_bytes_of_a_shared_document_are_refused_with_a_pointer_to_it(documents):
    await documents.open_shop()
    await documents.add_customer()
    first = await documents.made(invoice())
    refused = await documents.submit(invoice(due_date="2026-12-01"))
    assert refused.status_code == 409
    assert refused.json()["code"] == "already_shared"
    assert refused.json()["document_id"] == first["document"]["id"]


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
    await waiting.sweep(documents.app.state.dependencies, Gauge("kontor_documents_stuck", "", registry=None))
    assert (await documents.status_of(status["id"]))["document"]["state"] == "shared"


async def test_a_supplied_einvoice_is_kept_byte_for_byte(documents):
    await documents.open_shop()
    await documents.add_customer()
    data = complete(DocumentData.model_validate(invoice(
        seller={"name": "Brunner", "vat_id": "DE123456789", "address": {"city": "Augsburg"}},
        buyer={"name": "Seidel", "address": {"city": "Augsburg"}, "identifiers": [{"id": "20931"}]},
        specification="urn:cen.eu:en16931:2017",
    )))  # fmt: skip
    xml = write_ubl(data)
    status = await documents.made(file=xml)
    document = status["document"]
    assert (document["number"], document["customer_number"]) == ("RE-1042", "20931")
    files = await documents.http.get(f"/v1/documents/{document['id']}/history", headers=documents.auth("service"))
    assert files.json()["intact"] is True
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        sha256 = await connection.fetchval("SELECT sha256 FROM document_file WHERE role = 'xml'")
    assert await documents.app.state.files.get(sha256) == xml


@pytest.mark.parametrize("mime", ["text/plain&#10;X-Injected: yes", "Übersicht/☃"])
async def test_an_attachment_is_there_whatever_its_sender_calls_its_type(documents, mime):
    await documents.open_shop()
    await documents.add_customer()
    data = complete(DocumentData.model_validate(invoice(
        seller={"name": "Brunner", "vat_id": "DE123456789", "address": {"city": "Augsburg"}},
        buyer={"name": "Seidel", "address": {"city": "Augsburg"}, "identifiers": [{"id": "20931"}]},
        specification="urn:cen.eu:en16931:2017",
    )))  # fmt: skip
    attached = (
        f'<cac:AdditionalDocumentReference><cbc:ID>A1</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject mimeCode="{mime}"'
        ' filename="Zeiten&#10;☃.txt">aGFsbG8=</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>'
    )
    before = b"<cac:AccountingSupplierParty"
    status = await documents.made(file=write_ubl(data).replace(before, attached.encode() + before, 1))
    assert status["status"] == "processed", status
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        file_id = await connection.fetchval("SELECT id FROM document_file WHERE role = 'attachment'")
    path = f"/v1/documents/{status['document']['id']}/files/{file_id}"
    answer = await documents.http.get(path, headers=documents.auth("service"))
    assert (answer.status_code, answer.content) == (200, b"hallo")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "x-injected" not in answer.headers


async def test_a_plain_pdf_with_data_beside_it_is_kept_and_filed(documents):
    await documents.open_shop()
    await documents.add_customer()
    pdf = plain_pdf()
    status = await documents.made(invoice(type="delivery_note"), file=pdf, media_type="application/pdf")
    served = await documents.http.get(
        f"/v1/documents/{status['document']['id']}/pdf", headers=documents.auth("service")
    )
    assert served.content == pdf


async def test_a_plain_pdf_alone_is_refused_with_the_field(documents):
    refused = await documents.submit(file=plain_pdf(), media_type="application/pdf")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "data_missing", "data")


async def test_wrong_totals_are_refused_naming_the_amount(documents):
    totals = {"line_net": "349.00", "net": "349.00", "tax": "66.31", "gross": "415.31", "due": "400.00"}
    refused = await documents.submit(invoice(totals=totals))
    assert refused.status_code == 422
    assert refused.json()["code"] == "wrong_totals"
    assert refused.json()["errors"][0]["field"] == "totals.due"


async def test_what_the_official_rules_find_in_data_names_the_field_of_the_data(documents):
    await documents.open_shop()
    await documents.add_customer()
    lines = [*invoice()["lines"], {"name": "Anfahrt", "net_price": "40.00", "tax_rate": "19", "unit": "XXQ"}]
    status = await documents.made(invoice(lines=lines))
    assert status["error"]["code"] == "invoice_invalid"
    assert [one["field"] for one in status["error"]["errors"]] == ["lines[2].unit"]


async def test_an_upload_with_wrong_totals_waits_as_invalid_with_the_sentence(documents):
    await documents.open_shop()
    await documents.add_customer()
    totals = {"line_net": "349.00", "net": "349.00", "tax": "66.31", "gross": "415.31", "due": "400.00"}
    status = await documents.made(invoice(totals=totals), file=plain_pdf(), media_type="application/pdf",
                                  **{"X-Kontor-Source": "upload"})  # fmt: skip
    assert status["document"]["state"] == "waiting"
    assert status["document"]["issues"][0]["code"] == "BR-CO-16"


async def test_a_plain_pdf_that_is_uploaded_is_completed_with_a_short_form(documents):
    await documents.open_shop()
    await documents.add_customer()
    upload = {"X-Kontor-Source": "upload"}
    refused = await documents.made(file=plain_pdf(), media_type="application/pdf", **upload)
    assert (refused["status"], refused["error"]["code"]) == ("rejected", "data_missing")
    path, headers = f"/v1/submissions/{refused['id']}/again", documents.auth("documents:submit")
    said = {"type": "invoice", "number": "R-7", "customer_number": "20931", "issue_date": "2026-11-12",
            "totals": dict.fromkeys(("line_net", "net", "gross", "due"), "119.00")}  # fmt: skip
    wrong = await documents.http.post(path, headers=headers, json={"data": said | {"issue_date": "gestern"}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "issue_date")
    assert (await documents.http.post(path, headers=headers, json={"data": said})).status_code == 202
    status = await documents.status_of(refused["id"])
    assert (status["status"], status["error"], status["document"]["state"]) == ("processed", None, "shared")
    assert status["document"]["amount_due"]["minor_units"] == 11900
    again = await documents.http.post(path, headers=headers, json={"data": said})
    assert (again.status_code, again.json()["code"]) == (404, "submission_not_found")


async def test_a_person_is_asked_before_a_waiting_document_is_replaced_and_a_system_is_told(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    first = (await documents.made(invoice()))["document"]
    other = invoice(due_date="2026-12-01")
    asked = await documents.made(other, **{"X-Kontor-Source": "upload"})
    assert (asked["error"]["code"], asked["error"]["document_id"]) == ("would_replace", first["id"])
    path, headers = f"/v1/submissions/{asked['id']}/again", documents.auth("documents:submit")
    assert (await documents.http.post(path, headers=headers, json={"replace": True})).status_code == 202
    replaced = await documents.status_of(asked["id"])
    assert (replaced["status"], replaced["replaced"], replaced["document"]["id"]) == ("processed", True, first["id"])
    assert replaced["document"]["due_date"] == "2026-12-01"
    told = await documents.made(invoice(due_date="2026-12-24"))
    assert (told["replaced"], told["document"]["due_date"]) == (True, "2026-12-24")
    assert (await documents.made(invoice(due_date="2026-12-24")))["replaced"] is False


def einvoice(type_code="", **seller):
    """A file that some sender made."""
    sender = {"name": "Lieferant GmbH", "vat_id": "DE999999999", "address": {"line1": "Am Kanal 1", "city": "Ulm"}}
    return write_ubl(complete(DocumentData.model_validate(invoice(
        number="L-1", external_id="", type_code=type_code, seller=sender | seller,
        buyer={"name": "Seidel", "address": {"city": "Augsburg"}, "identifiers": [{"id": "20931"}]},
        specification="urn:cen.eu:en16931:2017",
    ))))  # fmt: skip


async def test_a_document_of_another_sender_waits_until_staff_let_it_go(documents):
    await documents.open_shop()
    await documents.add_customer()
    status = await documents.made(file=einvoice())
    held = status["document"]
    assert [(issue["code"], issue["params"]) for issue in held["issues"]] == [
        ("foreign_seller", {"name": "Lieferant GmbH"})
    ]
    pdf = await documents.http.get(f"/v1/documents/{held['id']}/pdf", headers=documents.auth("service"))
    text_of_pdf = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "Am Kanal 1" in text_of_pdf
    assert "Brunner" not in text_of_pdf
    path = f"/v1/documents/{held['id']}/accept-seller"
    assert (await documents.http.post(path, headers=documents.auth("documents:release"))).status_code == 200
    assert (await documents.status_of(status["id"]))["document"]["state"] == "shared"


async def test_a_name_the_merchant_trades_under_is_no_other_sender(documents):
    await documents.open_shop(trading_names="Wärmedienst Augsburg\nLieferant  GmbH")
    await documents.add_customer()
    assert (await documents.made(file=einvoice()))["document"]["state"] == "shared"


async def test_the_merchants_tax_number_is_enough_under_another_name(documents):
    await documents.open_shop()
    await documents.add_customer()
    status = await documents.made(file=einvoice(name="Haustechnik Brunner", vat_id="DE 123 456 789"))
    assert status["document"]["state"] == "shared"


async def test_the_seller_of_a_self_billed_invoice_is_the_customer_and_no_stranger(documents):
    await documents.open_shop()
    await documents.add_customer()
    assert (await documents.made(file=einvoice("389")))["document"]["issues"] == []


async def test_an_unknown_currency_is_refused_naming_the_field(documents):
    refused = await documents.submit(invoice(currency="XXQ"))
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        422,
        "unknown_currency",
        "currency",
    )


async def test_a_number_that_another_document_has_is_refused(documents):
    await documents.open_shop()
    await documents.add_customer()
    await documents.made(invoice())
    refused = await documents.submit(invoice(external_id="another"))
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, "duplicate_number", "number")


async def test_an_invoice_that_breaks_the_rules_is_not_issued_and_takes_no_number(documents):
    await documents.open_shop()
    await documents.add_customer()
    broken = invoice(number="", external_id="x", lines=[
        {"name": "Leistung", "quantity": "1", "net_price": "10.00", "tax_category": "S", "tax_rate": "0"}])  # fmt: skip
    answer = await documents.submit(broken)
    if answer.status_code == 202:
        status = await documents.status(answer)
        assert status["status"] == "rejected"
        assert status["error"]["errors"]
    else:
        assert answer.status_code == 422
    good = await documents.made(invoice(number="", external_id="y"))
    assert good["document"]["number"] == "RE-2026-0001"


async def test_numbers_have_no_gaps_and_no_doubles_under_concurrency(documents):
    await documents.open_shop()
    await documents.add_customer()
    answers = await asyncio.gather(*(documents.submit(invoice(number="", external_id=f"erp-{i}")) for i in range(12)))
    numbers = [(await documents.status(answer))["document"]["number"] for answer in answers]
    assert sorted(numbers) == [f"RE-2026-{i:04d}" for i in range(1, 13)]


async def test_a_number_once_given_keeps_type_and_year(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    await documents.made(invoice(number="", external_id="x"))
    same = await documents.made(invoice(number="", external_id="x", due_date="2026-12-24"))
    assert same["document"]["number"] == "RE-2026-0001"
    answer = await documents.submit(invoice(number="", external_id="x", type="credit_note"))
    assert (answer.status_code, answer.json()["status"]) == (202, "rejected")
    other = await documents.status(answer)
    assert (other["status"], other["error"]["code"]) == ("rejected", "number_given")


async def test_documents_that_name_each_other_share_a_thread(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    await documents.made(invoice(type="quote", number="AN-1", external_id="q"))
    await documents.made(invoice(number="RE-1", external_id="r", references=[{"kind": "quote", "number": "AN-1"}]))
    async with documents.app.state.db.connection() as connection, connection.transaction():
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(documents.merchant))
        assert await connection.fetchval("SELECT count(DISTINCT thread_id) FROM document") == 1


async def test_another_merchants_documents_are_not_there(documents):
    await documents.open_shop()
    await documents.add_customer()
    status = await documents.made(invoice())
    stranger = documents.auth("service", "documents:release", "documents:submit", merchant=uuid7())
    document = status["document"]["id"]
    for path in (
        f"/v1/documents/{document}/pdf",
        f"/v1/documents/{document}/history",
        f"/v1/submissions/{status['id']}",
    ):
        assert (await documents.http.get(path, headers=stranger)).status_code == 404, path
    for action in ("share", "withdraw", "cancel"):
        answer = await documents.http.post(f"/v1/documents/{document}/{action}", headers=stranger, json={})
        assert answer.status_code == 404, action


async def test_without_automatic_release_staff_release_together(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    ready = (await documents.made(invoice()))["document"]["id"]
    stuck = (
        await documents.made(
            invoice(number="2", external_id="2", customer_number="no", buyer={"name": "Wer", "address": {"city": "Wo"}})
        )
    )["document"]["id"]
    answer = await documents.http.post(
        "/v1/releases", headers=documents.auth("documents:release"), json={"ids": [ready, stuck]}
    )
    assert [entry["id"] for entry in answer.json()["released"]] == [ready]
    assert answer.json()["refused"][0]["error"]["code"] == "unmatched_customer"


async def test_a_shared_document_can_be_cancelled_by_the_erp_and_stays_cancelled(documents):
    await documents.open_shop()
    await documents.add_customer()
    await documents.made(invoice())
    for _ in range(2):
        answer = await documents.http.post(
            "/v1/documents/by-external-id/erp-1042/cancel", headers=documents.auth("documents:submit"),
            json={"reason": "Storno"},
        )  # fmt: skip
        assert answer.status_code == 200
    assert (await documents.facts()).count("documents.document.cancelled.v1") == 1


async def test_what_was_handed_in_is_a_document_before_the_answer_comes(documents):
    await documents.open_shop()
    await documents.add_customer()
    answer = await documents.submit(invoice())
    async with documents.app.state.db.transaction(documents.merchant) as session:
        query = text(
            "SELECT s.status, d.number FROM submission s JOIN document d ON d.id = s.document_id WHERE s.id = :id"
        )
        row = (await session.execute(query, {"id": answer.json()["id"]})).one()
    assert (row.status, row.number) == ("processed", "RE-1042")


async def test_the_same_key_at_once_with_different_bytes_makes_one_document_and_no_gap(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    dues = [f"2026-12-{day:02d}" for day in range(1, 6)]
    answers = await asyncio.gather(*(documents.submit(invoice(number="", due_date=due)) for due in dues))
    found = [(await documents.status(answer))["document"] for answer in answers]
    assert {(document["id"], document["number"]) for document in found} == {(found[0]["id"], "RE-2026-0001")}
    following = await documents.made(invoice(number="", external_id="y"))
    assert following["document"]["number"] == "RE-2026-0002"


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


async def test_a_fault_of_ours_is_told_as_one_and_not_tried_again(documents, monkeypatch):
    await documents.open_shop()
    await documents.add_customer()
    prepared = []

    async def counted(*given):
        prepared.append(given)
        return await issuing.prepare(*given)

    columns = store_document.columns
    monkeypatch.setattr(intake, "prepare", counted)
    monkeypatch.setattr(store_document, "columns", lambda data: columns(data) | {"gross_minor": None})
    assert (await documents.submit(invoice())).status_code == 500
    assert len(prepared) == 1


async def test_a_document_and_the_customer_it_waits_for_find_each_other_when_both_come_at_once(documents):
    await documents.open_shop()
    for number in range(5):
        data = invoice(number="", external_id=f"erp-{number}", customer_number=str(number))
        answer, _ = await asyncio.gather(documents.submit(data), documents.add_customer(number=str(number)))
        assert (await documents.status(answer))["document"]["state"] == "shared"
