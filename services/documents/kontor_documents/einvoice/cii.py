"""Cross Industry Invoice: its template, and the moves between it and the common business terms that a template cannot express."""

from lxml import etree

from kontor_documents.einvoice import safe_xml, skonto
from kontor_documents.einvoice.binding import Terms, load
from kontor_documents.einvoice.errors import NotAnInvoice
from kontor_service.i18n import N_

(DOCUMENT,) = load("cii.xml")
# What head and lines are divided into.
PARTS = ("Agreement", "Delivery", "Settlement")


def parse(xml: bytes) -> etree._Element:
    """The root element. Raises what safe_xml.parse raises, and NotAnInvoice for another one."""
    root = safe_xml.parse(xml)
    if root.tag != DOCUMENT.tag:
        raise NotAnInvoice(N_("The XML is not an invoice in CII or UBL."), field="file")
    return root


def specification(root: etree._Element) -> str:
    """BT-24"""
    path = "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    return (root.findtext(path, namespaces=dict(DOCUMENT.namespaces)) or "").strip()


def to_common(terms: Terms) -> Terms:
    """From the places CII keeps things in to the common business terms."""
    _terms_to_common(terms)
    for tax in terms.get("tax_breakdown", ()):
        for key in ("tax_point_date", "tax_point_code"):
            if key in tax:
                terms.setdefault(key, tax.pop(key))
                tax.pop(key, None)
    for line in terms.get("lines", ()):
        if line.pop("discount_is_charge", False):
            line.pop("price_discount", None)
        terms.setdefault("attachments", []).extend(line.pop("attachments", ()))
        if "kind" in line:
            line["kind"] = line["kind"].lower()
    return terms


def _terms_to_common(terms: Terms) -> None:
    """Several terms of payment (EXTENDED): the last day of those that ask for everything is the due date. A discount
    without days of its own ends with its term, also one that only the text names; partial amounts are instalments."""
    entries: list[Terms] = terms.pop("terms", [])
    texts = [entry["text"] for entry in entries if entry.get("text")]
    terms["payment_terms"] = "\n".join(texts)
    terms["mandate"] = next((entry["mandate"] for entry in entries if "mandate" in entry), "")
    terms["instalments"] = [
        {"due_date": entry["due_date"], "amount": entry["partial_amount"], "text": entry.get("text", "")}
        for entry in entries
        if "partial_amount" in entry and "due_date" in entry
    ]
    last = max((entry["due_date"] for entry in entries if "due_date" in entry), default=None)
    for entry in entries:
        if not entry.get("discounts") and entry.get("due_date") != last and "partial_amount" not in entry:
            entry["discounts"] = skonto.named(entry.get("text", ""))
        for discount in entry.get("discounts", ()):
            terms.setdefault("discounts", []).append(discount)
            if "days" not in discount and "due_date" in entry:
                discount["until"] = entry.pop("due_date")
    full = [entry["due_date"] for entry in entries if "due_date" in entry and "partial_amount" not in entry]
    terms["due_date"] = max(full, default=last)


def from_common(terms: Terms) -> Terms:
    """From the common business terms to the places CII keeps them in."""
    entry = {"text": terms.pop("payment_terms", ""), "due_date": terms.get("due_date"), "mandate": terms.get("mandate")}
    terms["terms"] = [entry]
    for tax in terms.get("tax_breakdown", ()):
        tax["tax_point_date"], tax["tax_point_code"] = terms.get("tax_point_date"), terms.get("tax_point_code")
    for line in terms.get("lines", ()):
        line["discount_is_charge"] = False if line.get("price_discount") is not None else None
    return terms
