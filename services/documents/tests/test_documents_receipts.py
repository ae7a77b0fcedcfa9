"""Receipts: who took the money and at which register, as the merchant shows it."""

import io

import orjson
import pytest
from documents_to_release import invoice
from pypdf import PdfReader
from sqlalchemy import text

from kontor.documents.v1 import documents_pb2 as pb
from kontor.identity.v1 import identity_pb2
from kontor_documents.content.model import DocumentData
from kontor_documents.intake.defaults import with_merchant_settings

BOTH = {"name": "Mia Kern", "reference": "K-7"}


def receipt(**changes):
    sold = {"type": "receipt", "number": "BL-1", "cashier": BOTH, "register": "Kasse 2"}
    return {name: value for name, value in (invoice() | sold | changes).items() if name != "due_date"}


async def state_of(documents, submission):
    """As the bus says it."""
    async with documents.app.state.db.transaction(documents.merchant) as session:
        query = text("SELECT payload FROM outbox WHERE type = 'documents.document.shared.v1' ORDER BY id DESC LIMIT 1")
        state = pb.DocumentShared.FromString((await session.execute(query)).scalar_one()).document
    assert state.id == submission["document"]["id"]
    return state


async def content_of(documents, state):
    answer = await documents.http.get(f"/v1/content/{state.content_sha256}", headers=documents.auth("service"))
    return answer.json()


async def test_the_merchant_says_what_customers_read_of_the_cashier(documents):
    await documents.open_shop(receipt_cashier="reference")
    await documents.add_customer()
    state = await state_of(documents, await documents.made(receipt()))
    assert (state.cashier.name, state.cashier.reference, state.register) == ("", "K-7", "Kasse 2")
    content = await content_of(documents, state)
    assert (content["cashier"], content["register"]) == ({"name": "", "reference": "K-7"}, "Kasse 2")


async def test_data_beside_a_pdf_brings_cashier_and_register_too(documents, blank_pdf):
    await documents.open_shop(receipt_cashier="name")
    await documents.add_customer()
    state = await state_of(documents, await documents.made(receipt(), file=blank_pdf, media_type="application/pdf"))
    assert (state.cashier.name, state.cashier.reference, state.register) == ("Mia Kern", "", "Kasse 2")
    assert b"K-7" not in orjson.dumps(await content_of(documents, state))


async def test_the_pdf_names_cashier_and_register(documents):
    await documents.open_shop()
    await documents.add_customer()
    state = await state_of(documents, await documents.made(receipt()))
    found = await documents.http.get(f"/v1/documents/{state.id}/pdf", headers=documents.auth("service"))
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(found.content)).pages)
    assert "Mia Kern" in printed
    assert "Kasse 2" in printed


@pytest.mark.parametrize(
    ("shown", "given", "kept"),
    [
        ("name", BOTH, {"name": "Mia Kern", "reference": ""}),
        ("reference", BOTH, {"name": "", "reference": "K-7"}),
        ("reference", {"name": "Mia Kern"}, {"name": "Mia Kern", "reference": ""}),
        ("name", {"reference": "K-7"}, {"name": "", "reference": "K-7"}),
    ],
)
def test_what_is_not_shown_is_not_kept_but_where_there_is_nothing_else(shown, given, kept):
    data = DocumentData.model_validate(receipt(cashier=given))
    merchant = identity_pb2.Merchant(receipt_cashier=shown)
    assert with_merchant_settings(data, merchant).cashier.model_dump() == kept
