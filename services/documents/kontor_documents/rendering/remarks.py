"""What is said below the totals: exemption reasons, notes, attachments, the closing."""

from kontor_documents.content.model import DocumentData
from kontor_documents.content.paying import transfer_account
from kontor_documents.rendering.formats import Formats
from kontor_documents.rendering.payment import is_demand
from kontor_documents.rendering.recipient import delivery_address, party_lines
from kontor_service.i18n import N_, pgettext
from kontor_service.i18n import gettext as _

# Said where the document itself gives no reason (UNCL5305; the words are those of § 14a UStG).
REASONS = {
    "AE": N_("Reverse charge: VAT is owed by the recipient"),
    "K": N_("VAT-exempt intra-Community supply"),
    "G": N_("VAT-exempt export"),
    "E": N_("Exempt from VAT"),
    "O": N_("Outside the scope of VAT"),
}


def remarks(document: DocumentData, formats: Formats) -> list[str]:
    """Paragraphs in the order they are printed, each once."""
    paragraphs = [*exemptions(document), *_facts(document, formats), *(text for _, text in document.notes)]
    return list(dict.fromkeys(text for text in paragraphs if text))


def exemptions(document: DocumentData) -> list[str]:
    known = ((tax.exemption_reason, REASONS.get(tax.category, "")) for tax in document.tax_breakdown)
    return [given or (_(usual) if usual else "") for given, usual in known]


def _facts(document: DocumentData, formats: Formats) -> list[str]:
    files = ", ".join(item.description or item.file_name or item.id or item.url for item in document.attachments)
    payee = ", ".join(party_lines(document.payee, document.seller.address, formats.language)) if document.payee else ""
    account = transfer_account(document) if is_demand(document) else None
    if account and account.holder == payee:
        payee = ""  # said beside the account already
    representative = document.tax_representative
    facts = [
        (pgettext("pdf", "Delivery address"), delivery_address(document, formats.language)),
        (_("Payee"), payee),
        (_("Tax representative"), f"{representative.name}, {representative.vat_id}" if representative else ""),
        (_("Attachments"), files),
    ]
    return [f"{label}: {value}" for label, value in facts if value]
