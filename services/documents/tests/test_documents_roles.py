"""For whom a document is: the roles of its customer, and who bills whom."""

import pytest
from documents_to_release import invoice

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.identity.v1 import identity_pb2
from kontor_documents.content.model import DocumentData
from kontor_documents.content.roles import direction_of, roles_of


def said(type="invoice", **more):
    return DocumentData.model_validate({"type": type, "issue_date": "2026-11-12", **more})


@pytest.mark.parametrize(
    ("data", "roles", "direction"),
    [
        (said(), ["customer", "partner"], "outgoing"),
        (said(type_code="389"), ["supplier", "partner"], "incoming"),
        (said("credit_note"), ["customer", "supplier", "partner"], "outgoing"),
        (said("credit_note", type_code="261"), ["supplier", "partner"], "incoming"),
        (said("purchase_order"), ["supplier", "partner"], None),
        (said("receipt"), ["customer", "partner"], None),
    ],
)
def test_type_and_seller_say_for_whom_a_document_is(data, roles, direction):
    assert roles_of(data) == roles
    assert direction_of(data) == direction


@pytest.mark.parametrize("type", list(DocumentType))
def test_every_type_is_for_somebody(type):
    assert roles_of(said(type))


async def test_a_document_for_other_roles_waits_until_the_customer_has_one(documents):
    await documents.open_shop()
    customer = await documents.add_customer()
    held = await documents.made(invoice(type="purchase_order"))
    assert [issue["code"] for issue in held["document"]["issues"]] == ["role_hidden"]
    supplier = documents.customer(id=customer, version=2, roles=["customer", "supplier"])
    await documents.tell(identity_pb2.CustomerChanged(customer=supplier))
    assert (await documents.status_of(held["id"]))["document"]["state"] == "shared"
