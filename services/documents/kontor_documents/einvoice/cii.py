"""Cross Industry Invoice: its template, and the moves between it and the common business terms that a template cannot express."""

from kontor_documents.einvoice.binding import Terms, load

(DOCUMENT,) = load("cii.xml")


def to_common(terms: Terms) -> Terms:
    """From the places CII keeps things in to the common business terms."""
    entries: list[Terms] = terms.pop("terms", [])
    terms["payment_terms"] = "\n".join(entry["text"] for entry in entries if entry.get("text"))
    terms["discounts"] = [discount for entry in entries for discount in entry.get("discounts", ())]
    for entry in entries:
        for key in ("due_date", "mandate"):
            if key in entry:
                terms.setdefault(key, entry[key])
    for tax in terms.get("tax_breakdown", ()):
        for key in ("tax_point_date", "tax_point_code"):
            if key in tax:
                terms.setdefault(key, tax.pop(key))
                tax.pop(key, None)
    for line in terms.get("lines", ()):
        if line.pop("discount_is_charge", False):
            line.pop("price_discount", None)
    return terms


def from_common(terms: Terms) -> Terms:
    """From the common business terms to the places CII keeps them in."""
    entry = {"text": terms.pop("payment_terms", ""), "due_date": terms.get("due_date"), "mandate": terms.get("mandate")}
    terms["terms"] = [entry]
    for tax in terms.get("tax_breakdown", ()):
        tax["tax_point_date"], tax["tax_point_code"] = terms.get("tax_point_date"), terms.get("tax_point_code")
    for line in terms.get("lines", ()):
        line["discount_is_charge"] = False if line.get("price_discount") is not None else None
    return terms
