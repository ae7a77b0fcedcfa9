"""PDFs from outside: opened within limits, and the invoice XML taken out of a ZUGFeRD/Factur-X file."""

import io
import re
import zlib
from collections.abc import Iterator
from functools import cache

import pikepdf
from pikepdf import settings

from kontor_documents.einvoice.errors import BrokenPdf, EncryptedPdf, FileTooLarge, HostilePdf
from kontor_documents.einvoice.safe_xml import MAX_XML_BYTES
from kontor_service.i18n import N_

MAX_PDF_BYTES = 25 * 1024 * 1024
# Memory for any one compressed structure of a PDF (object streams, cross-reference streams).
MAX_INFLATED_BYTES = 64 * 1024 * 1024
MAX_EMBEDDED_FILES = 100
_MAX_INVOICES = 4
_DATA = ("/Alternative", "/Data", "/Source")
# The names ZUGFeRD 2, Factur-X, XRechnung and ZUGFeRD 1 give the embedded invoice, best first.
INVOICE_NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")


# qpdf has no memory limit for LZW, which no PDF with compressed structures (1.5 and later) uses for these.
def _spelled(name: str) -> str:
    """A regular expression for a PDF name, each character plain or as #xx."""
    return "".join(f"(?:{char}|#(?i:{ord(char):02x}))" for char in name)


_LZW = re.compile(rf"/{_spelled('LZW')}(?:{_spelled('Decode')}|[\s/\]>])".encode())
_COMPRESSED_STRUCTURE = re.compile(rf"/(?:{_spelled('ObjStm')}|{_spelled('XRef')})[\s/>]".encode())
# How qpdf names a file that has no name.
_STREAM_NAME = re.compile(r"^stream <[^>]*>: ")


@cache
def _limit_qpdf() -> None:
    """Process-wide in qpdf, therefore set once, before the first PDF is opened."""
    settings.set_qpdf_limits(
        flate_max_memory=MAX_INFLATED_BYTES,
        png_max_memory=MAX_INFLATED_BYTES,
        tiff_max_memory=MAX_INFLATED_BYTES,
        run_length_max_memory=MAX_INFLATED_BYTES,
        dct_max_memory=MAX_INFLATED_BYTES,
        max_stream_filters=2,
        doc_max_warnings=500,
    )


def invoice_xmls(data: bytes) -> list[bytes]:
    """The invoices embedded in a PDF, the best first; none in a plain one. Checks the PDF on the way.

    Raises FileTooLarge, EncryptedPdf, BrokenPdf or HostilePdf. A PDF that opens without a password is not encrypted in
    this sense, even if it forbids printing.
    """
    with _opened(data) as document:
        if len(document.pages) == 0:
            raise BrokenPdf(N_("The PDF has no pages."), code="pdf_empty", field="file")
        found = {spec.objgen or id(spec): (rank, spec) for rank, spec in _invoices(document)}
        best = sorted(found.values(), key=lambda one: one[0])[:_MAX_INVOICES]
        return list(dict.fromkeys(_content(spec) for _rank, spec in best))


def _invoices(document: pikepdf.Pdf) -> Iterator[tuple[int, pikepdf.Object]]:
    """Files that are invoices, with how sure their name makes us (0 is best): exact, in another case, or any XML that
    the document names as its data. They are named by the file's specification; the key in the list means nothing."""
    listed = [document.attachments[key].obj for key in list(document.attachments.keys())[:MAX_EMBEDDED_FILES]]
    associated = list(document.Root.get("/AF", pikepdf.Array()))[:MAX_EMBEDDED_FILES]
    known = [*INVOICE_NAMES, *(f"any case {name}" for name in INVOICE_NAMES)]
    for spec in (*listed, *associated):
        names = [str(spec[key]) for key in ("/UF", "/F") if isinstance(spec.get(key), pikepdf.String)]
        ranks = [known.index(name) for one in names for name in (one, f"any case {one.lower()}") if name in known]
        is_data = str(spec.get("/AFRelationship")) in _DATA and any(name.lower().endswith(".xml") for name in names)
        if ranks or is_data:
            yield min(ranks, default=len(known)), spec


class _Opened:
    """pikepdf.open with its errors put into ours, for the whole time the document is open."""

    def __init__(self, data: bytes):
        self.data = data
        self.limits_hit = settings.qpdf_limit_errors()

    def __enter__(self) -> pikepdf.Pdf:
        try:
            self.document = pikepdf.open(io.BytesIO(self.data))
        except Exception as error:
            raise self._translated(error) from None
        return self.document

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.document.close()
        if isinstance(error, (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, AttributeError)):
            raise self._translated(error) from None

    def _translated(self, error: Exception) -> Exception:
        if isinstance(error, pikepdf.PasswordError):
            return EncryptedPdf(N_("The PDF opens only with a password; please hand over the open file."), field="file")
        if settings.qpdf_limit_errors() > self.limits_hit:
            return HostilePdf(N_("The PDF goes beyond the limits for nesting and unpacked size."), field="file")
        return BrokenPdf(
            N_("The PDF cannot be read: %(reason)s"), field="file", reason=_STREAM_NAME.sub("", str(error))[:300]
        )


def _opened(data: bytes) -> _Opened:
    if len(data) > MAX_PDF_BYTES:
        raise FileTooLarge(
            N_("At most %(megabytes)s MiB are accepted."),
            field="file",
            megabytes=MAX_PDF_BYTES // 1024**2,
        )
    if _LZW.search(data) and _COMPRESSED_STRUCTURE.search(data):
        raise HostilePdf(N_("LZW compression is not accepted in a PDF with object streams."), field="file")
    _limit_qpdf()
    return _Opened(data)


def _content(specification: pikepdf.Object) -> bytes:
    """The embedded bytes, unpacked by us so that no more than MAX_XML_BYTES come into being."""
    files = specification["/EF"]
    stream = files["/F"] if "/F" in files else files["/UF"]
    filters = stream.get("/Filter")
    names = [] if filters is None else [filters] if isinstance(filters, pikepdf.Name) else list(filters)
    raw = bytes(stream.get_raw_stream_buffer())
    if not names:
        return _limited(raw)
    if [str(name) for name in names] != ["/FlateDecode"] or stream.get("/DecodeParms") is not None:
        raise BrokenPdf(N_("The embedded invoice cannot be unpacked."), code="pdf_filter", field="file")
    return _inflated(raw)


def _inflated(raw: bytes) -> bytes:
    decoder = zlib.decompressobj()
    try:
        content = decoder.decompress(raw, MAX_XML_BYTES + 1)
    except zlib.error as error:
        raise BrokenPdf(N_("The embedded invoice cannot be unpacked: %(reason)s"), field="file", reason=error) from None
    return _limited(content)


def _limited(content: bytes) -> bytes:
    if len(content) > MAX_XML_BYTES:
        raise HostilePdf(
            N_("At most %(megabytes)s MiB are accepted."),
            field="file",
            megabytes=MAX_XML_BYTES // 1024**2,
        )
    return content
