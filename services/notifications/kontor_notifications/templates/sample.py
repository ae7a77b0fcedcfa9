"""A document, a customer, a payment and meter readings for previews of merchants who have none yet."""

from datetime import UTC, date, datetime, time, timedelta

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer
from kontor.meters.v1.meters_pb2 import InvitedMeter, ReadingInvitation
from kontor_notifications.rendering.facts import Payment, Reading
from kontor_notifications.templates import kinds
from kontor_notifications.words import Language


def customer(language: Language) -> Customer:
    name = {"de": "Mustermann GmbH", "en": "Sample Ltd"}[language]
    return Customer(name=name, number="10001", email="info@example.com")


def contact_name(language: Language) -> str:
    return {"de": "Erika Mustermann", "en": "Alex Sample"}[language]


def document(document_type: str, today: date) -> Document:
    return Document(
        id="00000000-0000-0000-0000-000000000000",
        type=document_type or "invoice",
        number="2026-0815",
        title={"contract": "Wartungsvertrag"}.get(document_type, ""),
        state="shared",
        issue_date=today.isoformat(),
        due_date=(today + timedelta(days=14)).isoformat(),
        valid_until=(today + timedelta(days=30)).isoformat() if document_type == "quote" else "",
        currency="EUR",
        net_minor=103_600,
        tax_minor=19_684,
        gross_minor=123_284,
        amount_due_minor=123_284,
        payment_reference="2026-0815",
    )


def payment(kind: str, about: Document, today: date) -> Payment | None:
    if not kind.startswith("payment_"):
        return None
    return Payment(
        amount_minor=about.amount_due_minor,
        currency=about.currency,
        method="sepa_debit" if kind == "payment_pending" else "card",
        expected_on=(today + timedelta(days=5)).isoformat() if kind == "payment_pending" else "",
        failure="insufficient_funds" if kind == "payment_failed" else "",
        open_minor=about.amount_due_minor if kind == "payment_failed" else 0,
    )


def reading_invitation(kind: str, language: Language, today: date) -> ReadingInvitation | None:
    if kind not in kinds.READING_REQUESTS:
        return None
    return ReadingInvitation(
        title={"de": f"Jahresablesung {today.year}", "en": f"Annual reading {today.year}"}[language],
        due_on=(today + timedelta(days=14)).isoformat(),
        meters=[
            InvitedMeter(number="1EMH0012345678", kind="electricity", state="invited"),
            InvitedMeter(number="7ELS2004711", kind="gas", state="invited"),
        ],
    )


def reading(kind: str, language: Language, today: date) -> Reading | None:
    if kind != kinds.REJECTED:
        return None
    reason = {
        "de": "Der Stand ist niedriger als der vom letzten Jahr.",
        "en": "The reading is lower than last year's.",
    }[language]
    taken_at = datetime.combine(today - timedelta(days=1), time(12), UTC)
    return Reading("1EMH0012345678", "1234.5", taken_at.isoformat(), reason)
