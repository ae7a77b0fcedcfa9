"""E-invoices of another sender wait until staff let them go."""

import io

import pytest
from documents_of_an_erp import invoice
from pypdf import PdfReader

from kontor.identity.v1 import identity_pb2
from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_ubl
from kontor_documents.models import Document
from kontor_documents.release.rules import foreign_seller


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


async def test_the_merchants_name_with_another_vat_id_is_another_sender(documents):
    await documents.open_shop()
    await documents.add_customer()
    status = await documents.made(file=einvoice(name="Brunner Haustechnik GmbH", vat_id="DE999999999"))
    assert [(issue["code"], issue["params"]) for issue in status["document"]["issues"]] == [
        ("foreign_seller", {"name": "Brunner Haustechnik GmbH, DE999999999"})
    ]


@pytest.mark.parametrize(
    ("seller", "merchant", "foreign"),
    [
        ({"vat_id": "DE999999999"}, {}, True),
        ({"vat_id": "ATU12345678"}, {}, True),
        ({"vat_id": ""}, {}, False),
        ({"vat_id": "123 456 789"}, {}, False),
        ({"vat_id": "de-123.456.789"}, {}, False),
        ({"vat_id": "DE999999999", "tax_number": "103/115/20459"}, {"tax_number": "103 115 20459"}, False),
        ({"vat_id": "", "tax_number": "1/2/3"}, {"tax_number": "103 115 20459"}, False),
        ({"vat_id": "DE999999999"}, {"vat_id": ""}, False),
        ({"vat_id": "DE999999999"}, {"trading_names": "Mu\u0308ller  gmbh"}, False),
        ({"name": "Mu\u0308ller GmbH", "vat_id": ""}, {}, False),
        ({"name": "Müller AG", "vat_id": ""}, {}, True),
        ({"name": "", "vat_id": "DE999999999"}, {}, True),
    ],
)
def test_names_and_vat_ids_are_compared_as_people_read_them(seller, merchant, foreign):
    known = {"name": "Müller GmbH", "vat_id": "", "tax_number": ""} | seller
    held = foreign_seller(
        Document(facts={"seller": known}),
        identity_pb2.Merchant(**{"name": "MÜLLER GmbH", "vat_id": "DE123456789"} | merchant),
    )
    assert bool(held) is foreign


async def test_the_seller_of_a_self_billed_invoice_is_the_customer_and_no_stranger(documents):
    await documents.open_shop()
    await documents.add_customer(roles=["supplier"])
    assert (await documents.made(file=einvoice("389")))["document"]["issues"] == []
