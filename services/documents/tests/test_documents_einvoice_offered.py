"""The e-invoice that is offered beside the PDF."""

from uuid import UUID

from documents_to_release import invoice

from kontor_documents import queries
from kontor_documents.einvoice.offer import offered
from kontor_service.errors import Unavailable
from kontor_service.ids import uuid7


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
