"""The customer is told of money that went back."""

from typing import Any

import pytest
from test_notifications_accounts import paid

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.payments.v1.payments_pb2 import PaymentRefunded, Refund


def refunded(
    document: Document, *, provider: str = "stripe", open_minor: int = 5000, **changes: Any
) -> PaymentRefunded:
    event: PaymentRefunded = paid(PaymentRefunded, document, provider=provider, failure="", open_minor=open_minor)
    event.payment.provider_reference = "py_1" if provider == "stripe" else ""
    refund = {"id": document.id, "amount_minor": 5000, "reason": "defect", "state": "succeeded"} | changes
    event.refund.CopyFrom(Refund(**refund))
    return event


async def test_the_payer_hears_how_much_came_back_why_and_what_is_open(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(refunded(document, note="Der Kratzer war schon da."))
    [mail] = await desk.mails(1)
    assert mail["to"] == ["erika@baeckerei-mueller.example"]
    assert mail["subject"].replace("\u00a0", " ") == "Erstattung: 50,00 € für RE-2026-0042"
    assert "Es gab einen Mangel. Der Kratzer war schon da." in mail["text"]
    assert "auf dem Weg, auf dem Sie gezahlt haben" in mail["text"]
    assert "Gutschrift" not in mail["text"]
    assert "50,00\u00a0€" in mail["text"].partition("Noch offen")[2]


async def test_with_a_credit_note_nothing_is_said_to_be_open(
    desk: Any, merchant: Merchant, customer: Customer, document: Document
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(refunded(document, credit_minor=5000))
    [mail] = await desk.mails(1)
    assert "eine Gutschrift" in mail["text"]
    assert "Noch offen" not in mail["text"]


@pytest.mark.parametrize("provider", ["erp", "staff"])
async def test_what_staff_have_transferred_back_themselves_is_told_too(
    desk: Any, merchant: Merchant, customer: Customer, document: Document, provider: str
) -> None:
    await desk.know(merchant, customer, document)
    await desk.tell(refunded(document, provider=provider, reason="other"))
    [mail] = await desk.mails(1)
    assert "auf dem Weg, auf dem Sie gezahlt haben" not in mail["text"]
    assert "50,00\u00a0€" in mail["text"]
