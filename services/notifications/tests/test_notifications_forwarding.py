"""A forwarded quote reaches the colleague, and nobody who does not see quotes gets mails about them (B18)."""

from typing import Any

from kontor.documents.v1.documents_pb2 import Document, DocumentForwarded, DocumentShared
from kontor.identity.v1.identity_pb2 import Customer, Merchant


async def test_a_forwarded_quote_reaches_the_colleague_with_a_link_of_their_own(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.type, document.state = "quote", "shared"
    sam = customer.contacts[1]
    await desk.know(merchant, customer)
    await desk.tell(DocumentForwarded(document=document, contact_id=sam.id, actor="contact:x Erika"))

    [mail] = await desk.mails(1)

    assert mail["to"] == [sam.email]
    assert f"https://portal.example/l/{document.id}.1" in mail["links"]


async def test_who_does_not_see_quotes_gets_no_mail_about_one(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.type = "quote"
    for person in customer.contacts:
        person.gets_quotes = True
    customer.contacts[0].document_types.append("invoice")
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))

    [mail] = await desk.mails(1)

    assert mail["to"] == [customer.contacts[1].email]


async def test_a_quote_that_shows_once_accepted_is_mailed_to_nobody(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.type = "quote"
    merchant.document_types.add(type="quote", visible=True, visible_from="accepted")
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))

    [row] = await desk.log("failed")

    assert row["recipient"] == ""
