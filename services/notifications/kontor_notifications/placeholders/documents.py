"""Placeholders of mails about documents: one document's fields, the list of several."""

from collections.abc import Iterable
from typing import Any

from kontor.documents.v1.documents_pb2 import Document
from kontor.documents.v1.documents_pb2_codes import DocumentType, InvoiceKind, ReferenceKind
from kontor_notifications.placeholders import BLOCK, LINK, Cells, Placeholder, fields_of, overview, word
from kontor_notifications.placeholders.people import CUSTOMER_LINK, PORTAL_URL, SHAREHUB_LINK
from kontor_notifications.rendering.facts import DocumentFacts, Facts
from kontor_notifications.rendering.values import Button, Entries, Entry, Value
from kontor_service.formats import day, money
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import inside
from kontor_service.vocabulary import word as name_of

# What the recipient is asked to pay.
_PAYABLE = frozenset({"invoice", "reminder"})
# Under which a customer's own request is named, the nearest first.
_REQUESTS = (ReferenceKind.PROJECT, ReferenceKind.TENDER, ReferenceKind.OBJECT, ReferenceKind.BUYER_REFERENCE)
# A number without a price list behind it says nothing.
_WITHOUT_AMOUNT = frozenset({"delivery_note", "contract", "other"})


def _type_name(document: Document) -> str:
    """As in a sentence: Rechnung, invoice."""
    if document.kind:
        return inside(name_of(InvoiceKind, document.kind))
    return inside(name_of(DocumentType, DocumentType.known(document.type) or DocumentType.OTHER))


def _debited(document: Document) -> bool:
    return document.payment_means == "direct_debit"


def _to_pay(one: DocumentFacts) -> int:
    return one.state.amount_due_minor if one.receivable is None else one.receivable.open_minor


def _day(iso: str) -> str:
    return day(iso, reader().language)


def _money(minor: int, document: Document) -> str:
    return money(minor, document.currency, reader().language) if minor and document.currency else ""


def _open_amount(facts: Facts) -> str:
    one = facts.document
    return money(_to_pay(one), one.state.currency, facts.language) if one.state.currency else ""


def is_credit(document: Document) -> bool:
    """A credit note, an invoice of less than nothing, one that the customer issues through the merchant."""
    return document.type == "credit_note" or document.kind == InvoiceKind.SELF_BILLED or document.amount_due_minor < 0


def _is_to_pay(one: DocumentFacts) -> bool:
    state = one.state
    asks = state.type in _PAYABLE and state.kind != InvoiceKind.SELF_BILLED and not _debited(state)
    return asks and _to_pay(one) > 0


def _amount(one: DocumentFacts) -> str:
    """What is to be paid, or will be debited; else the gross total."""
    document = one.state
    if document.type in _WITHOUT_AMOUNT:
        return ""
    if _debited(document):
        return _money(document.amount_due_minor, document)
    if is_credit(document):
        left = one.receivable.credit_left_minor if one.receivable else 0
        return _money(left or abs(document.amount_due_minor), document)
    return _money(_to_pay(one) if _is_to_pay(one) else document.gross_minor, document)


def _cash_discount(one: DocumentFacts) -> str:
    """The steps that can be earned, with what is then to be paid: 771,45 € bis 12. November 2026."""
    steps: Iterable[Any] = one.receivable.cash_discounts if one.receivable else one.state.cash_discounts
    return "; ".join(
        _("%(amount)s until %(day)s", amount=_money(step.payable_minor, one.state), day=_day(step.until))
        for step in steps
        if not is_credit(one.state)
    )


def _request(facts: Facts) -> str:
    """What the customer asked for, by the number they know it by (F4): Projekt P-17."""
    named = {one.kind: one.number for one in facts.document.state.references}
    found = next((kind for kind in _REQUESTS if named.get(kind)), None)
    return f"{name_of(ReferenceKind, found)} {named[found]}" if found else ""


def document_link(facts: Facts, *, asks_to_pay: bool = True) -> Value:
    """ "Pay" only where that is possible and still to be done; never where the mail `asks_to_pay` nothing."""
    one = facts.document
    url = facts.secrets.documents.get(one.state.id)
    if not url:
        return ""
    pays = asks_to_pay and _is_to_pay(one) and facts.merchant.payments_enabled
    label = N_("View and pay %(type)s") if pays else N_("View %(type)s")
    return Button(url, _(label, type=_type_name(one.state)))


def _attachments(facts: Facts) -> str:
    return _("Attached: %(files)s", files=", ".join(facts.attachments)) if facts.attachments else ""


ATTACHMENTS = word(
    "Attachments", N_("Names of the attached files; nothing where none are"), _attachments, "Anlagen", "Anhang"
)


