"""Files made to break or to exhaust whoever reads them: a precise error, in bounded memory."""

import io
import json
import resource
import zlib
from datetime import date
from decimal import Decimal
from typing import Any

import pikepdf
import pytest

from kontor_documents.content.model import DocumentData, Line
from kontor_documents.einvoice import pdf, safe_xml
from kontor_documents.einvoice.errors import (
    BadValue,
    BrokenJson,
    BrokenPdf,
    BrokenXml,
    EncryptedPdf,
    FileTooLarge,
    HostilePdf,
    HostileXml,
    NotAnInvoice,
    UnknownCurrency,
)
from kontor_documents.einvoice.read import read_document
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii, write_ubl
from kontor_service.errors import Invalid, Problem
from kontor_service.money import to_minor

MEBIBYTE = 1024 * 1024


def invoice() -> DocumentData:
    line = Line(name="Ware", net_price=Decimal("10"), tax_rate=Decimal("19"))
    return complete(DocumentData(number="RE-1", issue_date=date(2026, 1, 1), lines=[line]))


CII = write_cii(invoice()).decode()
UBL = write_ubl(invoice()).decode()


def problem(content: bytes | str) -> Problem:
    with pytest.raises(Problem) as caught:
        read_document(content.encode() if isinstance(content, str) else content)
    return caught.value


def with_doctype(doctype: str, number: str) -> str:
    declaration, _, rest = UBL.partition("\n")
    return f"{declaration}\n{doctype}\n{rest.replace('>RE-1<', f'>{number}<')}"


def test_an_external_entity_is_refused() -> None:
    error = problem(with_doctype('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', "&e;"))
    assert isinstance(error, HostileXml)
    assert error.code == "xml_doctype"


def test_a_billion_laughs_are_refused() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    error = problem(with_doctype(f'<!DOCTYPE x [<!ENTITY l0 "lol">{levels}]>', "&l11;"))
    assert error.code == "xml_doctype"


def test_a_doctype_behind_comments_is_found() -> None:
    error = problem(with_doctype('<!-- <a> --><?pi x?>\n<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">', "1"))
    assert error.code == "xml_doctype"


def test_a_doctype_in_utf_16_is_found() -> None:
    text = with_doctype('<!DOCTYPE x [<!ENTITY e "1">]>', "&e;").replace("UTF-8", "UTF-16")
    assert problem(text.encode("utf-16")).code == "xml_doctype"


def test_an_invoice_in_utf_16_is_read() -> None:
    assert read_document(UBL.replace("UTF-8", "UTF-16").encode("utf-16")).data.number == "RE-1"


def test_an_exotic_encoding_is_refused() -> None:
    assert problem(UBL.replace("UTF-8", "UTF-7")).code == "xml_encoding"


def test_an_undefined_entity_is_broken_xml() -> None:
    assert isinstance(problem(UBL.replace(">RE-1<", ">&nbsp;<")), BrokenXml)


def test_nesting_without_end_is_refused() -> None:
    depth = 100_000
    error = problem("<a>" * depth + "</a>" * depth)
    assert isinstance(error, HostileXml)
    assert error.code == "xml_limits"


def test_too_many_elements_are_refused_before_parsing() -> None:
    error = problem("<a>" + "<b/>" * (safe_xml.MAX_TAGS + 1) + "</a>")
    assert error.code == "xml_too_many_elements"


def test_too_large_xml_is_refused() -> None:
    error = problem("<a>" + " " * safe_xml.MAX_XML_BYTES + "</a>")
    assert isinstance(error, FileTooLarge)


