"""DocumentData as EN 16931 XML. What was read from one syntax can be written in the other."""

from collections.abc import Mapping

from lxml import etree

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice import cii, ubl
from kontor_documents.einvoice.binding import Node, Terms, write
from kontor_documents.einvoice.business_terms import business_terms
from kontor_documents.einvoice.codelists import CREDIT_NOTE_CODES, PEPPOL_BILLING, XRECHNUNG
from kontor_service.errors import Invalid
from kontor_service.i18n import N_

Files = Mapping[str, bytes]


def write_cii(data: DocumentData, *, specification: str | None = None, files: Files | None = None) -> bytes:
    """UTF-8 XML. `specification` is BT-24 (codelists.ZUGFERD_EN16931 or XRECHNUNG), else that of the data.

    The data must be complete (totals.complete); Invalid names what is missing. `files` (by SHA-256) are embedded.
    """
    return _xml(cii.DOCUMENT, cii.from_common(_terms(data, specification, files)))


def write_ubl(data: DocumentData, *, specification: str | None = None, files: Files | None = None) -> bytes:
    """A UBL Invoice, or a CreditNote where BT-3 says so. Arguments as in write_cii."""
    terms = ubl.from_common(_terms(data, specification, files))
    return _xml(ubl.CREDIT_NOTE if terms["type_code"] in CREDIT_NOTE_CODES else ubl.INVOICE, terms)


def _terms(data: DocumentData, specification: str | None, files: Files | None) -> Terms:
    if data.totals is None or not data.tax_breakdown or any(line.net is None for line in data.lines):
        raise Invalid(N_("The totals are not complete."), code="totals_missing", field="totals")
    for key, term in (("number", "BT-1"), ("type_code", "BT-3")):
        if not getattr(data, key):
            raise Invalid(N_("%(term)s is missing here."), code="missing_value", field=key, key=key, term=term)
    terms = business_terms(data, files or {})
    terms["specification"] = specification or data.specification
    if terms["specification"] == XRECHNUNG:
        terms["business_process"] = terms["business_process"] or PEPPOL_BILLING
    return terms


def _xml(node: Node, terms: Terms) -> bytes:
    root = write(node, terms)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
