"""UBL: its templates, and the moves between them and the common business terms that a template cannot express."""

from kontor_documents.einvoice.binding import Terms, load
from kontor_documents.einvoice.codelists import CREDIT_NOTE_CODES

INVOICE, CREDIT_NOTE = load("ubl.xml")

_PARTIES = ("seller", "buyer", "payee", "tax_representative")
# BT-8 is UNTDID 2005 in UBL and UNTDID 2475 in CII; the model keeps the CII code.
_TAX_POINT_CODES = {"3": "5", "35": "29", "432": "72"}
_NUMBER_WITHOUT_ORDER = "NA"
# UNTDID 1001: a credit note names its project (BT-11) among the additional documents.
_PROJECT_CODE = "50"
# UNTDID 4461: where only BT-83 or a credit note's BT-9 has to be said.
_UNDEFINED_MEANS = {"code": "1"}


def to_common(terms: Terms) -> Terms:
    """From the places UBL keeps things in to the common business terms."""
    for key in _PARTIES:
        if key in terms:
            _party_to_common(key, terms)
    _delivery_to_common(terms)
    breakdown = [entry.pop("tax_breakdown", []) for entry in terms.get("tax_totals", ())]
    terms["tax_breakdown"] = [subtotal for part in breakdown for subtotal in part]
    terms.setdefault("totals", {})["tax_totals"] = terms.pop("tax_totals", [])
    code = terms.get("billing_period", {}).pop("tax_point_code", "")
    terms["tax_point_code"] = _TAX_POINT_CODES.get(code, code)
    if not terms.get("billing_period"):
        terms.pop("billing_period", None)
    for note in terms.get("notes", ()):
        _split_note(note)
    for means in terms.get("payment_means", ()):
        for key in ("payment_reference", "due_date", "mandate"):
            if key in means:
                terms.setdefault(key, means[key])
                means.pop(key)
        means.pop("card_network", None)
    terms["payment_means"] = [means for means in terms.get("payment_means", ()) if means != _UNDEFINED_MEANS]
    for entry in [entry for entry in terms.get("additional", ()) if entry.get("type_code") == _PROJECT_CODE]:
        terms.setdefault("project", entry.get("id", ""))
        terms["additional"].remove(entry)
    if terms.get("order") == _NUMBER_WITHOUT_ORDER and "sales_order" in terms:
        del terms["order"]
    for line in terms.get("lines", ()):
        _line_to_common(line)
    return terms


def _party_to_common(key: str, terms: Terms) -> None:
    party = terms[key]
    if not party.get("name"):  # payee and representative have no legal entity
        party["name"] = party.pop("trading_name", "")
    for entry in party.pop("tax_registrations", ()):
        party.setdefault("vat_id" if entry.get("scheme") == "VAT" else "tax_number", entry.get("id", ""))
    identifiers = party.get("identifiers", [])
    for entry in [entry for entry in identifiers if entry.get("scheme") == "SEPA"]:
        terms.setdefault("creditor_id", entry.get("id", ""))  # BT-90
        identifiers.remove(entry)


def _delivery_to_common(terms: Terms) -> None:
    place: Terms = {}
    if id := terms.pop("location_id", ""):
        place["identifiers"] = [{"id": id, "scheme": terms.pop("location_scheme", None)}]
    for key in ("address", "name"):
        if (value := terms.pop(f"location_{key}", None)) is not None:
            place[key] = value
    if place:
        terms["ship_to"] = place


def _split_note(note: Terms) -> None:
    """`#ADU#text` carries the subject code (BT-21) in front."""
    text = note.get("text", "")
    if text.startswith("#") and len(parts := text.split("#", 2)) == 3 and 0 < len(parts[1]) <= 3:
        note["subject"], note["text"] = parts[1], parts[2]


def _line_to_common(line: Terms) -> None:
    line.pop("base_unit", None)
    # A gross price cannot stand here without a discount; one of zero is none.
    if line.pop("discount_is_charge", False) or not line.get("price_discount"):
        line.pop("price_discount", None)
    for entry in line.pop("objects", ()):
        if entry.pop("type_code", "130") == "130":
            line.setdefault("object_id", entry)


def from_common(terms: Terms) -> Terms:
    """From the common business terms to the places UBL keeps them in."""
    for key in _PARTIES:
        if terms.get(key):
            _party_from_common(key, terms)
    if place := terms.pop("ship_to", None):
        first = (place.get("identifiers") or [{}])[0]
        terms["location_id"], terms["location_scheme"] = first.get("id"), first.get("scheme")
        terms["location_address"], terms["location_name"] = place.get("address"), place.get("name")
    if totals := terms.get("totals"):
        terms["tax_totals"] = totals.pop("tax_totals")
        terms["tax_totals"][0]["tax_breakdown"] = terms.pop("tax_breakdown", [])
    codes = {cii: ubl for ubl, cii in _TAX_POINT_CODES.items()}
    if (code := terms.get("tax_point_code")) and not terms.get("tax_point_date"):
        terms["billing_period"] = (terms.get("billing_period") or {}) | {"tax_point_code": codes.get(code, code)}
    for note in terms.get("notes", ()):
        if note.get("subject"):
            note["text"] = f"#{note['subject']}#{note['text']}"
    if not terms["payment_means"] and (terms.get("due_date") or terms.get("payment_reference")):
        terms["payment_means"] = [dict(_UNDEFINED_MEANS)]
    for means in terms["payment_means"]:
        means["payment_reference"], means["due_date"] = terms.get("payment_reference"), terms.get("due_date")
        means["card_network"] = "NA" if means.get("card_number_end") else None
        if means["code"] in ("49", "59"):
            means["mandate"] = terms.get("mandate")
    for entry in terms.get("additional", ()):
        if entry.get("type_code") != "130":  # BG-24 has no type code here
            del entry["type_code"]
    if terms.get("type_code") in CREDIT_NOTE_CODES and terms.get("project"):
        terms["additional"].append({"id": terms["project"], "type_code": _PROJECT_CODE})
    if terms.get("sales_order") and not terms.get("order"):
        terms["order"] = _NUMBER_WITHOUT_ORDER
    for line in terms.get("lines", ()):
        if line.get("gross_price") is not None and line.get("price_discount") is None:
            line["price_discount"] = line["gross_price"] - line["net_price"]
        line["discount_is_charge"] = False if line.get("price_discount") is not None else None
        if line.get("object_id"):
            line["objects"] = [line["object_id"] | {"type_code": "130"}]
    return terms


def _party_from_common(key: str, terms: Terms) -> None:
    party = terms[key]
    registered = (("VAT", party.pop("vat_id", "")), ("FC", party.pop("tax_number", "")))
    party["tax_registrations"] = [{"id": id, "scheme": scheme} for scheme, id in registered if id]
    if key in ("payee", "tax_representative"):
        party["trading_name"] = party.pop("name", "")
    # BT-90 stands with whoever collects the direct debit.
    collects = "payee" if terms.get("payee") else "seller"
    if key == collects and terms.get("creditor_id"):
        party["identifiers"] = [*party.get("identifiers", []), {"id": terms["creditor_id"], "scheme": "SEPA"}]
