"""PDF/A-3 with the e-invoice inside: what Typst leaves to do (Factur-X 1.0.07 / ZUGFeRD 2.3, chapter 6; ISO 19005-3)."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

from kontor_documents.einvoice import cii
from kontor_documents.rendering.errors import RenderingError
from kontor_documents.rendering.update import Update, pdf_name, pdf_text
from kontor_service.errors import Invalid
from kontor_service.i18n import N_

_VERSION = re.compile(r"xrechnung_(\d+\.\d+)")
METADATA = re.compile(rb"/Metadata (\d+) 0 R")
NAMESPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
PROPERTIES = {
    "DocumentFileName": "name of the embedded XML invoice file",
    "DocumentType": "INVOICE",
    "Version": "the version of the XML invoice standard",
    "ConformanceLevel": "the conformance level of the embedded XML invoice",
}


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A supporting document (BG-24) to travel inside the PDF."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    description: str = ""


class Profile(NamedTuple):
    """How the XML is named and announced in the PDF."""

    level: str
    file_name: str
    relationship: str
    version: str = "1.0"


def profile_of(xml: bytes) -> Profile:
    """Read from the specification identifier (BT-24); what is no profile of Factur-X is an invoice by EN 16931, as all
    CIUS are. MINIMUM and BASIC WL are no invoices in Germany, only data. Raises RenderingError for what is no CII."""
    try:
        guideline = cii.specification(cii.parse(xml)).lower()
    except Invalid as error:
        raise RenderingError("xml", N_("The XML is not an invoice in CII or UBL.")) from error
    if "xrechnung" in guideline:
        version = _VERSION.search(guideline)
        return Profile("XRECHNUNG", "xrechnung.xml", "Data", version[1] if version else "1.0")
    for ending, level in {":minimum": "MINIMUM", ":basicwl": "BASIC WL"}.items():
        if guideline.endswith(ending):
            return Profile(level, "factur-x.xml", "Data")
    for ending, level in {":basic": "BASIC", ":extended": "EXTENDED"}.items():
        if guideline.endswith(ending):
            return Profile(level, "factur-x.xml", "Alternative")
    return Profile("EN 16931", "factur-x.xml", "Alternative")


def embed(pdf: bytes, day: datetime, xml: bytes | None, attachments: Sequence[EmbeddedFile]) -> bytes:
    """The PDF with its attachments, announced in its metadata. The same input gives the same bytes."""
    if xml is None and not attachments:
        return pdf
    update = Update(pdf)
    files: dict[str, int] = {}
    if xml is not None:
        profile = profile_of(xml)
        invoice = EmbeddedFile(profile.file_name, xml, "text/xml", "Factur-X/ZUGFeRD")
        files[invoice.name] = _attach(update, invoice, day, profile.relationship)
        _announce(update, profile)
    for attachment in attachments:
        name = _free_name(attachment.name, files)
        files[name] = _attach(update, replace(attachment, name=name), day, "Supplement")
    _list(update, files)
    return update.written()


def _attach(update: Update, file: EmbeddedFile, day: datetime, relationship: str) -> int:
    """The number of the file's specification (ISO 32000-1, 7.11.3; the relationship is ISO 19005-3, 6.8)."""
    stamp = pdf_text(f"D:{day:%Y%m%d%H%M%S}Z")
    content = update.put_stream(
        file.content,
        b"/Type/EmbeddedFile/Subtype%s/Params<</Size %d/CreationDate%s/ModDate%s>>"
        % (pdf_name(file.media_type or "application/octet-stream"), len(file.content), stamp, stamp),
    )
    name = pdf_text(file.name)
    return update.put(
        b"<</Type/Filespec/F%s/UF%s/Desc%s/AFRelationship/%s/EF<</F %d 0 R/UF %d 0 R>>>>"
        % (name, name, pdf_text(file.description or file.name), relationship.encode(), content, content)
    )


def _list(update: Update, files: dict[str, int]) -> None:
    """Names the files in the catalogue and associates them with the whole document."""
    catalogue = update.dictionary(update.root)
    if b"/Names" in catalogue or b"/AF" in catalogue:
        raise RuntimeError("the typesetter's PDF lists files of its own; they would be lost")
    references = {pdf_text(name): b"%d 0 R" % number for name, number in files.items()}
    names = b"".join(key + reference for key, reference in sorted(references.items()))
    entries = b"/Names<</EmbeddedFiles<</Names[%s]>>>>/AF[%s]" % (names, b" ".join(references.values()))
    update.put(b"<<%s%s>>" % (catalogue, entries), update.root)


def _free_name(wanted: str, taken: Collection[str]) -> str:
    """The name, numbered where another attachment has it: names come from senders, and none of their files is lost."""
    name = "".join(filter(str.isprintable, wanted)).strip() or "attachment"
    stem, dot, ending = name.rpartition(".")
    number = 1
    while name in taken:
        number += 1
        name = f"{stem} ({number}){dot}{ending}" if stem else f"{ending} ({number})"
    return name


def _announce(update: Update, profile: Profile) -> None:
    """Into the XMP as Typst wrote it: the extension schema into its list of schemas, the four properties at the end."""
    found = METADATA.search(update.dictionary(update.root))
    if found is None:
        raise RuntimeError("the typesetter's PDF has no metadata")
    number = int(found[1])
    metadata = update.stream(number).decode()
    for mark, addition in {
        "</rdf:Bag></pdfaExtension:schemas>": _schema(),
        "</rdf:RDF>": _properties(profile),
    }.items():
        if metadata.count(mark) != 1:
            raise RuntimeError(f"the typesetter's XMP has no single {mark}; the Factur-X block would be lost")
        metadata = metadata.replace(mark, addition + mark)
    # Metadata stays uncompressed, so that programs that know no PDF find it.
    update.put_stream(metadata.encode(), b"/Type/Metadata/Subtype/XML", number, packed=False)


def _schema() -> str:
    properties = "".join(
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
        for name, description in PROPERTIES.items()
    )
    return (
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    )


def _properties(profile: Profile) -> str:
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{NAMESPACE}"><fx:DocumentType>INVOICE</fx:DocumentType>'
        f"<fx:DocumentFileName>{profile.file_name}</fx:DocumentFileName><fx:Version>{escape(profile.version)}</fx:Version>"
        f"<fx:ConformanceLevel>{profile.level}</fx:ConformanceLevel></rdf:Description>"
    )
