"""What valid invoices of the larger and the smaller profiles say, and what is made of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kontor_documents.content.model import CashDiscount, DocumentData, Instalment, Line
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.errors import BadValue
from kontor_documents.einvoice.read import read_document
from kontor_documents.einvoice.totals import complete
from kontor_documents.einvoice.write import write_cii, write_ubl
from kontor_documents.rendering import Branding, render


def invoice(*prices: str, **more: object) -> DocumentData:
    lines = [Line(name=f"Ware {price}", net_price=Decimal(price), tax_rate=Decimal("19")) for price in prices]
    return complete(DocumentData(number="RE-1", issue_date=date(2026, 11, 20), lines=lines, **more))


def read(xml: str) -> DocumentData:
    return complete(read_document(xml.encode()).data)


def blockers(data: DocumentData) -> list[str]:
    return [found.code for found in check(data) if found.severity == "blocker"]


def extended(data: DocumentData) -> str:
    specification = "urn:cen.eu:en16931:2017#conformant#urn:factur-x.eu:1p0:extended"
    return write_cii(data, specification=specification).decode()


def terms(text: str, day: str = "", more: str = "") -> str:
    due = f'<ram:DueDateDateTime><udt:DateTimeString format="102">{day}</udt:DateTimeString></ram:DueDateDateTime>'
    return (
        f"<ram:SpecifiedTradePaymentTerms><ram:Description>{text}</ram:Description>{due if day else ''}{more}"
        "</ram:SpecifiedTradePaymentTerms>"
    )


def with_terms(*entries: str) -> DocumentData:
    xml = extended(invoice("100", payment_terms="Netto"))
    start, _, rest = xml.partition("<ram:SpecifiedTradePaymentTerms>")
    return read(start + "".join(entries) + rest.partition("</ram:SpecifiedTradePaymentTerms>")[2])


GROUPS = """<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>{id}</ram:LineID>{parent}
<ram:LineStatusReasonCode>{kind}</ram:LineStatusReasonCode></ram:AssociatedDocumentLineDocument>
<ram:SpecifiedTradeProduct><ram:Name>{id}</ram:Name></ram:SpecifiedTradeProduct>{price}
<ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
<ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
<ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:ApplicableTradeTax>
<ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>{net}</ram:LineTotalAmount>
</ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>"""


def group_line(id: str, kind: str, net: str, parent: str = "", *, priced: bool = True) -> str:
    price = (
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f"<ram:ChargeAmount>{net}</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
    )
    above = f"<ram:ParentLineID>{parent}</ram:ParentLineID>" if parent else ""
    return GROUPS.format(id=id, kind=kind, net=net, parent=above, price=price if priced else "")


@pytest.mark.parametrize("priced", [True, False])
def test_lines_of_a_group_are_counted_once_and_stand_below_it(priced: bool) -> None:
    xml = extended(invoice("100"))
    start, _, rest = xml.partition("<ram:IncludedSupplyChainTradeLineItem>")
    lines = [
        group_line("1", "GROUP", "100.00", priced=priced),
        group_line("1.1", "DETAIL", "60.00", "1"),
        group_line("1.1.1", "INFORMATION", "60.00", "1.1", priced=priced),
        group_line("1.2", "DETAIL", "40.00", "1"),
    ]
    data = read(start + "".join(lines) + rest.partition("</ram:IncludedSupplyChainTradeLineItem>")[2])
    assert check(data) == []
    assert [(line.level, line.kind) for line in data.lines] == [
        (0, "group"), (1, "detail"), (2, "information"), (1, "detail"),
    ]  # fmt: skip
    assert render(data, Branding(name="Brunner"), xml=write_cii(data)).startswith(b"%PDF")


def test_lines_within_lines_explain_the_line_above_them() -> None:
    xml = write_ubl(invoice("100")).decode()
    _, _, line = xml.partition("<cac:InvoiceLine>")
    inner = "".join(
        f"<cac:SubInvoiceLine>{line.partition('</cac:InvoiceLine>')[0]}{more}</cac:SubInvoiceLine>".replace(
            "<cbc:ID>1</cbc:ID>", f"<cbc:ID>{id}</cbc:ID>", 1
        )
        for id, more in (("1.1", "<cac:SubInvoiceLine><cbc:ID>1.1.1</cbc:ID></cac:SubInvoiceLine>"), ("1.2", ""))
    )
    data = read(xml.replace("</cac:InvoiceLine>", f"{inner}</cac:InvoiceLine>"))
    assert [(line.id, line.parent, line.level, line.counts) for line in data.lines] == [
        ("1", "", 0, True), ("1.1", "1", 1, False), ("1.1.1", "1.1", 2, False), ("1.2", "1", 1, False),
    ]  # fmt: skip
    assert blockers(data) == []


def test_what_is_claimed_for_others_adds_to_what_is_due() -> None:
    payment = (
        '<cac:PrepaidPayment><cbc:ID>Mobil</cbc:ID><cbc:PaidAmount currencyID="EUR">10.00</cbc:PaidAmount>'
        "<cbc:InstructionID>Fremdleistung</cbc:InstructionID></cac:PrepaidPayment>"
    )
    xrechnung = "urn:xeinkauf.de:kosit:"
    extension = (
        f"urn:cen.eu:en16931:2017#compliant#{xrechnung}xrechnung_3.0#conformant#{xrechnung}extension:xrechnung_3.0"
    )
    xml = (
        write_ubl(invoice("100"), specification=extension)
        .decode()
        .replace("<cac:TaxTotal>", f"{payment}<cac:TaxTotal>", 1)
    )
    assert blockers(read(xml)) == ["BR-CO-16"]
    data = read(xml.replace('<cbc:PayableAmount currencyID="EUR">119.00', '<cbc:PayableAmount currencyID="EUR">129.00'))
    assert blockers(data) == []
    assert (data.third_party_payments[0].amount, data.third_party_payments[0].description) == (10, "Fremdleistung")
    # Elsewhere the same element repeats payments that BT-113 counts.
    assert read(xml.replace(extension, "urn:cen.eu:en16931:2017")).third_party_payments == []


def test_what_carriers_charge_is_a_charge() -> None:
    freight = (
        "<ram:SpecifiedLogisticsServiceCharge><ram:Description>Fracht</ram:Description><ram:AppliedAmount>5.80</ram:AppliedAmount>"
        "<ram:AppliedTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>"
        "<ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:AppliedTradeTax></ram:SpecifiedLogisticsServiceCharge>"
    )
    charged = {"charge": True, "amount": "5.80", "reason": "Fracht", "tax_rate": "19.00"}
    xml = extended(invoice("100", payment_terms="Netto", allowances_charges=[charged]))
    start, _, rest = xml.partition("<ram:SpecifiedTradeAllowanceCharge>")
    rest = rest.partition("</ram:SpecifiedTradeAllowanceCharge>")[2]
    data = read(start + rest.replace("<ram:SpecifiedTradePaymentTerms>", f"{freight}<ram:SpecifiedTradePaymentTerms>"))
    assert check(data) == []
    [charge] = data.allowances_charges
    assert (charge.charge, charge.amount, charge.reason, charge.tax_rate) == (True, Decimal("5.80"), "Fracht", 19)


def test_the_last_day_for_everything_is_the_due_date_and_the_earlier_one_is_the_discounts() -> None:
    data = with_terms(terms("2 % Skonto bis 27.11.2026", "20261127"), terms("netto bis 20.12.2026", "20261220"))
    assert data.due_date == date(2026, 12, 20)
    assert data.cash_discounts == [CashDiscount(days=7, percent=Decimal(2))]
    assert data.payment_terms == "2 % Skonto bis 27.11.2026\nnetto bis 20.12.2026"


def test_a_structured_discount_without_days_ends_with_its_term() -> None:
    discount = (
        "<ram:ApplicableTradePaymentDiscountTerms><ram:BasisAmount>119.00</ram:BasisAmount>"
        "<ram:CalculationPercent>2.5</ram:CalculationPercent></ram:ApplicableTradePaymentDiscountTerms>"
    )
    data = with_terms(terms("ohne Abzug", "20261204"), terms("mit Skonto", "20261127", discount))
    assert (data.due_date, data.cash_discounts) == (
        date(2026, 12, 4),
        [CashDiscount(days=7, percent=Decimal("2.5"), base_amount=Decimal("119.00"))],
    )


@pytest.mark.parametrize(("unit", "count", "days"), [("DAY", 10, 10), ("WEE", 2, 14)])
def test_a_discount_of_days_or_weeks_leaves_the_due_date(unit: str, count: int, days: int) -> None:
    discount = (
        f'<ram:ApplicableTradePaymentDiscountTerms><ram:BasisPeriodMeasure unitCode="{unit}">{count}</ram:BasisPeriodMeasure>'
        "<ram:CalculationPercent>3</ram:CalculationPercent></ram:ApplicableTradePaymentDiscountTerms>"
    )
    data = with_terms(terms("30 Tage netto", "20261220", discount))
    assert (data.due_date, data.cash_discounts) == (date(2026, 12, 20), [CashDiscount(days=days, percent=Decimal(3))])


@pytest.mark.parametrize(
    "more",
    [
        '<ram:BasisPeriodMeasure unitCode="MON">1</ram:BasisPeriodMeasure><ram:CalculationPercent>3</ram:CalculationPercent>',
        '<ram:BasisPeriodMeasure unitCode="DAY">99999</ram:BasisPeriodMeasure><ram:CalculationPercent>3</ram:CalculationPercent>',
        '<ram:BasisPeriodMeasure unitCode="DAY">7</ram:BasisPeriodMeasure>',
        "<ram:CalculationPercent>3</ram:CalculationPercent>",
    ],
)
def test_a_discount_that_cannot_be_kept_is_a_finding(more: str) -> None:
    entry = terms(
        "Skonto", "", f"<ram:ApplicableTradePaymentDiscountTerms>{more}</ram:ApplicableTradePaymentDiscountTerms>"
    )
    xml = extended(invoice("100", payment_terms="Netto"))
    start, _, rest = xml.partition("<ram:SpecifiedTradePaymentTerms>")
    result = read_document((start + entry + rest.partition("</ram:SpecifiedTradePaymentTerms>")[2]).encode())
    assert [(found.code, found.severity) for found in result.findings] == [("BR-DE-18", "warning")]
    assert (result.data.payment_terms, result.data.cash_discounts) == ("Skonto", [])


def test_partial_amounts_are_instalments() -> None:
    part = "<ram:PartialPaymentAmount>59.50</ram:PartialPaymentAmount>"
    data = with_terms(terms("1. Rate", "20261201", part), terms("2. Rate", "20270101", part))
    assert data.instalments == [
        Instalment(due_date=date(2026, 12, 1), amount=Decimal("59.50"), text="1. Rate"),
        Instalment(due_date=date(2027, 1, 1), amount=Decimal("59.50"), text="2. Rate"),
    ]
    assert data.due_date == date(2027, 1, 1)


@pytest.mark.parametrize("profile", ["urn:factur-x.eu:1p0:minimum", "urn:factur-x.eu:1p0:basicwl"])
def test_profiles_without_prepaid_amount_may_ask_for_less_than_the_total(profile: str) -> None:
    xml = write_cii(invoice("100"), specification=profile).decode()
    xml = xml.replace("<ram:DuePayableAmount>119.00", "<ram:DuePayableAmount>19.00")
    assert blockers(read(xml)) == []
    assert blockers(read(xml.replace(profile, "urn:cen.eu:en16931:2017"))) == ["BR-CO-16"]


@pytest.mark.parametrize(
    "empty",
    [
        '<ram:GlobalID schemeID="0088"/>',
        "<ram:GlobalID/>",
        "<ram:ID></ram:ID>",
        "<ram:SpecifiedLegalOrganization><ram:ID/></ram:SpecifiedLegalOrganization>",
        '<ram:URIUniversalCommunication><ram:URIID schemeID="EM"> </ram:URIID></ram:URIUniversalCommunication>',
        "<ram:SpecifiedTaxRegistration/>",
        "<ram:DefinedTradeContact><ram:PersonName/></ram:DefinedTradeContact>",
    ],
)
def test_an_empty_element_is_as_if_it_were_not_there(empty: str) -> None:
    xml = write_cii(invoice("100", buyer={"name": "Seidel"})).decode()
    assert read(xml.replace("<ram:Name>Seidel</ram:Name>", f"{empty}<ram:Name>Seidel</ram:Name>")) == read(xml)


def test_a_credit_note_needs_no_type_code_beside_its_name() -> None:
    xml = write_ubl(invoice("100", type_code="381")).decode()
    data = read(xml.replace("<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>", ""))
    assert (data.type, data.type_code) == ("credit_note", "381")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("#SKONTO#TAGE=14#PROZENT=2.00", [(14, "2.00")]),
        ("#SKONTO#TAGE=14#PROZENT=2#", [(14, "2")]),
        ("#skonto#tage=14#prozent=2,00#", [(14, "2.00")]),
        ("#SKONTO#TAGE=7#PROZENT=3.00##SKONTO#TAGE=14#PROZENT=2.00#", [(7, "3.00"), (14, "2.00")]),
        ("#SKONTO#TAGE=7#PROZENT=3.00# #SKONTO#TAGE=14#PROZENT=2.00#", [(7, "3.00"), (14, "2.00")]),
        ("# SKONTO # TAGE = 7 # PROZENT = 3 % #", [(7, "3")]),
    ],
)
def test_discounts_are_read_tolerantly(line: str, expected: list[tuple[int, str]]) -> None:
    data = read(write_cii(invoice("100", payment_terms=f"Netto\n{line}")).decode())
    assert [(discount.days, str(discount.percent)) for discount in data.cash_discounts] == expected
    assert (data.payment_terms, check(data)) == ("Netto", [])


@pytest.mark.parametrize("base", ["1234.50", "1234,50", "1.234,50", "1,234.50", "1234.5"])
def test_the_base_of_a_discount_is_read_in_both_spellings(base: str) -> None:
    data = invoice("100", payment_terms="Netto")
    xml = write_cii(data).decode().replace("Netto", f"#SKONTO#TAGE=7#PROZENT=2,5#BASISBETRAG={base}#")
    assert read(xml).cash_discounts == [CashDiscount(days=7, percent=Decimal("2.5"), base_amount=Decimal("1234.50"))]


@pytest.mark.parametrize(
    "line",
    [
        "#SKONTO#TAGE=bald#PROZENT=2.00#", "#SKONTO#PROZENT=2.00#TAGE=14#", "#SKONTO#",
        *(f"#SKONTO#TAGE=7#PROZENT=2.00#BASISBETRAG={base}#" for base in ("1.2.3", "1,2,3", "1.234", "1234.50,", "1..", "x")),
    ],
)  # fmt: skip
def test_a_discount_that_cannot_be_read_stays_visible_and_is_a_finding(line: str) -> None:
    data = read(write_cii(invoice("100", payment_terms=line)).decode())
    assert (data.payment_terms, data.cash_discounts) == (line, [])
    assert [(found.code, found.severity) for found in check(data)] == [("BR-DE-18", "warning")]


def test_a_price_of_fractions_of_a_cent_is_only_a_finding() -> None:
    xml = write_cii(invoice("10.69")).decode()
    metered = xml.replace('<ram:BilledQuantity unitCode="C62">1<', '<ram:BilledQuantity unitCode="KWH">1951593<')
    metered = metered.replace("<ram:ChargeAmount>10.69<", "<ram:ChargeAmount>0.000005<")
    assert [(found.code, found.severity) for found in check(read(metered))] == [("PEPPOL-EN16931-R120", "warning")]


def test_sums_are_compared_as_the_official_rules_round_them() -> None:
    xml = (
        write_cii(invoice("47.05"))
        .decode()
        .replace(
            "<ram:LineTotalAmount>47.05</ram:LineTotalAmount>", "<ram:LineTotalAmount>47.0488</ram:LineTotalAmount>", 1
        )
    )
    assert blockers(read(xml)) == []


def test_what_nobody_reads_is_a_finding() -> None:
    xml = extended(invoice("100")).replace(
        "<ram:ApplicableHeaderTradeDelivery>",
        "<ram:ApplicableHeaderTradeDelivery><ram:ShipFromTradeParty><ram:Name>Lager</ram:Name></ram:ShipFromTradeParty>",
    ).replace(
        "<ram:ApplicableHeaderTradeDelivery/>",
        "<ram:ApplicableHeaderTradeDelivery><ram:ShipFromTradeParty><ram:Name>Lager</ram:Name></ram:ShipFromTradeParty>"
        "</ram:ApplicableHeaderTradeDelivery>",
    )  # fmt: skip
    [found] = read_document(xml.encode()).findings
    assert (found.code, found.severity, found.params) == ("not_shown", "warning", {"elements": "ShipFromTradeParty"})
    assert read_document(extended(invoice("100")).encode()).findings == []
    assert read_document(write_ubl(invoice("100"))).findings == []


def test_attachments_of_a_line_are_kept_with_the_document() -> None:
    attached = (
        "<ram:AdditionalReferencedDocument><ram:IssuerAssignedID>A-1</ram:IssuerAssignedID><ram:TypeCode>916</ram:TypeCode>"
        '<ram:AttachmentBinaryObject mimeCode="text/csv" filename="a.csv">YTtiCg==</ram:AttachmentBinaryObject>'
        "</ram:AdditionalReferencedDocument>"
    )
    xml = extended(invoice("100"))
    end = "</ram:SpecifiedLineTradeSettlement>"
    result = read_document(xml.replace(end, attached + end).encode())
    assert [(one.id, one.file_name, result.files[one.sha256]) for one in result.data.attachments] == [
        ("A-1", "a.csv", b"a;b\n")
    ]


@pytest.mark.parametrize(("write", "day"), [(write_cii, "20139102"), (write_ubl, "2026-02-30")])
def test_a_day_that_is_none_is_a_finding_but_for_that_of_issue(write: Any, day: str) -> None:
    xml = write(invoice("100", due_date=date(2026, 12, 20))).decode()
    spelled = "20261220" if write is write_cii else "2026-12-20"
    read = read_document(xml.replace(spelled, day).encode())
    [found] = [one for one in read.findings if one.code == "not_shown"]
    assert (read.data.due_date, day in found.params["elements"]) == (None, True)
    issued = read.data.issue_date
    spelled = f"{issued:%Y%m%d}" if write is write_cii else issued.isoformat()
    with pytest.raises(BadValue):
        read_document(xml.replace(spelled, day).encode())
