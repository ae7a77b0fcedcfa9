"""UBL: its templates, and the moves between them and the common business terms that a template cannot express."""

from collections.abc import Iterator

from kontor_documents.einvoice.binding import Terms, load

INVOICE, CREDIT_NOTE = load("ubl.xml")

_COLLECTORS = ("payee", "seller")
# BT-8 is UNTDID 2005 in UBL and UNTDID 2475 in CII; the model keeps the CII code.
_TAX_POINT_CODES = {"3": "5", "35": "29", "432": "72"}
_NUMBER_WITHOUT_ORDER = "NA"
# UNTDID 4461: where only BT-83 or a credit note's BT-9 has to be said.
_UNDEFINED_MEANS = {"code": "1"}


def to_common(terms: Terms) -> Terms:
    """From the places UBL keeps things in to the common business terms."""
    for party in (terms[key] for key in _COLLECTORS if key in terms):
        if creditor_id := party.pop("creditor_id", ""):
            terms.setdefault("creditor_id", creditor_id)
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
    terms["payment_means"] = [means for means in terms.get("payment_means", ()) if means != _UNDEFINED_MEANS]
    if {"kind": "order", "number": _NUMBER_WITHOUT_ORDER} in terms.get("references", ()):
        terms["references"].remove({"kind": "order", "number": _NUMBER_WITHOUT_ORDER})
    if "extension" not in terms.get("specification", ""):  # elsewhere these are payments that BT-113 counts already
        terms.pop("third_party_payments", None)
    terms["lines"] = list(_flat(terms.get("lines", [])))
    for line in terms["lines"]:
        # A gross price cannot stand here without a discount; one of zero is none.
        if line.pop("discount_is_charge", False) or not line.get("price_discount"):
            line.pop("price_discount", None)
    return terms


def _flat(lines: list[Terms]) -> Iterator[Terms]:
    """Lines within lines (BG-DEX-01) say what the line above them is made of, which counts them already."""
    for line in lines:
        below = line.pop("lines", [])
        yield line
        yield from _flat([{**inner, "parent": line.get("id", ""), "kind": "information"} for inner in below])


def _split_note(note: Terms) -> None:
    """`#ADU#text` carries the subject code (BT-21) in front."""
    text = note.get("text", "")
    if text.startswith("#") and len(parts := text.split("#", 2)) == 3 and 0 < len(parts[1]) <= 3:
        note["subject"], note["text"] = parts[1], parts[2]


def from_common(terms: Terms) -> Terms:
    """From the common business terms to the places UBL keeps them in."""
    for key in ("payee", "tax_representative"):
        if terms.get(key):
            terms[key]["trading_name"] = terms[key].pop("name")
    # BT-90 stands with whoever collects the direct debit.
    collector = next(key for key in _COLLECTORS if terms.get(key))
    terms[collector]["creditor_id"] = terms["creditor_id"]
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
        if means["code"] in ("49", "59"):
            means["mandate"] = terms.get("mandate")
    kinds = {reference["kind"] for reference in terms["references"]}
    if "sales_order" in kinds and "order" not in kinds:
        terms["references"].append({"kind": "order", "number": _NUMBER_WITHOUT_ORDER})
    for line in terms.get("lines", ()):
        if line.get("gross_price") is not None and line.get("price_discount") is None:
            line["price_discount"] = line["gross_price"] - line["net_price"]
        line["discount_is_charge"] = False if line.get("price_discount") is not None else None
    return terms
