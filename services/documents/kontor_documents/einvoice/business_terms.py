"""Between DocumentData and the common business terms that the CII and UBL tables share.

EN 16931 has no place for a document's title, validity, introduction, closing, shipping, language, the sender's own key
nor for references to quotes and order confirmations: these stay in DocumentData and are not written.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import MAX_DISCOUNT_DAYS, DocumentData
from kontor_documents.einvoice import skonto
from kontor_documents.einvoice.binding import Terms
from kontor_documents.einvoice.codelists import CREDIT_NOTE_CODES, EMBEDDABLE
from kontor_documents.einvoice.findings import Finding
from kontor_service.i18n import N_

_REFERENCES = "order sales_order contract project delivery_note receiving_advice tender object invoice".split()
_OF_THE_PRICE = ("base_unit", "gross_base_unit", "gross_base_quantity")
# Profiles without tax in the lines have one rate for all of them.
_LINE_TAX = (("tax_category", "category"), ("tax_rate", "rate"))
# UNTDID 4461
_UNDEFINED_MEANS, _TRANSFER = "1", "30"
_UNREAD_DISCOUNT = N_("A cash discount has no last day or no percentage; it is shown as text only.")
_PARTIES = ("seller", "buyer", "payee", "tax_representative", "ship_to")
_PLAIN = (
    "type_code number issue_date due_date delivery_date billing_period tax_point_date tax_point_code "
    "currency tax_currency buyer_reference accounting_reference business_process specification "
    "seller buyer payee tax_representative ship_to allowances_charges tax_breakdown payment_reference "
    "instalments third_party_payments"
).split()


def document_values(terms: Terms) -> tuple[dict[str, Any], dict[str, bytes], list[Finding]]:
    """What DocumentData.model_validate takes, the embedded files by SHA-256, and what could not be understood."""
    values = {key: terms[key] for key in _PLAIN if key in terms}
    values["type"] = DocumentType.CREDIT_NOTE if terms.get("type_code") in CREDIT_NOTE_CODES else DocumentType.INVOICE
    for party in (values[key] for key in _PARTIES if key in values):
        if not party.get("name"):
            party["name"] = party.pop("trading_name", "")
    values["customer_number"] = _customer_number(terms.get("buyer", {}))
    values["notes"] = [(note.get("subject", ""), note["text"]) for note in terms.get("notes", ()) if "text" in note]
    values["payment_terms"] = terms.get("payment_terms", "")
    discounts = [_cash_discount(entry, terms.get("issue_date")) for entry in terms.get("discounts", ())]
    values["cash_discounts"] = [discount for discount in discounts if discount]
    for entry in values.get("tax_breakdown", ()):
        entry.setdefault("category", "S")  # ZUGFeRD 1.0 BASIC
    values["payment_means"] = [_payment_means(entry, terms) for entry in terms.get("payment_means", ())]
    values["lines"] = [_line(entry, values.get("tax_breakdown", [])) for entry in terms.get("lines", ())]
    if terms.get("totals"):
        values["totals"] = _totals(terms["totals"], terms.get("currency", ""))
    values["references"] = _references(terms)
    values["attachments"], files = _attachments(terms)
    return values, files, [Finding("BR-DE-18", "payment_terms", _UNREAD_DISCOUNT)] if None in discounts else []


def _customer_number(buyer: Terms) -> str:
    """BT-46 as the seller gave it: the identifier without a scheme."""
    numbers = [entry.get("id", "") for entry in buyer.get("identifiers", ()) if not entry.get("scheme")]
    return numbers[0] if numbers else ""


def _cash_discount(entry: Terms, issue_date: date | None) -> Terms | None:
    """A discount of the profile EXTENDED. None where its last day or its percentage has no place in the model."""
    factor = {"DAY": 1, "WEE": 7}.get(entry.get("unit", "DAY"))
    if not issue_date or not factor or not entry.get("percent") or not {"days", "until"} & entry.keys():
        return None
    begins = entry.get("from", issue_date)
    days = (
        entry["days"] * factor + (begins - issue_date).days if "days" in entry else (entry["until"] - issue_date).days
    )
    if not 0 <= days <= MAX_DISCOUNT_DAYS or days != int(days):
        return None
    return {"days": int(days), "percent": entry["percent"], "base_amount": entry.get("base_amount")}


def _payment_means(entry: Terms, terms: Terms) -> Terms:
    means = {key: value for key, value in entry.items() if key != "account" or value.get("iban")}
    means.setdefault("code", _TRANSFER if "account" in means else _UNDEFINED_MEANS)
    if entry.get("code") in ("49", "59"):
        means["mandate"], means["creditor_id"] = terms.get("mandate", ""), terms.get("creditor_id", "")
    return means


def _line(entry: Terms, breakdown: list[Terms]) -> Terms:
    line = {key: value for key, value in entry.items() if key not in _OF_THE_PRICE}
    line["attributes"] = [(item.get("name", ""), item.get("value", "")) for item in line.get("attributes", ())]
    if "net" not in line and "net_price" not in line:
        line["kind"] = "information"
    if not line.get("name"):
        line["name"] = line.pop("description", "") or line.pop("note", "")
    if "tax_category" not in line and len(breakdown) == 1:
        line |= {key: breakdown[0][of] for key, of in _LINE_TAX if of in breakdown[0]}
    return line


def _totals(given: Terms, currency: str) -> Terms:
    totals = dict(given)
    for entry in totals.pop("tax_totals", ()):
        own = entry.get("currency", currency) == currency
        if "amount" in entry:
            totals.setdefault("tax" if own else "tax_in_accounting_currency", entry["amount"])
    if "due" not in totals and "gross" in totals:  # ZUGFeRD 1.0 BASIC
        totals["due"] = totals["gross"] - totals.get("prepaid", 0)
    if "net" in totals:  # the profile MINIMUM has no sum of lines
        totals.setdefault("line_net", totals["net"])
    return totals


def _references(terms: Terms) -> list[Terms]:
    """Sorted by kind, because UBL and CII list references in different orders."""
    named = [entry for entry in terms.get("references", ()) if entry.get("number")]
    return sorted(named, key=lambda entry: _REFERENCES.index(entry["kind"]))


def _attachments(terms: Terms) -> tuple[list[Terms], dict[str, bytes]]:
    described: list[Terms] = []
    files = {}
    for entry in terms.get("attachments", ()):
        content: bytes = entry.pop("content", b"")
        digest = hashlib.sha256(content).hexdigest() if content else ""
        if content:
            files[digest] = content
        described.append({**entry, "sha256": digest, "size": len(content)})
    return described, files


def business_terms(data: DocumentData, files: Mapping[str, bytes]) -> Terms:
    """The common business terms of a document whose totals are complete. `files` are embedded, by SHA-256."""
    plain: Terms = data.model_dump()
    terms: Terms = {key: plain[key] for key in _PLAIN}
    for key in _PARTIES:
        if party := getattr(data, key):
            terms[key] = party.model_dump()
    _name_customer(terms["buyer"], data.customer_number)
    terms["notes"] = [{"subject": subject, "text": text} for subject, text in data.notes]
    terms["payment_terms"] = skonto.joined(data.payment_terms, data.cash_discounts)
    terms["payment_means"] = plain["payment_means"]
    for key in ("mandate", "creditor_id"):
        terms[key] = next((entry[key] for entry in plain["payment_means"] if entry[key]), "")
    terms["lines"] = [_line_terms(entry) for entry in plain["lines"] if entry["kind"] == "detail"]
    if plain["totals"]:
        terms["totals"] = _totals_terms(plain["totals"], data)
    terms["references"] = plain["references"]
    terms["attachments"] = _attachment_terms(data, files)
    return terms


def _name_customer(buyer: Terms, number: str) -> None:
    """The customer number goes out as BT-46, from where it is read again."""
    if number and all(entry.get("scheme") for entry in buyer["identifiers"]):
        buyer["identifiers"] = [{"id": number, "scheme": None}, *buyer["identifiers"]]


def _line_terms(entry: Terms) -> Terms:
    line = dict(entry)
    line["attributes"] = [{"name": name, "value": value} for name, value in entry["attributes"]]
    line["base_unit"] = entry["unit"] if entry["price_base_quantity"] is not None else None
    line["gross_base_quantity"] = entry["price_base_quantity"] if entry["gross_price"] is not None else None
    line["gross_base_unit"] = line["base_unit"]
    return line


def _totals_terms(entry: Terms, data: DocumentData) -> Terms:
    totals = dict(entry)
    totals["tax_totals"] = [{"amount": entry["tax"], "currency": data.currency}]
    if entry["tax_in_accounting_currency"] is not None and data.tax_currency:
        totals["tax_totals"].append({"amount": entry["tax_in_accounting_currency"], "currency": data.tax_currency})
    directions = {entry.charge for entry in data.allowances_charges}
    for key, needed in (("allowances", False in directions), ("charges", True in directions)):
        totals[key] = entry[key] if needed or entry[key] else None
    for key in ("prepaid", "rounding"):
        totals[key] = entry[key] or None
    return totals


def _attachment_terms(data: DocumentData, files: Mapping[str, bytes]) -> list[Terms]:
    """BG-24."""
    found: list[Terms] = []
    for index, attachment in enumerate(data.attachments, 1):
        entry = attachment.model_dump(include={"description", "url"})
        entry["id"] = attachment.id or attachment.file_name or str(index)
        if attachment.sha256 in files and attachment.media_type in EMBEDDABLE:
            entry["content"] = files[attachment.sha256]
            entry["media_type"], entry["file_name"] = attachment.media_type, attachment.file_name or entry["id"]
        found.append(entry)
    return found
