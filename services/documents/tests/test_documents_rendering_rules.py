"""The rules behind a page: colours, numbers, units, the GiroCode."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kontor_documents.content.model import BankAccount, CashDiscount, DocumentData, Party, PaymentMeans, Totals
from kontor_documents.intake.projection import facts
from kontor_documents.rendering.formats import Formats, grouped
from kontor_documents.rendering.payment import discount_sentence, qr_code
from kontor_documents.rendering.printable import missing, printable_text
from kontor_service.i18n import speaking
from kontor_service.units import unit

GERMAN, ENGLISH = Formats("de", "EUR"), Formats("en", "EUR")
IBAN = "DE89370400440532013000"


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        ("1234.5", "1.234,50 €", "€1,234.50"),
        ("-0.005", "−0,01 €", "−€0.01"),
        ("0", "0,00 €", "€0.00"),
        ("-0.001", "0,00 €", "€0.00"),
    ],
)
def test_money_is_written_as_each_language_does(value, german, english):
    assert GERMAN.money(Decimal(value)).replace("\N{NO-BREAK SPACE}", " ") == german
    assert ENGLISH.money(Decimal(value)) == english


def test_a_currency_without_minor_unit_has_no_decimals():
    assert Formats("de", "JPY").amount(Decimal("1500")) == "1.500"


def test_a_unit_price_keeps_every_agreed_decimal():
    assert GERMAN.price(Decimal("0.28734")) == "0,28734"
    assert GERMAN.price(Decimal("2.5")) == "2,50"


def test_an_iban_is_grouped_in_fours():
    assert grouped("de89370400440532013000").split("\N{NO-BREAK SPACE}") == [
        "DE89",
        "3704",
        "0044",
        "0532",
        "0130",
        "00",
    ]


@pytest.mark.parametrize(
    ("language", "code", "quantity", "word"),
    [
        ("de", "HUR", "1", "Stunde"),
        ("de", "HUR", "0.5", "Stunden"),
        ("en", "HUR", "2", "hours"),
        ("de", "MTK", "2", "m²"),
        ("de", "X9X", "1", "X9X"),
    ],
)
def test_units_agree_with_their_number_and_unknown_ones_stay_codes(language, code, quantity, word):
    with speaking(language):
        assert unit(code, Decimal(quantity)) == word


@pytest.mark.parametrize(
    "changes",
    [
        {"currency": "USD"},
        {"type": "credit_note"},
        {"payment_means": []},
        {"payment_means": [PaymentMeans(code="59", debited_iban=IBAN)]},
        {"totals": Totals(line_net=1, net=1, gross=1, prepaid=1, due=0)},
    ],
)
def test_only_an_open_invoice_in_euros_to_an_account_gets_a_code(changes):
    fields = {
        "number": "RE-1",
        "issue_date": date(2026, 11, 12),
        "seller": Party(name="Brunner GmbH"),
        "payment_means": [PaymentMeans(code="58", account=BankAccount(iban=IBAN))],
        "totals": Totals(line_net=1, net=1, gross=1, due=1),
    }
    assert qr_code(DocumentData(**fields)).startswith("<svg")
    assert qr_code(DocumentData(**(fields | changes))) == ""


def test_pdf_and_columns_take_a_discount_from_what_is_due_after_what_was_prepaid():
    data = DocumentData(
        number="RE-1", issue_date=date(2026, 11, 20), cash_discounts=[CashDiscount(days=10, percent=10)],
        totals=Totals(line_net=100, net=100, tax=19, gross=119, prepaid=100, due=19),
    )  # fmt: skip
    with speaking("de"):
        assert discount_sentence(data.cash_discounts[0], data, GERMAN).endswith("17,10\xa0€")
    assert [step["payable_minor"] for step in facts(data)["cash_discounts"]] == [1710]


def test_a_transfer_goes_to_the_account_holder_else_to_the_payee_else_to_the_seller():
    means = [PaymentMeans(code="58", account=BankAccount(iban="DE89 3704 0044 0532 0130 00", bic="COBADEFFXXX"))]
    data = DocumentData(number="RE-1", issue_date=date(2026, 11, 20), seller=Party(name="Muster"), payment_means=means)
    assert {name: facts(data)[name] for name in ("account_holder", "iban", "bic")} == {
        "account_holder": "Muster", "iban": IBAN, "bic": "COBADEFFXXX",
    }  # fmt: skip
    sold = data.model_copy(update={"payee": Party(name="Factoring GmbH")})
    assert (facts(sold)["account_holder"], facts(sold)["payee_name"]) == ("Factoring GmbH", "Factoring GmbH")


@given(some.text())
def test_printable_text_has_only_what_the_typeface_has(text):
    assert not missing().search(printable_text(text))


def test_an_endless_identifier_may_break_but_a_long_noun_is_left_to_hyphenation():
    noun = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    assert printable_text(noun) == noun
    assert "\u200b" in printable_text("https://example.org/" + "0123456789abcdef" * 4)
