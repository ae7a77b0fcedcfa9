"""What became of a payment. Goes to whoever gets invoices, for payments that came through the portal."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from kontor.documents.v1.documents_pb2 import Document
from kontor.payments.v1.payments_pb2 import ConfirmationNeeded, PaymentFailed, PaymentPending, PaymentSucceeded
from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentMethod
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.mails.recipients import invoice_recipients
from kontor_notifications.placeholders import Cells, fields_of, overview
from kontor_notifications.placeholders.documents import document_fields
from kontor_notifications.rendering.facts import Facts
from kontor_service.formats import day, money
from kontor_service.i18n import N_
from kontor_service.vocabulary import long, word

# Booked by the merchant's people or programs, or from a bank statement: the customer need not be told what they did themselves, and a first
# import of statements would tell of payments of the whole year.
_BOOKED_BY_MERCHANT = frozenset({"erp", "staff", "statement"})
# Who is refused on the provider's page reads it there; a debit that comes back days later is news.
_SEEN_ON_THE_PAGE = frozenset({"card_declined", "authentication_failed"})


def _occasion(event: Any) -> Occasion | None:
    receivable, payment = event.receivable, event.payment
    if payment.provider in _BOOKED_BY_MERCHANT or not receivable.customer_id:
        return None
    return Occasion(
        customer_id=receivable.customer_id,
        document_ids=[receivable.document_id],
        document_number=receivable.document_number,
        data={
            "amount_minor": payment.amount_minor,
            "currency": payment.currency or receivable.currency,
            "method": payment.method,
            "expected_on": receivable.expected_on if isinstance(event, PaymentPending) else "",
            "failure": payment.failure,
            "open_minor": receivable.open_minor,
        },
    )


def _unseen_failure(event: PaymentFailed) -> Occasion | None:
    if event.payment.saved_method_id:
        # Nobody was there to read it. What the bank wants confirmed has a mail of its own.
        return None if event.receivable.confirmation_needed else _occasion(event)
    return None if event.payment.failure in _SEEN_ON_THE_PAGE else _occasion(event)


def _confirmation(event: ConfirmationNeeded) -> Occasion | None:
    receivable = event.receivable
    return Occasion(
        customer_id=receivable.customer_id,
        document_ids=[receivable.document_id],
        document_number=receivable.document_number,
        data={
            "amount_minor": event.amount_minor, "currency": receivable.currency, "method": event.method,
            "display": event.method_display, "expected_on": "", "failure": "", "open_minor": receivable.open_minor,
        },
    )  # fmt: skip


def _amount(facts: Facts, name: str = "amount_minor") -> str:
    minor = facts.data[name]
    return money(minor, facts.data["currency"], facts.language)


def _expected_on(facts: Facts) -> str:
    return day(facts.data["expected_on"], facts.language)


def _reason(facts: Facts) -> str:
    return long(FailureCode, FailureCode.known(facts.data["failure"]) or FailureCode.FAILED)


def _cells(facts: Facts) -> list[Cells]:
    debited = facts.data["method"] == PaymentMethod.SEPA_DEBIT
    return [
        (N_("Number"), facts.document.state.number, False),
        (N_("Payment"), _amount(facts), True),
        (N_("Paid by"), word(PaymentMethod, facts.data["method"]), False),
        (N_("Debited by") if debited else N_("Expected on"), _expected_on(facts), False),
        (N_("Still open"), _amount(facts, "open_minor") if facts.data["open_minor"] else "", False),
    ]


_field = fields_of("Payment", "Zahlung")
_PLACEHOLDERS = (
    *document_fields("Invoice", "Rechnung"),
    overview(N_("Table of number, date, amount and due date"), _cells),
    _field("amount", N_("Amount of this payment"), _amount, "betrag"),
    _field("method", N_("Payment method"), lambda f: word(PaymentMethod, f.data["method"]), "zahlart"),
    _field("expected_on", N_("When the money is expected"), _expected_on, "erwartet_am"),
    _field(
        "saved_method",
        N_("The saved payment method that was charged"),
        lambda f: f.data.get("display", ""),
        "zahlungsmittel",
    ),
    _field("reason", N_("Why a payment failed, in a sentence"), _reason, "grund"),
)


def _sample(_today: date, document: Document, **more: Any) -> dict[str, Any]:
    card = {"amount_minor": document.amount_due_minor, "currency": document.currency, "method": "card"}
    return {**card, "expected_on": "", "failure": "", "open_minor": 0, **more}


_payment = partial(
    MailKind,
    occasion=_occasion,
    recipients=invoice_recipients,
    own_placeholders=_PLACEHOLDERS,
    documents=1,
    sample=_sample,
)

KINDS = (
    _payment(
        name="payment_received",
        label=N_("Payment received"),
        trigger=PaymentSucceeded,
        words=(
            N_("Payment received: [Payment.amount] for [Document.number]"),
            N_("Thank you! Your payment of [Payment.amount] for [Document.number] has reached us."),
            "[Overview]",
            "[PORTAL][Document.customerportal_url][/PORTAL]",
        ),
    ),
    _payment(
        name="payment_pending",
        label=N_("Payment on its way"),
        trigger=PaymentPending,
        sample=lambda today, document: _sample(
            today, document, method="sepa_debit", expected_on=(today + timedelta(days=5)).isoformat()
        ),
        words=(
            N_("Payment on its way: [Payment.amount] for [Document.number]"),
            N_(
                "Your payment of [Payment.amount] for [Document.number] is on its way. You do not need to do "
                "anything else; we will let you know when it has arrived."
            ),
            "[Overview]",
            "[PORTAL][Document.customerportal_url][/PORTAL]",
        ),
    ),
    _payment(
        name="payment_failed",
        label=N_("Payment failed"),
        trigger=PaymentFailed,
        occasion=_unseen_failure,
        sample=lambda today, document: _sample(
            today, document, failure="insufficient_funds", open_minor=document.amount_due_minor
        ),
        words=(
            N_("Payment failed: [Document.number]"),
            N_("Unfortunately your payment of [Payment.amount] for [Document.number] failed. [Payment.reason]"),
            "[Overview]",
            N_("[PORTAL]You can try again or pay in another way:\n[Document.customerportal_url][/PORTAL]"),
        ),
    ),
    _payment(
        name="payment_confirmation",
        label=N_("Payment to be confirmed"),
        trigger=ConfirmationNeeded,
        occasion=_confirmation,
        sample=lambda today, document: _sample(
            today, document, display="Visa •••• 4242, 12/28", open_minor=document.amount_due_minor
        ),
        words=(
            N_("Please confirm your payment: [Document.number]"),
            N_(
                "We charged [Payment.amount] for [Document.number] to your saved payment method ([Payment.saved_method]). Your"
                " bank wants you to confirm this. Nothing is paid until you do."
            ),
            "[Overview]",
            N_("[PORTAL]You can confirm here, or pay in another way:\n[Document.customerportal_url][/PORTAL]"),
        ),
    ),
)
