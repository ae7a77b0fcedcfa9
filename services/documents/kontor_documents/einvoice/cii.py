"""Cross Industry Invoice: its template, and the moves between it and the common business terms that a template cannot express."""

from typing import Any

from kontor_documents.einvoice.binding import Terms, load

(DOCUMENT,) = load("cii.xml")

# UNTDID 1001: BT-17 among the additional documents.
_TENDER = "50"
_PARTIES = ("seller", "buyer", "payee", "tax_representative", "ship_to")


def to_common(terms: Terms) -> Terms:
    """From the places CII keeps things in to the common business terms."""
    for party in (terms[key] for key in _PARTIES if key in terms):
        party["identifiers"] = party.pop("ids", []) + party.pop("global_ids", [])
        registered = {entry.get("scheme", ""): entry.get("id", "") for entry in party.pop("tax_registrations", [])}
        party["vat_id"], party["tax_number"] = registered.get("VA", ""), registered.get("FC", "")
        contact = party.get("contact", {})
        if department := contact.pop("department", ""):
            contact.setdefault("name", department)
    _terms_to_common(terms)
    for tax in terms.get("tax_breakdown", ()):
        for key in ("tax_point_date", "tax_point_code"):
            if key in tax:
                terms.setdefault(key, tax.pop(key))
                tax.pop(key, None)
    for entry in [entry for entry in terms.get("additional", ()) if entry.get("type_code") == _TENDER]:
        terms.setdefault("tender", entry.get("id", ""))
        terms["additional"].remove(entry)
    for line in terms.get("lines", ()):
        _line_to_common(line)
    return terms


def _terms_to_common(terms: Terms) -> None:
    entries: list[Terms] = terms.pop("terms", [])
    terms["payment_terms"] = "\n".join(entry["text"] for entry in entries if entry.get("text"))
    terms["discounts"] = [discount for entry in entries for discount in entry.get("discounts", ())]
    for entry in entries:
        for key in ("due_date", "mandate"):
            if key in entry:
                terms.setdefault(key, entry[key])


def _line_to_common(line: Terms) -> None:
    for key in ("gross_base_quantity", "gross_base_unit", "base_unit"):
        line.pop(key, None)
    if line.pop("discount_is_charge", False):
        line.pop("price_discount", None)
    for entry in line.pop("objects", ()):
        if entry.pop("type_code", "130") == "130":
            line.setdefault("object_id", entry)


def from_common(terms: Terms) -> Terms:
    """From the common business terms to the places CII keeps them in."""
    for party in (terms[key] for key in _PARTIES if terms.get(key)):
        identifiers: list[dict[str, Any]] = party.pop("identifiers", [])
        party["ids"] = [entry for entry in identifiers if not entry.get("scheme")]
        party["global_ids"] = [entry for entry in identifiers if entry.get("scheme")]
        registered = (("FC", party.pop("tax_number", "")), ("VA", party.pop("vat_id", "")))
        party["tax_registrations"] = [{"id": id, "scheme": scheme} for scheme, id in registered if id]
    entry = {"text": terms.pop("payment_terms", ""), "due_date": terms.get("due_date"), "mandate": terms.get("mandate")}
    terms["terms"] = [entry]
    if terms.get("tender"):
        terms["additional"] = [{"id": terms["tender"], "type_code": _TENDER}, *terms.get("additional", ())]
    for tax in terms.get("tax_breakdown", ()):
        tax["tax_point_date"], tax["tax_point_code"] = terms.get("tax_point_date"), terms.get("tax_point_code")
    for line in terms.get("lines", ()):
        line["discount_is_charge"] = False if line.get("price_discount") is not None else None
        if line.get("object_id"):
            line["objects"] = [line["object_id"] | {"type_code": "130"}]
    return terms