def test_truncated_xml_names_the_line() -> None:
    error = problem(UBL[: len(UBL) // 2])
    assert isinstance(error, BrokenXml)
    assert error.params["line"] > 1


def test_xml_that_is_no_invoice_names_its_root() -> None:
    error = problem('<Order xmlns="urn:x"><ID>1</ID></Order>')
    assert isinstance(error, NotAnInvoice)
    assert "Order" in error.detail


@pytest.mark.parametrize(
    ("content", "field"),
    [
        pytest.param(UBL.replace(">10<", ">zehn<", 1), "lines[0].net_price", id="ubl-amount"),
        pytest.param(CII.replace(">20260101<", ">20261341<"), "issue_date", id="cii-date"),
        pytest.param(
            UBL.replace('<cbc:InvoicedQuantity unitCode="C62">1<', "<cbc:InvoicedQuantity>1e5<"),
            "lines[0].quantity",
            id="line",
        ),
        pytest.param(CII.replace(">10<", ">" + "9" * 400 + "<", 1), "lines[0].net_price", id="long-number"),
    ],
)
def test_an_unreadable_value_is_named_by_its_path(content: str, field: str) -> None:
    error = problem(content)
    assert isinstance(error, BadValue)
    assert error.field == field


def test_notes_without_end_are_refused() -> None:
    error = problem(
        UBL.replace("<cbc:InvoicedQuantity", "<cbc:Note>again and again</cbc:Note>" * 100_000 + "<cbc:InvoicedQuantity")
    )
    assert (error.code, error.field) == ("text_too_long", "lines[0].note")


def test_lines_without_end_are_refused() -> None:
    start, line, end = UBL.partition("<cac:InvoiceLine>")
    error = problem(start + "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>" * 20_000 + line + end)
    assert (error.code, error.field) == ("too_many_items", "lines")


def test_a_missing_issue_date_is_named() -> None:
    error = problem(UBL.replace("<cbc:IssueDate>2026-01-01</cbc:IssueDate>", ""))
    assert (error.code, error.field) == ("missing_value", "issue_date")


def test_an_unknown_currency_is_named() -> None:
    error = problem(UBL.replace(">EUR<", ">EUX<"))
    assert isinstance(error, UnknownCurrency)
    assert error.field == "currency"


def pdf_with(name: str, content: bytes, **attributes: pikepdf.Object) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    specification = pikepdf.AttachedFileSpec(document, b"", filename=name, mime_type="text/xml")
    stream = specification.get_file().obj
    stream.write(content, filter=attributes.get("Filter"), decode_parms=attributes.get("DecodeParms"))
    document.attachments[name] = specification
    out = io.BytesIO()
    document.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9)
    block = b"\0" * MEBIBYTE
    return b"".join(packer.compress(block) for _ in range(size // MEBIBYTE)) + packer.flush()


def grown_by(action: object) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    action()  # type: ignore[operator]
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024


def test_an_embedded_flate_bomb_is_refused_in_bounded_memory() -> None:
    content = pdf_with("factur-x.xml", bomb(2048 * MEBIBYTE), Filter=pikepdf.Name.FlateDecode)
    assert len(content) < 4 * MEBIBYTE

    def read() -> None:
        assert isinstance(problem(content), HostilePdf)

    assert grown_by(read) < 200 * MEBIBYTE


def test_an_object_stream_that_is_a_bomb_is_refused_in_bounded_memory() -> None:
    content = raw_pdf_with_object_stream(bomb(2048 * MEBIBYTE), b"/FlateDecode")

    def read() -> None:
        assert isinstance(problem(content), (HostilePdf, BrokenPdf))

    assert grown_by(read) < 300 * MEBIBYTE


@pytest.mark.parametrize("name", [b"/LZWDecode", b"/L#5aWDecode", b"/L#5AW#44ecode"])
def test_lzw_in_a_pdf_with_object_streams_is_refused(name: bytes) -> None:
    assert isinstance(problem(raw_pdf_with_object_stream(b"\x80\x0b\x60\x50", name)), HostilePdf)


def raw_pdf_with_object_stream(stream: bytes, filter_name: bytes) -> bytes:
    """Object 1, the catalogue, lies in the object stream 2; the cross-reference stream 3 says so."""
    out = bytearray(b"%PDF-1.5\n")
    second = len(out)
    out += b"2 0 obj\n<</Type/ObjStm/N 1/First 4/Length %d/Filter %s>>stream\n" % (len(stream), filter_name)
    out += stream + b"\nendstream\nendobj\n"
    third = len(out)
    entries = [(0, 0, 65535), (2, 2, 0), (1, second, 0), (1, third, 0)]
    table = b"".join(
        bytes([kind]) + where.to_bytes(4, "big") + extra.to_bytes(2, "big") for kind, where, extra in entries
    )
    out += b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    out += table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % third
    return bytes(out)


def plain_pdf(**save: object) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def test_a_pdf_without_data_is_accepted_as_it_is() -> None:
    content = plain_pdf()
    result = read_document(content)
    assert (result.data, result.xml, result.pdf) == (None, None, content)


def test_a_pdf_that_needs_a_password_is_named_so() -> None:
    locked = plain_pdf(encryption=pikepdf.Encryption(user="geheim", owner="geheim"))
    assert isinstance(problem(locked), EncryptedPdf)


def test_a_pdf_that_only_forbids_printing_is_read() -> None:
    restricted = plain_pdf(encryption=pikepdf.Encryption(user="", owner="geheim"))
    assert read_document(restricted).pdf == restricted


def test_a_truncated_pdf_is_broken() -> None:
    content = pdf_with("factur-x.xml", CII.encode())
    assert isinstance(problem(content[:200]), BrokenPdf)


def test_a_pdf_of_noise_is_broken() -> None:
    assert isinstance(problem(b"%PDF-1.7\n" + bytes(range(256)) * 100), BrokenPdf)


def test_a_pdf_too_large_is_refused() -> None:
    assert isinstance(problem(b"%PDF-1.7\n" + b" " * pdf.MAX_PDF_BYTES), FileTooLarge)


@pytest.mark.parametrize("name", ["factur-x.xml", "xrechnung.xml", "ZUGFeRD-invoice.xml"])
def test_the_invoice_in_a_pdf_is_found_by_each_of_its_names(name: str) -> None:
    assert read_document(pdf_with(name, CII.encode())).data.number == "RE-1"


def test_ubl_in_a_pdf_is_read_too() -> None:
    assert read_document(pdf_with("xrechnung.xml", UBL.encode())).syntax == "ubl"


def test_a_hostile_xml_in_a_pdf_is_refused() -> None:
    laughs = with_doctype('<!DOCTYPE x [<!ENTITY e "1">]>', "&e;")
    assert problem(pdf_with("factur-x.xml", laughs.encode())).code == "xml_doctype"


def test_json_may_begin_with_a_byte_order_mark() -> None:
    assert read_document(b'\xef\xbb\xbf{"number": "1", "issue_date": "2026-01-01"}').data.number == "1"


def test_broken_json_is_named_so() -> None:
    assert isinstance(problem(b'{"number": '), BrokenJson)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"lines": [{"name": "x", "net_price": "1E+999999"}]}, "lines[0].net_price"),
        ({"lines": [{"name": "x", "net_price": "NaN"}]}, "lines[0].net_price"),
        ({"issue_date": "31.12.2026"}, "issue_date"),
        ({"number": "a\u0000b"}, "number"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_wrong_json_names_the_field(change: dict[str, object], field: str) -> None:
    error = problem(json.dumps({"number": "1", "issue_date": "2026-01-01", **change}))
    assert isinstance(error, Invalid)
    assert error.field == field


TRILLION = Decimal(10) ** 12


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": TRILLION}, "totals.line_net"),
        ({"totals": {"prepaid": TRILLION}}, "totals.prepaid"),
        ({"totals": {"tax": -TRILLION}}, "totals.tax"),
        ({"cash_discounts": [{"days": 7, "percent": "2", "base_amount": TRILLION}]}, "cash_discounts[0].base_amount"),
        ({"cash_discounts": [{"days": 7, "percent": "101"}]}, "cash_discounts[0].percent"),
    ],
)
def test_an_amount_that_cannot_be_booked_is_refused_with_its_field(change: dict[str, Any], field: str) -> None:
    line = Line(name="Ware", quantity=change.pop("quantity", Decimal(1)), net_price=Decimal(1), tax_rate=Decimal("19"))
    if "totals" in change:
        change["totals"] = dict.fromkeys(("line_net", "net", "gross", "due"), 1) | change["totals"]
    with pytest.raises(Invalid) as caught:
        complete(DocumentData(number="1", issue_date=date(2026, 1, 1), lines=[line], **change))
    assert caught.value.field == field


def test_an_amount_below_a_trillion_is_taken() -> None:
    line = Line(name="Turbine", net_price=TRILLION - Decimal("0.01"), tax_category="Z", tax_rate=Decimal(0))
    totals = complete(DocumentData(number="1", issue_date=date(2026, 1, 1), lines=[line])).totals
    assert totals
    assert to_minor(totals.due, "EUR") == 10**14 - 1
