"""Which XML of a PDF is the invoice, and the older names of ZUGFeRD 1.0."""

import io
import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from kontor_documents.content.model import AllowanceCharge, BankAccount, DocumentData, Line, PaymentMeans, Reference
from kontor_documents.einvoice.read import read_document
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii, write_ubl
from kontor_documents.einvoice.zugferd1 import _NAMES
from kontor_documents.errors import DataConflict
from kontor_documents.intake.parse import parse
from kontor_documents.rendering import Branding, render
from kontor_service.errors import Invalid
from kontor_service.i18n import speaking


def invoice(number: str = "RE-1", **more: Any) -> DocumentData:
    line = Line(name="Ware", net_price=Decimal("100"), tax_rate=Decimal("19"))
    return complete(DocumentData(number=number, issue_date=date(2026, 11, 20), lines=[line], **more))


def pdf(*files: tuple[str, dict[str, str], bytes], associated: Sequence[int] = ()) -> bytes:
    """A page with embedded files: key in the list of names (empty: not listed), names in the specification, content."""
    document = pikepdf.new()
    document.add_blank_page()
    listed, specifications = Array(), []
    for key, names, content in files:
        stream = document.make_stream(content, Type=Name.EmbeddedFile)
        entries = {name: String(value) for name, value in names.items() if name != "/AFRelationship"}
        specification = Dictionary(
            Type=Name.Filespec, EF=Dictionary(F=stream), **{k[1:]: v for k, v in entries.items()}
        )
        if relationship := names.get("/AFRelationship"):
            specification.AFRelationship = Name(relationship)
        specifications.append(document.make_indirect(specification))
        if key:
            listed.append(String(key))
            listed.append(specifications[-1])
    document.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=listed))
    if associated:
        document.Root.AF = Array([specifications[index] for index in associated])
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def number_of(content: bytes) -> str:
    data = read_document(content).data
    return data.number if data else ""


@pytest.mark.parametrize(
    ("key", "names", "associated"),
    [
        ("another key", {"/UF": "factur-x.xml"}, []),
        ("another key", {"/F": "factur-x.xml"}, []),
        ("another key", {"/F": "Rechnung.xml", "/UF": "ZUGFeRD-invoice.xml"}, []),
        ("", {"/UF": "factur-x.xml"}, [0]),
        ("", {"/F": "xrechnung.xml"}, [0]),
        ("", {"/F": "rechnung.xml", "/AFRelationship": "/Alternative"}, [0]),
        ("a", {"/F": "rechnung.XML", "/AFRelationship": "/Data"}, []),
    ],
)
def test_the_invoice_is_found_by_what_its_specification_says(
    key: str, names: dict[str, str], associated: list[int]
) -> None:
    assert number_of(pdf((key, names, write_cii(invoice())), associated=associated)) == "RE-1"


@pytest.mark.parametrize("first", [True, False])
def test_an_exact_name_wins_over_another_case(first: bool) -> None:
    exact = ("b", {"/UF": "factur-x.xml"}, write_cii(invoice("EXACT")))
    other = ("a", {"/UF": "Factur-X.xml"}, write_cii(invoice("OTHER")))
    result = read_document(pdf(*((exact, other) if first else (other, exact))))
    assert result.data is not None
    assert result.data.number == "EXACT"
    assert [(found.code, found.params) for found in result.findings] == [("other_invoice", {"number": "OTHER"})]


@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_of_another_invoice_the_number_alone_is_read(write: Callable[[DocumentData], bytes]) -> None:
    other = write(invoice("OTHER")).replace(b"2026", b"year")
    result = read_document(
        pdf(("a", {"/UF": "factur-x.xml"}, write_cii(invoice())), ("b", {"/UF": "xrechnung.xml"}, other))
    )
    assert [(found.code, found.params) for found in result.findings] == [("other_invoice", {"number": "OTHER"})]


def test_the_same_invoice_twice_is_no_finding() -> None:
    xml = write_cii(invoice())
    twice = pdf(("a", {"/UF": "factur-x.xml"}, xml), ("b", {"/UF": "ZUGFeRD-invoice.xml"}, xml + b"\n"))
    assert read_document(twice).findings == []


def test_other_files_of_a_pdf_are_no_invoices() -> None:
    assert (
        read_document(pdf(("a", {"/UF": "notes.xml"}, b"<a/>"), ("b", {"/UF": "factur-x.pdf"}, b"%PDF"))).data is None
    )


