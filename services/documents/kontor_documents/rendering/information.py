"""The block at the right of the address: dates, numbers and whom to ask (DIN 5008, Informationsblock)."""

import re

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DocumentData, Period, Reference
from kontor_documents.rendering.formats import Formats
from kontor_documents.rendering.printable import in_pieces
from kontor_documents.rendering.wording import words

Row = tuple[str, str]

LEITWEG_ID = re.compile(r"\d{2,12}(-[A-Za-z0-9]{1,30})?-\d{2}")

# Words the column of values cannot hold
WIDER = re.compile(r"[^\s-]{24,}")

REFERENCES = {
    "quote": "Angebot",
    "order": "Ihre Bestellung",
    "purchase_order": "Ihre Bestellung",
    "order_confirmation": "Auftragsbestätigung",
    "sales_order": "Auftrag",
    "delivery_note": "Lieferschein",
    "receiving_advice": "Wareneingang",
    "invoice": "Rechnung",
    "contract": "Vertrag",
    "project": "Projekt",
    "tender": "Vergabe",
    "object": "Objekt",
}


def information(document: DocumentData, formats: Formats) -> list[Row]:
    """Label and value of each fact the document has; facts it lacks take no space."""
    rows = [*_dates(document, formats), *_numbers(document, formats), *_shipping(document, formats)]
    rows += _contact(document, formats)
    return [(label, WIDER.sub(lambda word: in_pieces(word.group()), value)) for label, value in rows if value]


def _dates(document: DocumentData, formats: Formats) -> list[Row]:
    _ = words(formats.language).gettext
    days = [
        (_("Datum"), document.issue_date),
        (_("Lieferdatum") if document.type is not DocumentType.QUOTE else _("Liefertermin"), document.delivery_date),
        (_("Fällig am"), document.due_date),
        (_("Gültig bis"), document.valid_until),
    ]
    rows = [(label, formats.day(day)) for label, day in days if day]
    if document.billing_period:
        rows.insert(1, (_("Zeitraum"), period(document.billing_period, formats)))
    return rows


def _numbers(document: DocumentData, formats: Formats) -> list[Row]:
    _ = words(formats.language).gettext
    buyer = _("Leitweg-ID") if LEITWEG_ID.fullmatch(document.buyer_reference) else _("Ihre Referenz")
    return [
        (_("Kundennummer"), document.customer_number),
        (_("Ihre USt-IdNr."), document.buyer.vat_id),
        (buyer, document.buyer_reference),
        *((_(REFERENCES.get(known.kind, "Bezug")), _reference(known, formats)) for known in document.references),
        (_("Ihre Kostenstelle"), document.accounting_reference),
    ]


def _shipping(document: DocumentData, formats: Formats) -> list[Row]:
    _ = words(formats.language).gettext
    if not document.shipping:
        return []
    return [(_("Versand mit"), document.shipping.carrier), (_("Sendungsnummer"), document.shipping.tracking_number)]


def _contact(document: DocumentData, formats: Formats) -> list[Row]:
    _ = words(formats.language).gettext
    contact = document.seller.contact
    if not contact:
        return []
    return [(_("Ansprechpartner"), contact.name), (_("Telefon"), contact.phone), (_("E-Mail"), contact.email)]


def _reference(reference: Reference, formats: Formats) -> str:
    if not reference.issued_on:
        return reference.number
    return (
        words(formats.language)
        .gettext("{number} vom {day}")
        .format(number=reference.number, day=formats.day(reference.issued_on))
    )


def period(value: Period, formats: Formats) -> str:
    """Open ends read as "ab" and "bis"."""
    _ = words(formats.language).gettext
    if value.start and value.end:
        return f"{formats.day(value.start)} – {formats.day(value.end)}"
    if value.start:
        return _("ab {day}").format(day=formats.day(value.start))
    return _("bis {day}").format(day=formats.day(value.end)) if value.end else ""
