"""What readers make of the corners of both syntaxes."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import CashDiscount, DocumentData, Line
from kontor_documents.einvoice.codelists import XRECHNUNG
from kontor_documents.einvoice.errors import UnknownFileType
from kontor_documents.einvoice.read import read_document
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii, write_ubl
from kontor_service.errors import Invalid


def invoice(**more: object) -> DocumentData:
    line = Line(name="Ware", net_price=Decimal("10"), tax_rate=Decimal("19"))
    values = {"number": "RE-1", "issue_date": date(2026, 1, 1), "lines": [line], **more}
    return complete(DocumentData(**values))


CII = write_cii(invoice(payment_terms="Netto")).decode()
UBL = write_ubl(invoice(payment_terms="Netto")).decode()

MINIMUM = """<rsm:CrossIndustryInvoice
  xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
  xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:factur-x.eu:1p0:minimum</ram:ID>
  </ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
  <rsm:ExchangedDocument><ram:ID>R1</ram:ID><ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">20260102</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement>
    <ram:SellerTradeParty><ram:Name>V</ram:Name></ram:SellerTradeParty><ram:BuyerTradeParty><ram:Name>K</ram:Name></ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>
    <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
    <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount><ram:GrandTotalAmount>119.00</ram:GrandTotalAmount>
    <ram:DuePayableAmount>119.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""


def test_the_profile_minimum_gives_totals_without_lines() -> None:
    data = read_document(MINIMUM.encode()).data
    assert (data.lines, data.totals.net, data.totals.tax, data.totals.due) == ([], 100, 19, 119)


def test_structured_discounts_of_the_profile_extended_are_read() -> None:
    discount = (
        '<ram:ApplicableTradePaymentDiscountTerms><ram:BasisPeriodMeasure unitCode="DAY">10</ram:BasisPeriodMeasure>'
        "<ram:CalculationPercent>3.00</ram:CalculationPercent></ram:ApplicableTradePaymentDiscountTerms>"
    )
    xml = CII.replace("</ram:SpecifiedTradePaymentTerms>", discount + "</ram:SpecifiedTradePaymentTerms>")
    assert read_document(xml.encode()).data.cash_discounts == [CashDiscount(days=10, percent=Decimal("3.00"))]


@pytest.mark.parametrize("xml", [CII, UBL])
def test_skonto_lines_become_cash_discounts(xml: str) -> None:
    data = read_document(xml.replace(">Netto<", ">Netto\n#SKONTO#TAGE=14#PROZENT=2.25#\n<").encode()).data
    assert data.payment_terms == "Netto"
    assert data.cash_discounts == [CashDiscount(days=14, percent=Decimal("2.25"))]


@pytest.mark.parametrize("code", ["381", "396"])
@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_a_credit_note_is_one_by_its_type_code(code: str, write: object) -> None:
    data = read_document(write(invoice(type_code=code))).data
    assert (data.type, data.type_code) == (DocumentType.CREDIT_NOTE, code)


def test_the_customer_number_is_the_buyers_identifier_without_a_scheme() -> None:
    buyer = {"name": "K", "identifiers": [{"id": "400", "scheme": "0088"}, {"id": "K-17"}]}
    data = read_document(write_cii(invoice(buyer=buyer))).data
    assert data.customer_number == "K-17"


@pytest.mark.parametrize("write", [write_cii, write_ubl])
def test_a_customer_number_is_written_and_read_again(write: object) -> None:
    assert read_document(write(invoice(customer_number="K-18", buyer={"name": "K"}))).data.customer_number == "K-18"


def test_a_vat_id_never_becomes_a_customer_number() -> None:
    data = read_document(write_cii(invoice(buyer={"name": "K", "vat_id": "DE123456789"}))).data
    assert data.customer_number == ""


def test_elements_of_other_extensions_are_passed_over() -> None:
    xml = UBL.replace(
        "<cbc:ID>RE-1</cbc:ID>", '<x:Foreign xmlns:x="urn:x"><cbc:ID>RE-9</cbc:ID></x:Foreign><cbc:ID>RE-1</cbc:ID>'
    )
    assert read_document(xml.encode()).data.number == "RE-1"


def test_the_supplied_bytes_are_kept_exactly() -> None:
    content = b"<!-- von uns -->" + UBL.split("\n", 1)[1].encode() + b"\n\n"
    assert read_document(content).xml == content


def test_an_image_is_recognised_and_brings_no_data() -> None:
    result = read_document(b"\x89PNG\r\n\x1a\n" + b"\0" * 20)
    assert (result.type, result.data) == ("image/png", None)


def test_a_program_is_refused() -> None:
    with pytest.raises(UnknownFileType):
        read_document(b"\x7fELF\x02\x01")


def test_incomplete_data_is_not_written() -> None:
    with pytest.raises(Invalid) as caught:
        write_cii(DocumentData(number="1", issue_date=date(2026, 1, 1)))
    assert (caught.value.code, caught.value.field) == ("totals_missing", "totals")


def test_an_xrechnung_names_the_business_process_it_needs() -> None:
    assert read_document(write_ubl(invoice(), specification=XRECHNUNG)).data.business_process.startswith(
        "urn:fdc:peppol"
    )


def test_a_quote_has_no_xml() -> None:
    quote = complete(invoice().model_copy(update={"type": DocumentType.QUOTE, "type_code": ""}))
    with pytest.raises(Invalid) as caught:
        write_cii(quote)
    assert caught.value.field == "type_code"