def zugferd1(data: DocumentData, profile: str = "comfort") -> str:
    """The same document under the older names."""
    xml = write_cii(data, specification=f"urn:ferd:CrossIndustryDocument:invoice:1p0:{profile}").decode()
    for old, new in _NAMES.items():
        xml = xml.replace(f":{new}>", f":{old}>").replace(f":{new} ", f":{old} ").replace(f":{new}/>", f":{old}/>")
    for place in ("Line", "Header"):
        xml = xml.replace(f"SpecifiedTradeSettlement{place}Monetary", "SpecifiedTradeSettlementMonetary")
    xml = xml.replace("IssuerAssignedID", "ID")
    for now, then in {
        "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": "urn:ferd:CrossIndustryDocument:invoice:1p0",
        "AggregateBusinessInformationEntity:100": "AggregateBusinessInformationEntity:12",
        "UnqualifiedDataType:100": "UnqualifiedDataType:15",
    }.items():
        xml = xml.replace(now, then)
    return xml


def test_zugferd_1_is_read_like_its_successors() -> None:
    data = invoice(
        due_date=date(2026, 12, 20),
        delivery_date=date(2026, 11, 18),
        buyer={"name": "Seidel", "identifiers": [{"id": "K-7"}]},
        seller={"name": "Brunner", "vat_id": "DE136695976", "tax_number": "1/2"},
        customer_number="K-7",
        references=[Reference(kind="order", number="B-5"), Reference(kind="delivery_note", number="L-9")],
        payment_means=[PaymentMeans(code="58", account=BankAccount(iban="DE02120300000000202051"))],
        allowances_charges=[
            AllowanceCharge(amount=Decimal("5"), reason="Rabatt", tax_category="S", tax_rate=Decimal("19"))
        ],
    )
    xml = zugferd1(data)
    assert "CrossIndustryInvoice" not in xml
    found = read_document(xml.encode()).data
    assert found is not None
    assert found.model_copy(update={"specification": ""}) == data
    assert render(found, Branding(name="Brunner")).startswith(b"%PDF")


def test_the_profile_basic_of_zugferd_1_has_neither_categories_nor_an_amount_due() -> None:
    xml = zugferd1(
        invoice(payment_means=[PaymentMeans(code="58", account=BankAccount(iban="DE02120300000000202051"))]), "basic"
    )
    for left_out in (
        "<ram:CategoryCode>S</ram:CategoryCode>",
        "<ram:TypeCode>58</ram:TypeCode>",
        "<ram:DuePayableAmount>119.00</ram:DuePayableAmount>",
    ):
        assert left_out in xml
        xml = xml.replace(left_out, "")
    parsed = parse(xml.encode(), None)
    assert (parsed.data.totals.due, parsed.data.payment_means[0].code, parsed.issues) == (119, "30", [])


def too_little() -> bytes:
    xml = zugferd1(invoice(), "basic").replace("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", "")
    return pdf(("a", {"/UF": "ZUGFeRD-invoice.xml"}, xml.encode()))


def test_what_says_too_little_names_its_format_and_the_way_on() -> None:
    with pytest.raises(Invalid) as refused:
        parse(too_little(), None)
    with speaking("de"):
        sentence = refused.value.as_dict()["detail"]
    assert (refused.value.code, refused.value.field) == ("zugferd1_incomplete", "currency")
    assert "ZUGFeRD 1.0 (BASIC) und enthält zu wenige Angaben (currency)." in sentence


def test_data_beside_a_pdf_counts_where_its_xml_says_too_little() -> None:
    beside = {
        "number": "RE-9",
        "issue_date": "2026-11-20",
        "lines": [{"name": "Ware", "net_price": "100", "tax_rate": "19"}],
    }
    parsed = parse(too_little(), json.dumps(beside).encode())
    assert (parsed.data.number, parsed.xml, parsed.is_supplied) == ("RE-9", None, True)
    assert [issue["code"] for issue in parsed.issues] == ["xml_unread"]


def test_data_beside_a_file_may_say_what_the_file_leaves_out() -> None:
    xml = write_cii(invoice(), specification="urn:factur-x.eu:1p0:minimum").decode()
    start, _, rest = xml.partition("<ram:IncludedSupplyChainTradeLineItem>")
    content = (start + rest.partition("</ram:IncludedSupplyChainTradeLineItem>")[2]).encode()
    beside = {
        "issue_date": "2026-11-20",
        "due_date": "2026-12-01",
        "lines": [{"name": "Ware", "net_price": "100", "tax_rate": "19"}],
    }
    parsed = parse(content, json.dumps(beside).encode())
    assert (str(parsed.data.due_date), len(parsed.data.lines), parsed.data.totals.due) == ("2026-12-01", 1, 119)
    with pytest.raises(DataConflict):
        parse(content, json.dumps(beside | {"number": "RE-2"}).encode())
