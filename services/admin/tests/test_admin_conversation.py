"""Customers' questions on the document's page, staff's answers and notes among themselves, and the list of what is open."""

from typing import Any
from uuid import uuid4

from admin_shop import NOW, Shop, answer_of

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2


def said(shop: Shop, document: str, number: int = 1, **more: Any) -> documents_pb2.CommentSnapshot:
    values = {
        "author_kind": "customer", "author": "contact:1", "author_name": "Anna Seidel", "text": "Wann kommen Sie?",
        "source": "portal", "id": str(uuid4()), "version": 1, "created_at": NOW,
    } | more  # fmt: skip
    merchant = str(shop.merchant_id)
    return documents_pb2.CommentSnapshot(
        comment=documents_pb2.Comment(merchant_id=merchant, epoch=1, document_id=document, number=number, **values)
    )


async def commentable(shop: Shop) -> str:
    """The id of a shared invoice whose customers may comment."""
    customer = shop.customer("20931", "Seidel Optik")
    invoice = shop.document("RE-1", customer_id=customer.customer.id)
    kinds = [identity_pb2.DocumentTypeSettings(type="invoice", visible=True, can_comment=True)]
    await shop.told(customer, invoice, shop.merchant(document_types=kinds, version=9))
    return str(invoice.document.id)


async def test_a_question_waits_on_the_board_and_in_its_list_until_it_is_answered(shop: Shop) -> None:
    document = await commentable(shop)
    question = said(shop, document)
    await shop.told(question)
    for path in ("/", "/fragen"):
        assert "Wann kommen Sie?" in await shop.page(path)
    question.comment.version, question.comment.answered_at.seconds = 2, 1_800_000_000
    await shop.told(question)
    assert "Alles beantwortet" in await shop.page("/fragen")
    assert "Wann kommen Sie?" in await shop.page(f"/dokumente/{document}")


async def test_an_answer_goes_to_the_owner_and_is_seen_at_once(shop: Shop) -> None:
    document = await commentable(shop)
    path = f"/v1/documents/{document}/comments"
    answer = said(shop, document, 2, author_kind="staff", author="staff:1", author_name="Jonas", text="Am Montag.")
    shop.owners.answers["POST", path] = answer_of(answer)
    sent = await shop.post(f"/dokumente/{document}/kommentare", {"text": "Am Montag.", "seen": "1", "key": "k"})
    assert (sent.status_code, sent.headers["location"]) == (303, f"/dokumente/{document}#talk-end")
    assert "Am Montag." in await shop.page(f"/dokumente/{document}")


async def test_a_refused_answer_comes_back_with_what_was_typed(shop: Shop) -> None:
    document = await commentable(shop)
    shop.owners.refuse(
        "POST", f"/v1/documents/{document}/comments", 409, code="comments_not_allowed", detail="Ausgeschaltet."
    )
    sent = await shop.post(f"/dokumente/{document}/kommentare", {"text": "Am Montag.", "key": "k"})
    assert sent.status_code == 409
    assert "Ausgeschaltet." in sent.text
    assert "Am Montag." in sent.text


async def test_notes_stand_apart_from_the_conversation(shop: Shop) -> None:
    document = await commentable(shop)
    note = documents_pb2.NoteSnapshot(note=documents_pb2.Note(
        id=str(uuid4()), merchant_id=str(shop.merchant_id), epoch=1, version=1, document_id=document, author="staff:1",
        author_name="Jonas", text="Zahlt erst nach Anruf.", created_at=NOW,
    ))  # fmt: skip
    shop.owners.answers["POST", f"/v1/documents/{document}/notes"] = answer_of(note)
    assert (await shop.post(f"/dokumente/{document}/notizen", {"text": "Zahlt erst nach Anruf."})).status_code == 303
    page = await shop.page(f"/dokumente/{document}")
    assert page.index('id="notes"') < page.index("Zahlt erst nach Anruf.")


async def test_another_merchants_conversation_is_not_there(shop: Shop) -> None:
    foreign = shop.document("RE-9", merchant_id=str(uuid4()))
    question = said(shop, foreign.document.id)
    question.comment.merchant_id = foreign.document.merchant_id
    await shop.told(foreign, question)
    assert "Wann kommen Sie?" not in await shop.page("/fragen")
    await shop.page(f"/dokumente/{foreign.document.id}", 404)


async def test_the_merchant_sees_who_read_first(shop: Shop) -> None:
    document = await commentable(shop)
    mark = documents_pb2.ReadMark(
        id=str(uuid4()), merchant_id=str(shop.merchant_id), epoch=1, version=1, document_id=document, reader="contact:1",
        reader_name="Anna Seidel", revision=1, first_read_at=NOW, read_at=NOW,
    )  # fmt: skip
    await shop.told(documents_pb2.ReadMarkSnapshot(read_mark=mark))
    assert "zuerst gelesen von Anna Seidel" in await shop.page(f"/dokumente/{document}")
