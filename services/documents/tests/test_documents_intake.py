"""From the door to the release list and to the customer."""

import io
import unicodedata
from urllib.parse import quote

import pikepdf
import pytest
from documents_of_an_erp import invoice, plain_pdf
from pypdf import PdfReader
from sqlalchemy import text

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_ubl
from kontor_documents.intake import issuing, store_document
from kontor_documents.intake import service as intake
from kontor_service.ids import uuid7


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


async def test_a_reminders_pdf_names_the_reference_of_the_invoices_it_reminds_of(documents):
    await documents.open_shop()
    await documents.add_customer()
    account = {"payment_means": [{"code": "58", "account": {"iban": "DE89370400440532013000", "holder": "Brunner"}}]}
    await documents.made(invoice(payment_reference="RF18539007547034"))
    named = [{"kind": "invoice", "number": number} for number in ("RE-1042", "RE-9")]
    reminder = {"type": "reminder", "number": "M-1", "external_id": "m-1", "references": named, "cash_discounts": []}
    made = await documents.made(invoice(**reminder, **account))
    assert "RF18539007547034, RE-9" in await text_of(documents, made["document"]["id"])


async def text_of(documents, document: str) -> str:
    pdf = await documents.http.get(f"/v1/documents/{document}/pdf", headers=documents.auth("service"))
    assert pdf.status_code == 200, pdf.text
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)


async def test_a_reminder_that_staff_assign_names_the_references_of_that_customers_invoices(documents):
    await documents.open_shop()
    customer = await documents.add_customer()
    account = {"payment_means": [{"code": "58", "account": {"iban": "DE89370400440532013000", "holder": "Brunner"}}]}
    await documents.made(invoice(payment_reference="RF18539007547034"))
    named = [{"kind": "invoice", "number": "RE-1042"}]
    reminder = {"type": "reminder", "number": "M-1", "external_id": "m-1", "references": named, "cash_discounts": []}
    buyer = {"name": "Seidel", "address": {"city": "Augsburg"}}
    made = await documents.made(invoice(**reminder, **account, customer_number="999", buyer=buyer))
    assert "RF18539007547034" not in await text_of(documents, made["document"]["id"])
    assigned = await documents.http.post(
        f"/v1/documents/{made['document']['id']}/assign", headers=documents.auth("documents:release"),
        json={"customer_id": str(customer)},
    )  # fmt: skip
    assert assigned.status_code == 200
    await documents.at_rest()
    assert "RF18539007547034" in await text_of(documents, made["document"]["id"])


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


@pytest.mark.parametrize(
    "header",
    [
        quote("Übersicht März.xml"),
        quote(unicodedata.normalize("NFD", "Übersicht März.xml")),
        "Übersicht März.xml".encode(),
    ],
)
async def test_the_name_of_a_file_keeps_its_letters(documents, header):
    await documents.open_shop()
    made = await documents.submit(file=b"<a/>", **{"X-Kontor-Source": "upload", "X-Kontor-File-Name": header})
    assert (await documents.status(made))["file_name"] == "Übersicht März.xml"


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


async def test_an_unknown_currency_is_refused_naming_the_field(documents):
    refused = await documents.submit(invoice(currency="XXQ"))
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        422,
        "unknown_currency",
        "currency",
    )


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
