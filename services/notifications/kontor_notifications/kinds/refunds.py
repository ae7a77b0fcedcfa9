"""Money that went back to a customer. Goes to whoever gets invoices, whoever asked for the refund."""

from datetime import date
from typing import Any

from kontor.documents.v1.documents_pb2 import Document
from kontor.payments.v1.payments_pb2 import PaymentRefunded
from kontor.payments.v1.payments_pb2_codes import PaymentMethod, RefundReason
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.mails.recipients import invoice_recipients
from kontor_notifications.placeholders import LINK, Cells, fields_of, overview
from kontor_notifications.placeholders import word as word_alone
from kontor_notifications.placeholders.documents import document_fields, document_link
from kontor_notifications.placeholders.people import SHAREHUB_LINK
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Value
from kontor_service.formats import money
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import long, word


def _occasion(event: PaymentRefunded) -> Occasion | None:
    receivable, payment, refund = event.receivable, event.payment, event.refund
    if not receivable.customer_id:
        return None
    return Occasion(
        customer_id=receivable.customer_id,
        document_ids=[receivable.document_id],
        document_number=receivable.document_number,
        data={
            "amount_minor": refund.amount_minor,
            "currency": payment.currency,
            # How it was paid; empty where staff have given it back themselves.
            "method": payment.method if payment.provider_reference else "",
            "reason": refund.reason,
            "note": refund.note,
            "credited": bool(refund.credit_minor),
            # The credit note that follows takes the rest off.
            "open_minor": max(0, receivable.open_minor - refund.credit_minor),
            "open_currency": receivable.currency,
        },
    )


def _amount(facts: Facts) -> str:
    return money(facts.data["amount_minor"], facts.data["currency"], facts.language)


def _open(facts: Facts) -> str:
    minor = facts.data["open_minor"]
    return money(minor, facts.data["open_currency"], facts.language) if minor else ""


def _reason(facts: Facts) -> str:
    return " ".join(filter(None, (long(RefundReason, facts.data["reason"]), facts.data["note"])))


def _next(facts: Facts) -> str:
    """How the money comes, and what becomes of the invoice."""
    return " ".join(
        filter(
            None,
            (
                _("It takes the way by which you paid and may need a few days.") if facts.data["method"] else "",
                _("You receive a credit note for it by a separate e-mail.") if facts.data["credited"] else "",
            ),
        )
    )


def _link(facts: Facts) -> Value:
    """The invoice is open until the credit note that follows takes the rest off: nobody is asked to pay that."""
    return document_link(facts, asks_to_pay=bool(facts.data["open_minor"]))


def _cells(facts: Facts) -> list[Cells]:
    return [
        (N_("Number"), facts.document.state.number, False),
        (N_("Paid back"), _amount(facts), True),
        (N_("Paid by"), word(PaymentMethod, facts.data["method"]) if facts.data["method"] else "", False),
        (N_("Still open"), _open(facts), False),
    ]


_field = fields_of("Refund", "Erstattung")


def _sample(_today: date, document: Document) -> dict[str, Any]:
    return {
        "amount_minor": document.amount_due_minor, "currency": document.currency, "method": "card", "reason": "returned",
        "note": "", "credited": True, "open_minor": 0, "open_currency": document.currency,
    }  # fmt: skip


KINDS = (
    MailKind(
        name="payment_refunded",
        label=N_("Payment refunded"),
        trigger=PaymentRefunded,
        occasion=_occasion,
        recipients=invoice_recipients,
        own_placeholders=(
            *(one for one in document_fields("Invoice", "Rechnung") if one.name != "Link"),
            overview(N_("Table of number, amount paid back and open amount"), _cells),
            _field("amount", N_("Amount that was paid back"), _amount, "betrag"),
            _field("reason", N_("Why it was paid back, in a sentence"), _reason, "grund"),
            word_alone("Link", N_("The mail's link"), _link, "Link", SHAREHUB_LINK, form=LINK),
            _field("next", N_("How the money comes, and whether a credit note follows"), _next, "hinweis"),
        ),
        documents=1,
        sample=_sample,
        words=(
            N_("Refund: [Refund.amount] for [Document.number]"),
            N_("We have paid back [Refund.amount] of your payment for [Document.number]. [Refund.reason]"),
            "[Refund.next]",
            "[Overview]",
            "[PORTAL][Link][/PORTAL]",
        ),
    ),
)
