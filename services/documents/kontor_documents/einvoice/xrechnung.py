"""The national rules of XRechnung 3.0 (KoSIT) that concern what DocumentData says, beside those of EN 16931.

Their schematron is not on PyPI; these are written from the specification, chapter 12. Left out are code lists, mere
hints (warnings), and BR-DE-18, which skonto.py guarantees for what is written here.
"""

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.checks import Issue

# Rule, path that must have a value, and what it is.
_REQUIRED = (
    ("BR-DE-1", "payment_means", "die Zahlungsart", "means of payment"),
    ("BR-DE-2", "seller.contact", "der Ansprechpartner", "contact person"),
    ("BR-DE-3", "seller.address.city", "der Ort des Verkäufers", "seller's city"),
    ("BR-DE-4", "seller.address.post_code", "die Postleitzahl des Verkäufers", "seller's post code"),
    ("BR-DE-5", "seller.contact.name", "der Name des Ansprechpartners", "contact person's name"),
    ("BR-DE-6", "seller.contact.phone", "die Telefonnummer des Ansprechpartners", "contact person's telephone number"),
    ("BR-DE-7", "seller.contact.email", "die E-Mail-Adresse des Ansprechpartners", "contact person's e-mail address"),
    ("BR-DE-8", "buyer.address.city", "der Ort des Käufers", "buyer's city"),
    ("BR-DE-9", "buyer.address.post_code", "die Postleitzahl des Käufers", "buyer's post code"),
    ("BR-DE-15", "buyer_reference", "die Leitweg-ID oder Referenz des Käufers", "buyer reference"),
    ("PEPPOL-EN16931-R010", "buyer.electronic_address", "die elektronische Adresse des Käufers", "buyer's e-address"),
    (
        "PEPPOL-EN16931-R020",
        "seller.electronic_address",
        "die elektronische Adresse des Verkäufers",
        "seller's e-address",
    ),
)
# Required where there is a delivery address at all.
_REQUIRED_FOR_DELIVERY = (
    ("BR-DE-10", "ship_to.address.city", "der Ort der Lieferanschrift", "delivery city"),
    ("BR-DE-11", "ship_to.address.post_code", "die Postleitzahl der Lieferanschrift", "delivery post code"),
)
# UNTDID 4461 and what must stand beside it.
_MEANS: dict[str, tuple[str, str, str, str]] = {
    **dict.fromkeys(("30", "58"), ("BR-DE-23-a", "account", "das Konto zur Überweisung", "account to transfer to")),
    **dict.fromkeys(("48", "54", "55"), ("BR-DE-24-a", "card_number_end", "die Kartennummer", "card number")),
}
_DEBIT = (
    ("BR-DE-30", "creditor_id", "die Gläubiger-ID zur Lastschrift", "creditor id of the direct debit"),
    ("BR-DE-31", "debited_iban", "die IBAN zur Lastschrift", "IBAN of the direct debit"),
)


def check_xrechnung(data: DocumentData) -> list[Issue]:
    """What keeps complete data from being an XRechnung."""
    required = _REQUIRED + (_REQUIRED_FOR_DELIVERY if _value(data, "ship_to.address") else ())
    found = [_missing(code, path, de, en) for code, path, de, en in required if not _value(data, path)]
    return found + _payment_means(data) + _seller_tax(data) + _rates(data)


def _value(data: object, path: str) -> object:
    for name in path.split("."):
        data = getattr(data, name, None)
    return data


def _missing(code: str, path: str, de: str, en: str) -> Issue:
    return Issue(code, path, f"Für eine XRechnung fehlt {de}", f"An XRechnung needs the {en}")


def _payment_means(data: DocumentData) -> list[Issue]:
    found = []
    for index, means in enumerate(data.payment_means):
        needed = _DEBIT if means.code == "59" else (_MEANS[means.code],) if means.code in _MEANS else ()
        for code, field, de, en in needed:
            if not getattr(means, field):
                found.append(_missing(code, f"payment_means[{index}].{field}", de, en))
    return found


def _seller_tax(data: DocumentData) -> list[Issue]:
    taxed = any(entry.category != "O" for entry in data.tax_breakdown)
    if not taxed or data.seller.vat_id or data.seller.tax_number or data.tax_representative:
        return []
    return [_missing("BR-DE-16", "seller.vat_id", "die Umsatzsteuer-ID oder Steuernummer", "VAT id or tax number")]


def _rates(data: DocumentData) -> list[Issue]:
    return [
        _missing("BR-DE-14", f"tax_breakdown[{index}].rate", "der Steuersatz", "tax rate")
        for index, entry in enumerate(data.tax_breakdown)
        if entry.rate is None
    ]