def document_fields(*type_words: str) -> tuple[Placeholder, ...]:
    """One document's placeholders; a type's own words stand for it only in a mail about that type."""
    field = fields_of("Document", "Dokument", *type_words)

    def plain(name: str, meaning: str, attribute: str, *aliases: str) -> Placeholder:
        return field(name, meaning, lambda f: getattr(f.document.state, attribute), *aliases)

    def dated(name: str, meaning: str, attribute: str, *aliases: str) -> Placeholder:
        return field(name, meaning, lambda f: _day(getattr(f.document.state, attribute)), *aliases)

    def total(name: str, meaning: str, attribute: str, *aliases: str) -> Placeholder:
        return field(name, meaning, lambda f: _money(getattr(f.document.state, attribute), f.document.state), *aliases)

    return (
        CUSTOMER_LINK,
        field("type", N_("Invoice, quote, … in the mail's language"), lambda f: _type_name(f.document.state), "art", "typ"),
        plain("number", N_("The document's number"), "number", "nummer"),
        plain("title", N_("Its title or subject"), "title", "titel", "betreff"),
        dated("date", N_("Date of issue"), "issue_date", "datum"),
        dated("due_date", N_("Due date"), "due_date", "fällig_am", "faellig_am", "fälligkeit"),
        dated("valid_until", N_("Until when a quote holds"), "valid_until", "gültig_bis", "gueltig_bis"),
        field("amount", N_("What is to be paid; without that, the gross total"), lambda f: _amount(f.document), "betrag"),
        field("open_amount", N_("What is still open now"), _open_amount, "offener_betrag"),
        total("gross", N_("Gross total"), "gross_minor", "brutto"),
        total("net", N_("Net total"), "net_minor", "netto"),
        total("tax", N_("Tax total"), "tax_minor", "steuer", "umsatzsteuer"),
        field("cash_discount", N_("Cash discount terms"), lambda f: _cash_discount(f.document), "skonto"),
        plain("payment_reference", N_("What to write on a transfer"), "payment_reference", "verwendungszweck"),
        field("request", N_("The customer's request, project or reference that it names"), _request, "anfrage"),
        plain("tracking_url", N_("Where a delivery can be followed"), "tracking_url", "sendungsverfolgung"),
        field("customerportal_url", N_("Secret link to the document in the portal"), document_link, *PORTAL_URL, "link", form=LINK),
        ATTACHMENTS,
        word("Link", N_("The mail's link"), document_link, "Link", SHAREHUB_LINK, form=LINK),
    )  # fmt: skip


def _cells(facts: Facts) -> list[Cells]:
    state = facts.document.state
    asks, debited = _is_to_pay(facts.document), _debited(state)
    return [
        (N_("Number"), state.number, False),
        (N_("Date"), _day(state.issue_date), False),
        (N_("To pay") if asks else N_("Credit") if is_credit(state) else N_("Amount"), _amount(facts.document), True),
        (N_("To be paid with the acceptance"), _money(state.selection.asked_minor, state), False),
        (N_("Due on"), _day(state.due_date) if asks else "", False),
        (N_("Debited on"), _day(state.direct_debit_date) if debited else "", False),
        (
            N_("Payment"),
            _("will be debited from your account") if debited and not state.direct_debit_date else "",
            False,
        ),
        (N_("Cash discount"), _cash_discount(facts.document), False),
        (N_("Valid until"), _day(state.valid_until), False),
        (N_("Delivery"), " ".join(part for part in (state.carrier, state.tracking_number) if part), False),
    ]


OVERVIEW = overview(N_("Table of number, date, amount and due date"), _cells)


def _entry(one: DocumentFacts, facts: Facts) -> Entry:
    state, name = one.state, _type_name(one.state)
    due = state.due_date and _is_to_pay(one)
    return Entry(
        title=f"{name[:1].upper()}{name[1:]} {state.number}".strip(),
        details=_("Due on %(day)s", day=_day(state.due_date)) if due else _day(state.issue_date),
        amount=_amount(one),
        url=facts.secrets.documents.get(state.id, ""),
    )  # fmt: skip


SEVERAL_DOCUMENTS = (
    CUSTOMER_LINK,
    word(
        "Documents",
        N_("List of the documents, each with its link"),
        lambda f: Entries(tuple(_entry(one, f) for one in f.documents)),
        "Dokumente",
        form=BLOCK,
    ),
    fields_of("Documents", "Dokumente")(
        "count", N_("Number of documents"), lambda f: str(len(f.documents)), "anzahl"
    ),
    ATTACHMENTS,
)  # fmt: skip
