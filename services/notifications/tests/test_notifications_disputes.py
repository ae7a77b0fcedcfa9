"""A contested payment is told to those who deal with payments, with the day by which they have to answer."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from google.protobuf.timestamp_pb2 import Timestamp

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant, StaffMember
from kontor.payments.v1.payments_pb2 import Dispute, DisputeChanged, DisputeOpened


def contested(document: Document, **said: Any) -> DisputeOpened:
    deadline = Timestamp()
    deadline.FromDatetime(datetime(2026, 12, 5, 17, 8, tzinfo=UTC))
    told = {
        "id": str(uuid4()), "merchant_id": document.merchant_id, "epoch": 1, "version": 1, "payment_id": str(uuid4()),
        "document_id": document.id, "document_number": document.number, "customer_id": document.customer_id, "amount_minor": 6900,
        "currency": "EUR", "state": "needs_response", "reason": "not_received", "provider": "stripe", "respond_by": deadline,
    } | said  # fmt: skip
    return DisputeOpened(dispute=Dispute(**{name: value for name, value in told.items() if value is not None}))


def member(merchant: Merchant, name: str, role: str, **said: Any) -> StaffMember:
    return StaffMember(
        id=str(uuid4()), merchant_id=merchant.id, epoch=1, version=1, name=name, email=f"{name.lower()}@brunner.example", role=role,
        **{"active": True, **said},
    )  # fmt: skip


async def test_who_may_book_payments_is_told_of_a_dispute_with_its_deadline(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    team = (
        member(merchant, "Olga", "owner"), member(merchant, "Anton", "accounting"), member(merchant, "Sven", "sales"),
        member(merchant, "Gustav", "owner", active=False),
    )  # fmt: skip
    await desk.know(merchant, customer, document, *team)
    event = contested(document)
    await desk.tell(event)
    mails = await desk.mails(2)
    assert sorted(mail["to"][0] for mail in mails) == ["anton@brunner.example", "olga@brunner.example"]
    text = " ".join(mails[0]["text"].split())
    assert mails[0]["subject"] == f"Zahlung angefochten: 69,00 € für {document.number}"
    assert "bei Stripe angefochten: nicht erhalten." in text
    # In another year the date has its year, too.
    assert re.search(r"Bitte antworten Sie bei Stripe bis zum 5\. Dezember( 2026)?, 18:08\.", text)
    assert f"/zahlungen/{event.dispute.payment_id}" in text


async def test_an_inquiry_is_told_as_one_that_has_taken_no_money(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(contested(document, is_inquiry=True))
    [mail] = await desk.mails(1)
    text = " ".join(mail["text"].split())
    assert "Das Geld haben Sie noch" in text
    assert "behält Stripe das Geld ein" not in text


async def test_a_dispute_without_a_deadline_asks_for_nothing(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(contested(document, state="under_review", respond_by=None))
    [mail] = await desk.mails(1)
    assert mail["to"] == [merchant.contact_email]
    assert "Sie müssen im Moment nichts tun." in " ".join(mail["text"].split())


async def test_a_new_deadline_is_told_and_the_merchants_own_answer_is_not(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    first = contested(document).dispute
    await desk.tell(DisputeChanged(dispute=contested(document, id=first.id, version=2, state="under_review").dispute))
    later = Timestamp()
    later.FromDatetime(datetime(2026, 12, 19, 17, 8, tzinfo=UTC))
    await desk.tell(DisputeChanged(dispute=contested(document, id=first.id, version=3, respond_by=later).dispute))
    [mail] = await desk.mails(1)
    assert mail["subject"] == f"Neue Frist: angefochtene Zahlung über 69,00 € für {document.number}"
    assert re.search(r"bis zum 19\. Dezember( 2026)?, 18:08\.", " ".join(mail["text"].split()))
