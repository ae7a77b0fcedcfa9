"""A shared document becomes a mail."""

from typing import Any

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor.identity.v1.identity_pb2 import Customer, Merchant


def another(document: Document, number: int, **changes: Any) -> Document:
    copy = Document()
    copy.CopyFrom(document)
    copy.id = f"01920000-0000-7000-8000-0000000001{number:02}"
    copy.number = f"RE-2026-01{number:02}"
    for name, value in changes.items():
        setattr(copy, name, value)
    return copy


async def test_a_shared_invoice_reaches_the_contact_person_with_its_link(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(DocumentShared(document=document))
    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]
    assert mail["subject"] == "Ihre Rechnung RE-2026-0042 von Elektro Wagner GmbH"
    assert f"https://portal.example/l/{document.id}.1" in mail["links"]
    assert "787,19\u00a0€" in mail["text"]
    assert mail["attachments"] == []
    [row] = await desk.log("sent")
    assert (row["attempts"], row["subject"], row["document_number"]) == (1, mail["subject"], "RE-2026-0042")
