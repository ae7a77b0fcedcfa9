"""What a merchant is told about figures that do not agree, and the terms of payment."""

from datetime import date
from decimal import Decimal

import pytest

from kontor_documents.content.model import AllowanceCharge, CashDiscount, DocumentData, Line, TaxSubtotal
from kontor_documents.einvoice import skonto
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.totals import complete, line_net, round_amount
from kontor_service.i18n import speaking
from kontor_service.vocabulary import say


def invoice(*lines: Line, **more: object) -> DocumentData:
    lines = lines or (Line(name="Ware", quantity=Decimal("12"), net_price=Decimal("100"), tax_rate=Decimal("19")),)
    return DocumentData(number="RE-1", issue_date=date(2026, 1, 1), lines=list(lines), **more)


def with_tax(tax: str) -> DocumentData:
    entry = TaxSubtotal(category="S", rate=Decimal("19"), taxable_amount=Decimal("1200.00"), tax_amount=Decimal(tax))
    return invoice(tax_breakdown=[entry])


def test_a_wrong_tax_amount_is_said_in_a_sentence_of_both_languages() -> None:
    [issue] = check(with_tax("226.90"))
    assert (issue.code, issue.field, issue.severity) == ("BR-CO-17", "tax_breakdown[0].tax_amount", "blocker")
    with speaking("de"):
        german = say(issue.message, issue.params)
    assert german.replace("\u00a0", " ") == "19 % von 1.200,00 € sind 228,00 €, in der Datei 226,90 €"
    with speaking("en"):
        assert say(issue.message, issue.params) == "19% of €1,200.00 is €228.00, in the file €226.90"


def test_a_tax_rounded_line_by_line_is_only_a_warning() -> None:
    line = Line(name="Ware", net_price=Decimal("0.03"), tax_rate=Decimal("19"))  # 0.0057 each, rounded 0.01
    entry = TaxSubtotal(category="S", rate=Decimal("19"), taxable_amount=Decimal("0.09"), tax_amount=Decimal("0.03"))
    [issue] = check(invoice(line, line, line, tax_breakdown=[entry]))
    assert (issue.code, issue.severity) == ("BR-CO-17", "warning")


def test_a_rate_missing_from_the_breakdown_is_named() -> None:
    other = Line(name="Buch", net_price=Decimal("10"), tax_rate=Decimal("7"))
    data = with_tax("228.00")
    [issue] = check(data.model_copy(update={"lines": [*data.lines, other]}))
    assert (issue.code, issue.field) == ("BR-S-08", "tax_breakdown")


def test_a_standard_rate_without_percentage_is_named() -> None:
    [issue] = check(invoice(Line(name="Ware", net_price=Decimal("1"))))
    assert (issue.code, issue.field) == ("BR-S-05", "lines[0].tax_rate")


def test_a_line_net_that_is_not_its_product_is_named() -> None:
    line = Line(name="Ware", quantity=Decimal("2"), net_price=Decimal("10"), net=Decimal("21"), tax_rate=Decimal("19"))
    [issue] = check(invoice(line))
    assert (issue.field, issue.params["expected"], issue.params["given"]) == ("lines[0].net", "20.00 EUR", "21 EUR")
    assert issue.severity == "warning"
    assert check(invoice(line), issued=True)[0].severity == "blocker"


@pytest.mark.parametrize(("tax", "severity"), [("227.01", "warning"), ("228.99", "warning"), ("229.00", "blocker")])
def test_a_tax_within_one_unit_is_what_the_official_rule_lets_pass(tax: str, severity: str) -> None:
    assert [issue.severity for issue in check(with_tax(tax))] == [severity]


def test_one_wrong_total_is_named_once() -> None:
    done = complete(invoice())
    wrong = done.totals.model_copy(update={"due": Decimal("1")})
    assert [issue.code for issue in check(done.model_copy(update={"totals": wrong}))] == ["BR-CO-16"]


def test_a_document_without_lines_keeps_the_totals_it_has() -> None:
    done = complete(invoice())
    bare = done.model_copy(update={"lines": []})
    assert complete(bare).totals == done.totals
    assert check(bare) == []


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("1.005", "EUR", "1.01"),
        ("-1.005", "EUR", "-1.01"),
        ("99.5", "JPY", "100"),
        ("1.0049", "EUR", "1.00"),
        ("1.2345", "KWD", "1.23"),
    ],
)
def test_amounts_are_rounded_half_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(round_amount(Decimal(amount), currency)) == rounded


def test_a_line_counts_its_base_quantity_allowances_and_charges() -> None:
    line = Line(
        name="Schraube",
        quantity=Decimal("250"),
        net_price=Decimal("3.333"),
        price_base_quantity=Decimal("100"),
        allowances_charges=[AllowanceCharge(amount=Decimal("1")), AllowanceCharge(charge=True, amount=Decimal("0.25"))],
    )
    assert line_net(line, "EUR") == Decimal("7.58")  # 8.3325 → 8.33


def test_structured_cash_discounts_are_taken_out_of_the_terms() -> None:
    text, found = skonto.split(
        "Zahlbar in 30 Tagen.\n#SKONTO#TAGE=14#PROZENT=2.25#\n#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=100.50#\n"
    )
    assert text == "Zahlbar in 30 Tagen."
    assert found == [
        CashDiscount(days=14, percent=Decimal("2.25")),
        CashDiscount(days=7, percent=Decimal("3.00"), base_amount=Decimal("100.50")),
    ]


def test_written_cash_discounts_are_read_again() -> None:
    discounts = [
        CashDiscount(days=14, percent=Decimal("2")),
        CashDiscount(days=7, percent=Decimal("3"), base_amount=Decimal("9")),
    ]
    written = skonto.joined("Netto", discounts)
    assert written == "Netto\n#SKONTO#TAGE=14#PROZENT=2.00#\n#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=9.00#\n"
    assert skonto.split(written) == ("Netto", discounts)


def test_a_malformed_discount_line_stays_in_the_text() -> None:
    assert skonto.split("#SKONTO#TAGE=bald#PROZENT=2#") == ("#SKONTO#TAGE=bald#PROZENT=2#", [])
