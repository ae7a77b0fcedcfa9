"""The columns at the foot of every page: address, contact, bank, tax and register (§ 35a GmbHG, § 14 UStG)."""

from kontor_documents.rendering.branding import Branding
from kontor_documents.rendering.formats import grouped
from kontor_service.i18n import gettext as _
from kontor_service.i18n import pgettext


def footer(branding: Branding) -> list[list[str]]:
    """The lines of each column; columns without a line are left out."""
    bank = branding.bank
    contact = [(pgettext("pdf", "Phone"), branding.phone), ("", branding.email), ("", branding.website)]
    account = [("", bank.name), ("IBAN", grouped(bank.iban)), ("BIC", bank.bic)] if bank else []
    tax = [
        (_("VAT ID"), branding.vat_id),
        (_("Tax number"), branding.tax_number),
        ("", branding.register),
        (_("Management:"), branding.management),
    ]
    columns = [[branding.name, *branding.address], *(_lines(column) for column in (contact, account, tax))]
    return [[line for line in column if line] for column in columns if any(column)]


def _lines(facts: list[tuple[str, str]]) -> list[str]:
    return [f"{label} {value}".strip() for label, value in facts if value]
