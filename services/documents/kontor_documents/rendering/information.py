"""The block at the right of the address: dates, numbers and whom to ask (DIN 5008, Informationsblock)."""

import re

from kontor.documents.v1.documents_pb2_codes import DocumentType, ReferenceKind
from kontor_documents.content.model import DocumentData, Period, Reference, Responsible
from kontor_documents.rendering.formats import Formats
from kontor_documents.rendering.printable import in_pieces
from kontor_service.i18n import N_, pgettext
from kontor_service.i18n import gettext as _

Row = tuple[str, str]

LEITWEG_ID = re.compile(r"\d{2,12}(-[A-Za-z0-9]{1,30})?-\d{2}", re.ASCII)

# Words the column of values cannot hold
WIDER = re.compile(r"[^\s-]{24,}")

# Where the page says more than the portal: from the merchant's side, and as German tenders have it.
REFERENCES = {
    "order": N_("Your order"),
    "purchase_order": N_("Your order"),
    "sales_order": N_("Sales order"),
    "receiving_advice": N_("Goods receipt"),
}


def information(document: DocumentData, formats: Formats) -> list[Row]:
    """Label and value of each fact the document has; facts it lacks take no space."""
    rows = [*_dates(document, formats), *_numbers(document, formats), *_shipping(document, formats)]
    rows += [*_register(document), *_contact(document, formats)]
    return [(label, WIDER.sub(lambda word: in_pieces(word.group()), value)) for label, value in rows if value]


def _dates(document: DocumentData, formats: Formats) -> list[Row]:
    days = [
        (_("Date"), document.issue_date),
        (_("Delivery date") if document.type is not DocumentType.QUOTE else _("Delivery by"), document.delivery_date),
        (_("Due on"), document.due_date),
        (_("Valid until"), document.valid_until),
    ]
    rows = [(label, formats.day(day)) for label, day in days if day]
    if document.billing_period:
        rows.insert(1, (_("Period"), period(document.billing_period, formats)))
    return rows


def _numbers(document: DocumentData, formats: Formats) -> list[Row]:
    buyer = _("Routing ID") if LEITWEG_ID.fullmatch(document.buyer_reference) else pgettext("pdf", "Your reference")
    return [
        (_("Customer number"), document.customer_number),
        (_("Your VAT ID"), document.buyer.vat_id),
        (buyer, document.buyer_reference),
        *((_kind(known), _reference(known, formats)) for known in document.references),
        (_("Your cost centre"), document.accounting_reference),
    ]


def _shipping(document: DocumentData, formats: Formats) -> list[Row]:
    if not document.shipping:
        return []
    return [(_("Shipped with"), document.shipping.carrier), (_("Tracking number"), document.shipping.tracking_number)]


def _register(document: DocumentData) -> list[Row]:
    cashier = document.cashier
    named = (cashier.name or cashier.reference) if cashier else ""
    return [(_("Served by"), named), (_("Cash register"), document.register_name)]


def _contact(document: DocumentData, formats: Formats) -> list[Row]:
    contact = document.responsible or document.seller.contact
    if not contact:
        return []
    named = [(_("Contact"), contact.name)]
    if isinstance(contact, Responsible):
        named += [(_("Function"), contact.function), (_("Team"), contact.team)]
    return [*named, (_("Phone"), contact.phone), (_("E-mail"), contact.email)]


def _kind(reference: Reference) -> str:
    if reference.kind == ReferenceKind.TENDER:
        return pgettext("pdf", "Tender")
    known = ReferenceKind.known(reference.kind)
    return _(REFERENCES.get(reference.kind) or known.word) if known else pgettext("pdf", "Reference")


def _reference(reference: Reference, formats: Formats) -> str:
    if not reference.issued_on:
        return reference.number
    return _("%(number)s of %(day)s", number=reference.number, day=formats.day(reference.issued_on))


def period(value: Period, formats: Formats) -> str:
    """Open ends read as "ab" and "bis"."""
    if value.start and value.end:
        return f"{formats.day(value.start)} – {formats.day(value.end)}"
    if value.start:
        return _("from %(day)s", day=formats.day(value.start))
    return _("until %(day)s", day=formats.day(value.end)) if value.end else ""
