"""The national rules of XRechnung 3.0 (KoSIT) that concern what DocumentData says, beside those of EN 16931.

Their schematron is not on PyPI; these are written from the specification, chapter 12. Left out are code lists, mere
hints (warnings), and BR-DE-18, which skonto.py guarantees for what is written here.
"""

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.findings import Finding
from kontor_service.i18n import N_

# Rule, path that must have a value, and what is said where it has none.
_REQUIRED = (
    ("BR-DE-1", "payment_means", N_("An XRechnung needs the means of payment.")),
    ("BR-DE-2", "seller.contact", N_("An XRechnung needs the contact person.")),
    ("BR-DE-3", "seller.address.city", N_("An XRechnung needs the seller's city.")),
    ("BR-DE-4", "seller.address.post_code", N_("An XRechnung needs the seller's post code.")),
    ("BR-DE-5", "seller.contact.name", N_("An XRechnung needs the contact person's name.")),
    ("BR-DE-6", "seller.contact.phone", N_("An XRechnung needs the contact person's telephone number.")),
    ("BR-DE-7", "seller.contact.email", N_("An XRechnung needs the contact person's e-mail address.")),
    ("BR-DE-8", "buyer.address.city", N_("An XRechnung needs the buyer's city.")),
    ("BR-DE-9", "buyer.address.post_code", N_("An XRechnung needs the buyer's post code.")),
    ("BR-DE-15", "buyer_reference", N_("An XRechnung needs the buyer reference.")),
    ("PEPPOL-EN16931-R010", "buyer.electronic_address", N_("An XRechnung needs the buyer's e-address.")),
    ("PEPPOL-EN16931-R020", "seller.electronic_address", N_("An XRechnung needs the seller's e-address.")),
)
# Required where there is a delivery address at all.
_REQUIRED_FOR_DELIVERY = (
    ("BR-DE-10", "ship_to.address.city", N_("An XRechnung needs the delivery city.")),
    ("BR-DE-11", "ship_to.address.post_code", N_("An XRechnung needs the delivery post code.")),
)
# UNTDID 4461 and what must stand beside it.
_MEANS: dict[str, tuple[str, str, str]] = {
    **dict.fromkeys(("30", "58"), ("BR-DE-23-a", "account", N_("An XRechnung needs the account to transfer to."))),
    **dict.fromkeys(("48", "54", "55"), ("BR-DE-24-a", "card_number_end", N_("An XRechnung needs the card number."))),
}
_DEBIT = (
    ("BR-DE-30", "creditor_id", N_("An XRechnung needs the creditor id of the direct debit.")),
    ("BR-DE-31", "debited_iban", N_("An XRechnung needs the IBAN of the direct debit.")),
)


def check_xrechnung(data: DocumentData) -> list[Finding]:
    """What keeps complete data from being an XRechnung."""
    required = _REQUIRED + (_REQUIRED_FOR_DELIVERY if _value(data, "ship_to.address") else ())
    found = [Finding(code, path, message) for code, path, message in required if not _value(data, path)]
    return found + _payment_means(data) + _seller_tax(data) + _rates(data)


def _value(data: object, path: str) -> object:
    for name in path.split("."):
        data = getattr(data, name, None)
    return data


def _payment_means(data: DocumentData) -> list[Finding]:
    found = []
    for index, means in enumerate(data.payment_means):
        needed = _DEBIT if means.code == "59" else (_MEANS[means.code],) if means.code in _MEANS else ()
        for code, field, message in needed:
            if not getattr(means, field):
                found.append(Finding(code, f"payment_means[{index}].{field}", message))
    return found


def _seller_tax(data: DocumentData) -> list[Finding]:
    taxed = any(entry.category != "O" for entry in data.tax_breakdown)
    if not taxed or data.seller.vat_id or data.seller.tax_number or data.tax_representative:
        return []
    return [Finding("BR-DE-16", "seller.vat_id", N_("An XRechnung needs the VAT ID or tax number."))]


def _rates(data: DocumentData) -> list[Finding]:
    return [
        Finding("BR-DE-14", f"tax_breakdown[{index}].rate", N_("An XRechnung needs the tax rate."))
        for index, entry in enumerate(data.tax_breakdown)
        if entry.rate is None
    ]
