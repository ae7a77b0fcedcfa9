"""How to pay: terms, cash discount, account, and the EPC QR code (GiroCode) a banking app reads."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod, DocumentType, InvoiceKind, ReferenceKind
from kontor_documents.content.kinds import kind_of
from kontor_documents.content.model import BankAccount, CashDiscount, DocumentData, PaymentMeans
from kontor_documents.content.paying import (
    DEBITS,
    TRANSFERS,
    asked_with_acceptance,
    discount_amount,
    is_debited,
    transfer_account,
)
from kontor_documents.einvoice.totals import round_amount
from kontor_documents.rendering.formats import Formats, grouped
from kontor_documents.rendering.girocode import girocode
from kontor_service.epc import epc_payload
from kontor_service.i18n import gettext as _
from kontor_service.i18n import pgettext

# UNCL4461
CARDS = {"48", "54", "55"}

DEMANDS = {DocumentType.INVOICE, DocumentType.REMINDER}
PAYABLE = {
    *DEMANDS,
    DocumentType.CREDIT_NOTE,
    DocumentType.ORDER_CONFIRMATION,
    DocumentType.QUOTE,
    DocumentType.RECEIPT,
}


def payment(document: DocumentData, formats: Formats) -> dict[str, Any]:
    """Sentences, the account as label and value, and the QR code as SVG where a transfer is asked for."""
    sentences = [*_terms(document, formats), *(_means(document, means, formats) for means in document.payment_means)]
    account = transfer_account(document)
    return {
        "sentences": [text for text in sentences if text],
        "account": _account(document, account, formats) if account and is_demand(document) else [],
        "caption": _("Scan with your banking app to pay"),
        "alternative": _("QR code for the transfer with a banking app"),
    }


def qr_code(document: DocumentData) -> str:
    """The GiroCode as SVG; empty where the document asks for no transfer in euros."""
    account = transfer_account(document)
    if account is None or not is_demand(document) or document.currency != "EUR":
        return ""
    due = round_amount(_due(document), document.currency)
    return girocode(epc_payload(account.holder, account.iban, account.bic, due, _remittance(document)))


def discount_sentence(discount: CashDiscount, document: DocumentData, formats: Formats) -> str:
    """The amount left to transfer within the days of the discount."""
    if document.totals is None:
        return ""
    return _(
        "If paid by %(day)s, %(percent)s cash discount: %(amount)s",
        day=formats.day(document.issue_date + timedelta(days=discount.days)),
        percent=formats.percent(discount.percent),
        amount=formats.money(document.totals.due - discount_amount(discount, document)),
    )


def is_demand(document: DocumentData) -> bool:
    """Whether the customer is to pay something."""
    return document.type in DEMANDS and _due(document) > 0 and kind_of(document) is not InvoiceKind.SELF_BILLED


def _due(document: DocumentData) -> Decimal:
    return document.totals.due if document.totals else Decimal(0)


def _terms(document: DocumentData, formats: Formats) -> list[str]:
    sentences = [document.payment_terms, _with_acceptance(document, formats)]
    due = formats.money(abs(_due(document)))
    if document.type == DocumentType.CREDIT_NOTE and document.payment_terms:
        # It says itself how the amount is given.
        return sentences
    if document.type == DocumentType.CREDIT_NOTE and _due(document):
        named = any(one.kind == ReferenceKind.INVOICE for one in document.references)
        sentences.append(
            _("%(amount)s in your favour: we offset it against the invoices named, or transfer it to you.", amount=due)
            if named
            else _("%(amount)s will be transferred to you.", amount=due)
        )
    elif not is_demand(document):
        if document.type in DEMANDS and _due(document):
            sentences.append(_("%(amount)s will be transferred to you.", amount=due))
        elif document.type in DEMANDS and document.totals and document.totals.gross:
            sentences.append(_("The amount has already been paid."))
    elif document.due_date and not document.payment_terms and not is_debited(document):
        sentences.append(_("Please pay %(amount)s by %(day)s.", amount=due, day=formats.day(document.due_date)))
    for instalment in document.instalments if is_demand(document) else ():
        day, amount = formats.day(instalment.due_date), formats.money(instalment.amount)
        sentences.append(_("Instalment: %(amount)s by %(day)s.", amount=amount, day=day))
    if document.type in PAYABLE and kind_of(document) is not InvoiceKind.SELF_BILLED:
        sentences += [discount_sentence(discount, document, formats) for discount in document.cash_discounts]
    return sentences


def _with_acceptance(document: DocumentData, formats: Formats) -> str:
    """What accepting the quote as it is proposed takes; empty where it takes no money."""
    asked = asked_with_acceptance(document)
    if asked <= 0:
        return ""
    amount = formats.money(asked)
    if AcceptanceMethod.DEPOSIT not in document.acceptance:
        return _("To be paid with the acceptance: %(amount)s.", amount=amount)
    percent = formats.percent(document.deposit_percent or Decimal(100))
    return _("To be paid with the acceptance: %(amount)s (deposit of %(percent)s).", amount=amount, percent=percent)


def _means(document: DocumentData, means: PaymentMeans, formats: Formats) -> str:
    if means.code in DEBITS and is_demand(document):
        return " ".join(filter(None, [_debit(document, _due(document), formats), _mandate(means, formats)]))
    if means.code in CARDS and means.card_number_end:
        return _("Paid by card, number ending in %(end)s.", end=means.card_number_end[-4:])
    return means.text if means.code not in TRANSFERS else ""


def _debit(document: DocumentData, due: Decimal, formats: Formats) -> str:
    if not document.due_date:
        return _("We will collect %(amount)s by SEPA direct debit.", amount=formats.money(due))
    day = formats.day(document.due_date)
    return _("We will collect %(amount)s by SEPA direct debit on %(day)s.", amount=formats.money(due), day=day)


def _mandate(means: PaymentMeans, formats: Formats) -> str:
    facts = [
        (_("Mandate"), means.mandate),
        (_("Creditor ID"), means.creditor_id),
        ("IBAN", grouped(means.debited_iban)),
    ]
    text = ", ".join(f"{label} {value}" for label, value in facts if value)
    return f"{text}." if text else ""


def _account(document: DocumentData, account: BankAccount, formats: Formats) -> list[tuple[str, str]]:
    rows = [
        (pgettext("pdf", "Payee"), account.holder),
        ("IBAN", grouped(account.iban)),
        ("BIC", account.bic),
        (_("Payment reference"), _remittance(document)),
    ]
    return [row for row in rows if row[1]]


def _remittance(document: DocumentData) -> str:
    return document.payment_reference or document.number
