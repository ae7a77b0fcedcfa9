"""What is written on a document reaches the other side by mail: several comments within minutes in one."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from intake_mails import INTAKE

from kontor.documents.v1.documents_pb2 import (
    Comment,
    CommentAdded,
    CommentChanged,
    CommentDeleted,
    Document,
    Responsible,
)
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_service.events import instant


@pytest.fixture(scope="module")
def more_settings() -> dict[str, Any]:
    return {**INTAKE, "admin_public_url": "https://admin.example"}


def a_comment(document: Document, number: int, text: str, *, author: str = "staff") -> Comment:
    return Comment(
        id=str(UUID(int=number + 1)), merchant_id=document.merchant_id, epoch=1, version=1, document_id=document.id,
        customer_id=document.customer_id, number=number, author_kind=author, author=f"{author}:1",
        author_name="Martin Wagner" if author == "staff" else "Erika Müller", text=text, source="admin",
        created_at=instant(datetime(2026, 3, 3, 9, number, tzinfo=UTC)), document_type=document.type, document_number=document.number,
    )  # fmt: skip


async def test_what_staff_write_reaches_the_customer_in_one_mail(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(
        CommentAdded(comment=a_comment(document, 1, "Wir kommen am Dienstag.\nPasst das?")),
        CommentAdded(comment=a_comment(document, 2, "Oder am Mittwoch.")),
    )
    await desk.end_pauses()
    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]
    assert mail["subject"] == "Nachricht von Elektro Wagner GmbH zu Ihrem Dokument RE-2026-0042"
    assert "Wir kommen am Dienstag.\nPasst das?" in mail["text"].replace("\r\n", "\n")
    assert "Oder am Mittwoch." in mail["text"]
    assert "Martin Wagner" in mail["html"]
    assert mail["links"][0].startswith("https://portal.example/l/")
    assert "antwort+a1-" in mail["reply_to"]


async def test_what_a_customer_writes_reaches_the_merchant(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(CommentAdded(comment=a_comment(document, 1, "Bitte später.", author="customer")))
    await desk.end_pauses()
    [mail] = await desk.mails(1)
    assert mail["to"] == [merchant.contact_email]
    assert mail["subject"] == "Bäckerei Müller hat zu Rechnung RE-2026-0042 geschrieben"
    assert f"https://admin.example/dokumente/{document.id}" in mail["links"]
    # An answer by mail would be written in the customer's name.
    assert "antwort+" not in mail["reply_to"]


async def test_the_responsible_person_is_told_first(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    document.responsible.CopyFrom(Responsible(name="Kim Berger", email="kim@elektro-wagner.example"))
    await desk.know(merchant, customer, document)
    await desk.tell(CommentAdded(comment=a_comment(document, 1, "Bitte später.", author="customer")))
    await desk.end_pauses()
    [mail] = await desk.mails(1)
    assert mail["to"] == ["kim@elektro-wagner.example"]


@pytest.mark.parametrize("change", ["read", "taken back"])
async def test_what_is_read_or_taken_back_needs_no_mail(
    desk: Any, merchant: Merchant, customer: Customer, document: Document, change: str
) -> None:
    await desk.know(merchant, customer, document)
    comment = a_comment(document, 1, "Wir kommen am Dienstag.")
    await desk.tell(CommentAdded(comment=comment))
    comment.version = 2
    if change == "read":
        comment.read_at.CopyFrom(comment.created_at)
        await desk.tell(CommentChanged(comment=comment))
    else:
        comment.deleted = True
        await desk.tell(CommentDeleted(comment=comment))
    await desk.end_pauses()
    [mail] = await desk.log("suppressed")
    assert mail["error"] == "comments_read"
    await desk.mails(0)
