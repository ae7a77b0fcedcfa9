"""Mails about accounts and payments."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import (
    Challenge,
    ChallengeIssued,
    ContactAccessActivated,
    ContactInvited,
    Customer,
    Merchant,
    NoticeRecipient,
    SecurityEvent,
    SecurityEventRecorded,
)
from kontor.payments.v1.payments_pb2 import Payment, PaymentFailed, PaymentPending, PaymentSucceeded, Receivable

REFERENCE = "01920000-0000-7000-8000-0000000000cc"


def in_an_hour(hours: float = 1) -> Timestamp:
    stamp = Timestamp()
    stamp.FromDatetime(datetime.now(UTC) + timedelta(hours=hours))
    return stamp


def challenge(merchant: Merchant, kind: str, **changes: Any) -> ChallengeIssued:
    values = {"email": "erika@example.org", "name": "Erika Müller", "language": "de", "expires_at": in_an_hour()}
    state = Challenge(id=REFERENCE, merchant_id=merchant.id, epoch=1, version=1, kind=kind, **{**values, **changes})
    return ChallengeIssued(challenge=state)


async def test_an_invitation_carries_the_link_that_identity_makes(
    desk: Any, merchant: Merchant, customer: Customer
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(
        ContactInvited(
            customer=customer, contact_id=customer.contacts[1].id, invitation_id=REFERENCE, expires_at=in_an_hour(48)
        )
    )
    [mail] = await desk.mails(1)
    assert mail["to"] == ["sam@baeckerei-mueller.example"]
    assert mail["subject"] == "Your access to the customer portal of Elektro Wagner GmbH"
    assert f"https://portal.example/passwort/{REFERENCE}" in mail["links"]


async def test_who_has_accepted_an_invitation_gets_the_address_of_the_portal(
    desk: Any, merchant: Merchant, customer: Customer
) -> None:
    await desk.know(merchant, customer)
    await desk.tell(ContactAccessActivated(customer=customer, contact_id=customer.contacts[0].id))
    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]
    assert mail["subject"] == "Willkommen im Kundenportal von Elektro Wagner GmbH"
    assert mail["links"] == ["https://portal.example/elektro-wagner"]
    assert "mit erika@baeckerei-mueller.example und Ihrem Passwort" in mail["text"]


async def test_a_password_reset_carries_its_link_and_nothing_else(desk: Any, merchant: Merchant) -> None:
    await desk.know(merchant)
    await desk.tell(challenge(merchant, "password_reset"))
    [mail] = await desk.mails(1)
    assert mail["links"] == [f"https://portal.example/passwort/{REFERENCE}"]


async def test_a_log_in_code_is_in_the_mail_and_nowhere_else(desk: Any, merchant: Merchant) -> None:
    await desk.know(merchant)
    await desk.tell(challenge(merchant, "login_code"))
    [mail] = await desk.mails(1)
    assert "482913" in mail["text"]
    assert "482913" not in mail["subject"]
    rows = await desk.rows(
        "SELECT to_jsonb(m)::text AS row FROM mail m UNION ALL SELECT encode(payload, 'escape') FROM outbox"
    )
    assert all("482913" not in row["row"] for row in rows)


async def test_who_is_told_of_a_security_event_reads_what_and_when_in_their_language(
    desk: Any, merchant: Merchant
) -> None:
    await desk.know(merchant)
    event = SecurityEvent(
        id=REFERENCE, merchant_id=merchant.id, epoch=1, version=1, kind="bank_changed", at=in_an_hour(0), ip="192.0.2.7"
    )
    people = [
        NoticeRecipient(email="olga@wagner.example", name="Olga Owner", language="de"),
        NoticeRecipient(email="old@wagner.example", language="en"),
    ]
    await desk.tell(SecurityEventRecorded(security_event=event, recipients=people))
    mails = {mail["to"][0]: mail for mail in await desk.mails(2)}
    assert mails["olga@wagner.example"]["subject"] == "Bankverbindung geändert: Ihr Zugang bei Elektro Wagner GmbH"
    assert mails["old@wagner.example"]["subject"] == "Bank account changed: your access at Elektro Wagner GmbH"
    assert "(192.0.2.7)" in mails["old@wagner.example"]["text"]


async def test_what_has_expired_is_not_sent(desk: Any, merchant: Merchant) -> None:
    await desk.know(merchant)
    await desk.tell(challenge(merchant, "login_code", expires_at=in_an_hour(-1)))
    [row] = await desk.log("suppressed")
    assert row["error"] == "expired"
    assert desk.peers.asked("/v1/challenges") == []


def paid(
    event: Any, document: Document, *, provider: str = "sandbox", failure: str = "insufficient_funds", **changes: Any
) -> Any:
    receivable = Receivable(
        id=REFERENCE, merchant_id=document.merchant_id, epoch=1, version=2, document_id=document.id, currency="EUR",
        document_number=document.number, customer_id=document.customer_id, due_minor=78719, **changes,
    )  # fmt: skip
    payment = Payment(id=REFERENCE, merchant_id=document.merchant_id, epoch=1, version=1, amount_minor=78719,
                      currency="EUR", method="sepa_debit", provider=provider, failure=failure)  # fmt: skip
    return event(receivable=receivable, payment=payment)


@pytest.mark.parametrize(
    ("event", "subject", "words"),
    [
        (PaymentSucceeded, "Zahlung erhalten: 787,19\u00a0€ für RE-2026-0042", "bei uns eingegangen"),
        (PaymentPending, "Zahlung unterwegs: 787,19\u00a0€ für RE-2026-0042", "ist unterwegs"),
        (PaymentFailed, "Zahlung fehlgeschlagen: RE-2026-0042", "Das Konto war nicht gedeckt."),
    ],
)
async def test_the_payer_hears_what_became_of_a_payment(
    desk: Any, merchant: Merchant, customer: Customer, document: Document, event: Any, subject: str, words: str
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(paid(event, document))
    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]
    # A subject folds at its spaces, so a no-break space in it arrives as it is or as a plain one.
    assert mail["subject"].replace("\u00a0", " ") == subject.replace("\u00a0", " ")
    assert words in mail["text"]


async def test_who_was_refused_on_the_providers_page_gets_no_mail_about_it(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(paid(PaymentFailed, document, failure="card_declined"))
    assert await desk.rows("SELECT id FROM mail") == []


@pytest.mark.parametrize("provider", ["erp", "staff", "statement"])
@pytest.mark.parametrize("event", [PaymentSucceeded, PaymentFailed])
async def test_what_the_merchant_booked_itself_is_not_mailed(
    desk: Any, merchant: Merchant, customer: Customer, document: Document, event: Any, provider: str
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(paid(event, document, provider=provider))
    assert await desk.rows("SELECT id FROM mail") == []
