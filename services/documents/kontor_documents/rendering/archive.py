"""PDF/A-3 with the e-invoice inside: what Typst leaves to do (Factur-X 1.0.07 / ZUGFeRD 2.3, chapter 6; ISO 19005-3)."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape

import pikepdf

from kontor_documents.rendering.errors import RenderingError

GUIDELINE = re.compile(rb"GuidelineSpecifiedDocumentContextParameter>\s*<(?:\w+:)?ID[^>]*>\s*([^<\s]+)\s*<")
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
    relationship: pikepdf.Name
    version: str = "1.0"


def profile_of(xml: bytes) -> Profile:
    """Read from the specification identifier (BT-24). MINIMUM and BASIC WL are no invoices in Germany, only data."""
    found = GUIDELINE.search(xml)
    if not found:
        raise RenderingError("xml", "not a CII invoice with a specification identifier (BT-24)")
    guideline = found.group(1).decode("ascii", "replace").lower()
    if "xrechnung" in guideline:
        return Profile("XRECHNUNG", "xrechnung.xml", pikepdf.Name.Data, guideline.rsplit("_", 1)[-1])
    for ending, level in {":minimum": "MINIMUM", ":basicwl": "BASIC WL"}.items():
        if guideline.endswith(ending):
            return Profile(level, "factur-x.xml", pikepdf.Name.Data)
    for ending, level in {":basic": "BASIC", ":extended": "EXTENDED", "en16931:2017": "EN 16931"}.items():
        if guideline.endswith(ending):
            return Profile(level, "factur-x.xml", pikepdf.Name.Alternative)
    raise RenderingError("xml", f"{guideline} is no profile of Factur-X, ZUGFeRD or XRechnung")


def embed(pdf: bytes, day: datetime, xml: bytes | None, attachments: Sequence[EmbeddedFile]) -> bytes:
    """The PDF with its attachments, announced in its metadata. The same input gives the same bytes."""
    if xml is None and not attachments:
        return pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if xml is not None:
            profile = profile_of(xml)
            invoice = EmbeddedFile(profile.file_name, xml, "text/xml", "Factur-X/ZUGFeRD")
            _attach(document, invoice, day, profile.relationship)
            _announce(document, profile)
        for attachment in attachments:
            name = _free_name(attachment.name, document)
            _attach(document, replace(attachment, name=name), day, pikepdf.Name.Supplement)
        target = io.BytesIO()
        document.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
    return target.getvalue()


def _attach(document: pikepdf.Pdf, file: EmbeddedFile, day: datetime, relationship: pikepdf.Name) -> None:
    stamp = day.strftime("D:%Y%m%d%H%M%SZ")
    specification = pikepdf.AttachedFileSpec(
        document,
        file.content,
        description=file.description or file.name,
        filename=file.name,
        mime_type=file.media_type or "application/octet-stream",
        creation_date=stamp,
        mod_date=stamp,
    )
    specification.relationship = relationship
    # Also associates the file with the whole document (/AF), as ISO 19005-3, 6.8 wants it.
    document.attachments[file.name] = specification


def _free_name(wanted: str, document: pikepdf.Pdf) -> str:
    """The name, numbered where another attachment has it: names come from senders, and none of their files is lost."""
    name = "".join(filter(str.isprintable, wanted)).strip() or "attachment"
    stem, dot, ending = name.rpartition(".")
    number = 1
    while name in document.attachments:
        number += 1
        name = f"{stem} ({number}){dot}{ending}" if stem else f"{ending} ({number})"
    return name


def _announce(document: pikepdf.Pdf, profile: Profile) -> None:
    """Into the XMP as Typst wrote it: the extension schema into its list of schemas, the four properties at the end."""
    metadata = document.Root.Metadata.read_bytes().decode()
    for mark, addition in {
        "</rdf:Bag></pdfaExtension:schemas>": _schema(),
        "</rdf:RDF>": _properties(profile),
    }.items():
        if metadata.count(mark) != 1:
            raise RuntimeError(f"the typesetter's XMP has no single {mark}; the Factur-X block would be lost")
        metadata = metadata.replace(mark, addition + mark)
    document.Root.Metadata = document.make_stream(
        metadata.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
    )


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
