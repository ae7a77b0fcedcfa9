"""Whatever a merchant's system hands over, by its content: CII, UBL, ZUGFeRD PDF, plain PDF, JSON, image."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from lxml import etree
from pydantic import ValidationError

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice import cii, pdf, safe_xml, skonto, ubl, zugferd1
from kontor_documents.einvoice.binding import Node, Terms, read
from kontor_documents.einvoice.business_terms import document_values
from kontor_documents.einvoice.codelists import currencies
from kontor_documents.einvoice.errors import BadValue, BrokenJson, FileTooLarge, NotAnInvoice, UnknownCurrency
from kontor_documents.einvoice.findings import Finding
from kontor_documents.einvoice.uploads import FileType, file_type
from kontor_service.errors import Invalid, invalid_from
from kontor_service.i18n import N_

MAX_JSON_BYTES = 10 * 1024 * 1024


class Syntax(StrEnum):
    CII = "cii"
    UBL = "ubl"
    JSON = "json"


@dataclass(frozen=True)
class ReadResult:
    """`data` is None for a file that carries no data (a plain PDF, an image): the caller brings it.

    `xml` are the invoice's own bytes, `pdf` those of the PDF; `files` the embedded attachments by SHA-256, as
    `data.attachments` names them; `profile` is BT-24.
    """

    type: FileType
    data: DocumentData | None = None
    syntax: Syntax | None = None
    profile: str = ""
    xml: bytes | None = None
    pdf: bytes | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_document(content: bytes, *, data_beside: bool = False) -> ReadResult:
    """Reads within limits; what is wrong is raised as a subclass of kontor_service.errors.Problem with a stable code
    and the field. Totals are taken as they stand: see totals.complete and checks.check. A PDF with data beside it may
    carry XML that cannot be read."""
    type = file_type(content)
    if type is FileType.XML:
        return read_xml(content)
    if type is FileType.PDF:
        return _read_pdf(content, data_beside=data_beside)
    if type is FileType.JSON:
        return ReadResult(type, read_json(content), Syntax.JSON)
    return ReadResult(type)


def _read_pdf(content: bytes, *, data_beside: bool) -> ReadResult:
    xmls = pdf.invoice_xmls(content)
    if not xmls:
        return ReadResult(FileType.PDF, pdf=content)
    try:
        found = read_xml(xmls[0])
    except Invalid:
        if not data_beside:
            raise
        return ReadResult(FileType.PDF, pdf=content, findings=[Finding("xml_unread", "file", _UNREAD_XML)])
    others = [number for xml in xmls[1:] if (number := _number(xml)) and found.data and number != found.data.number]
    differing = [Finding("other_invoice", "file", _OTHER_INVOICE, {"number": number}) for number in others]
    return replace(found, type=FileType.PDF, pdf=content, findings=[*found.findings, *differing])


def _number(xml: bytes) -> str:
    """BT-1"""
    try:
        root = safe_xml.parse(xml)
    except Invalid:
        return ""
    place = _NUMBERS.get(str(root.tag))
    return (root.findtext(place) or "").strip() if place else ""


def read_json(content: bytes) -> DocumentData:
    """DocumentData as JSON, amounts as decimal strings; Invalid names every field that is wrong."""
    if len(content) > MAX_JSON_BYTES:
        raise FileTooLarge(
            N_("At most %(megabytes)s MiB are accepted."),
            field="data",
            megabytes=MAX_JSON_BYTES // 1024**2,
        )
    try:
        data = DocumentData.model_validate_json(content.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise BrokenJson(error.errors()[0]["msg"], field="data") from None
        raise invalid_from(error.errors()) from None
    return skonto.structured(known_currency(data))


def read_xml(content: bytes) -> ReadResult:
    """CII or UBL, recognised by the root element."""
    root = safe_xml.parse(content)
    if root.tag != zugferd1.TAG:
        return _read_root(root, content)
    try:
        return _read_root(zugferd1.to_cii(root), content)
    except Invalid as error:
        if error.code not in ("missing_value", "invalid"):
            raise
        profile = cii.specification(root).rpartition(":")[2].upper()
        raise NotAnInvoice(
            N_(
                "This is ZUGFeRD 1.0 (%(profile)s), which says too little here: %(missing)s. Please hand in the PDF with "
                "the data beside it, or ZUGFeRD 2."
            ),
            code="zugferd1_incomplete",
            field=error.field,
            missing=error.field,
            profile=profile,
        ) from error


def _read_root(root: etree._Element, content: bytes) -> ReadResult:
    table = _TABLES.get(str(root.tag))
    if table is None:
        name = etree.QName(root)
        raise NotAnInvoice(
            N_("<%(element)s> (%(namespace)s) is no CII or UBL invoice."),
            field="file",
            element=name.localname,
            namespace=name.namespace,
        )
    syntax, node, to_common = table
    unknown: set[str] = set()
    terms = read(root, node, {}, unknown)
    if syntax is Syntax.UBL:  # where the schema leaves BT-3 out, the element's name says it
        terms.setdefault("type_code", "381" if node is ubl.CREDIT_NOTE else "380")
    values, files, findings = document_values(to_common(terms))
    if unknown := unknown - _SAYS_NOTHING:
        findings.append(
            Finding("not_shown", "file", _NOT_SHOWN, {"elements": ", ".join(sorted(unknown)[:_MOST_NAMED])})
        )
    data = skonto.structured(known_currency(_validated(values)))
    return ReadResult(FileType.XML, data, syntax, data.specification, content, files=files, findings=findings)


# Elements that only repeat what is clear, such as that a tax is VAT.
_SAYS_NOTHING = frozenset({"Name", "TestIndicator", "TypeCode", "UBLVersionID"})
_MOST_NAMED = 12
_NOT_SHOWN = N_("Some of what the file says stands only in the file itself: %(elements)s")
_UNREAD_XML = N_("The data in the PDF cannot be read; the data beside it counts.")
_OTHER_INVOICE = N_("The PDF contains another invoice with the number %(number)s, which is not read.")
_NUMBERS = {
    cii.DOCUMENT.tag: "{*}ExchangedDocument/{*}ID",
    zugferd1.TAG: "{*}HeaderExchangedDocument/{*}ID",
    ubl.INVOICE.tag: "{*}ID",
    ubl.CREDIT_NOTE.tag: "{*}ID",
}
_TABLES: dict[str, tuple[Syntax, Node, Callable[[Terms], Terms]]] = {
    cii.DOCUMENT.tag: (Syntax.CII, cii.DOCUMENT, cii.to_common),
    ubl.INVOICE.tag: (Syntax.UBL, ubl.INVOICE, ubl.to_common),
    ubl.CREDIT_NOTE.tag: (Syntax.UBL, ubl.CREDIT_NOTE, ubl.to_common),
}


def _validated(values: dict[str, Any]) -> DocumentData:
    for key, term in (("number", "BT-1"), ("issue_date", "BT-2"), ("type_code", "BT-3"), ("currency", "BT-5")):
        if not values.get(key):
            raise BadValue(N_("%(term)s is missing here."), code="missing_value", field=key, key=key, term=term)
    try:
        return DocumentData.model_validate(values)
    except ValidationError as error:
        raise invalid_from(error.errors()) from None


def known_currency(data: DocumentData) -> DocumentData:
    """The same data; raises UnknownCurrency where a currency is not in ISO 4217."""
    for key in ("currency", "tax_currency"):
        code = getattr(data, key)
        if code and code not in currencies():
            raise UnknownCurrency(N_("%(value)s is not a currency of ISO 4217."), field=key, value=code)
    return data
