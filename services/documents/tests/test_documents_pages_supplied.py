"""What a document says of delivery and parties, as the reader writes dates and countries."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kontor_documents.content.model import DocumentData, Line
from kontor_documents.einvoice.totals import complete
from kontor_documents.rendering.formats import Formats
from kontor_documents.rendering.lines import table
from kontor_documents_pages.content import links, party_ids, party_lines, rows, supplied
from kontor_service.i18n import LANGUAGES, speaking
from kontor_service.units import NAMES, SYMBOLS, unit

_CONTENT: dict[str, Any] = {
    "delivery_date": "2018-04-13", "billing_period": {"start": "2018-04-01", "end": "2018-04-30"}, "buyer_reference": "04011000-1",
    "payee": {"name": "Factoring AB", "address": {"line1": "Torget 1", "city": "Malmö", "country": "SE"}},
}  # fmt: skip


def test_dates_and_countries_are_in_the_readers_language() -> None:
    with speaking("de"):
        told = [value for _label, value in supplied(_CONTENT) if value]
        assert told == [
            "13. April 2018", "1. April 2018 – 30. April 2018", "04011000-1", "Factoring AB, Torget 1, Malmö, Schweden",
        ]  # fmt: skip
    with speaking("en"):
        assert party_lines(_CONTENT["payee"])[-1] == "Sweden"


def test_what_a_document_does_not_say_is_not_shown() -> None:
    assert not [value for _label, value in supplied({}) if value]


def test_lines_name_their_tax_rate_where_there_are_several() -> None:
    book, work = {"name": "Buch", "tax_rate": "7"}, {"name": "Arbeit", "tax_rate": "19"}
    with speaking("de"):
        mixed = rows({"currency": "EUR", "lines": [book, work]})
        alike = rows({"currency": "EUR", "lines": [work, work]})
    assert [row.details for row in mixed] == [["7\u00a0% Umsatzsteuer"], ["19\u00a0% Umsatzsteuer"]]
    assert [row.details for row in alike] == [[], []]


def test_the_period_of_a_line_is_in_the_readers_language() -> None:
    with speaking("de"):
        [row] = rows({"currency": "EUR", "lines": [{"name": "Miete", "period": {"start": "2018-04-01", "end": None}}]})
    assert row.details == ["Zeitraum: 1. April 2018 bis …"]


def test_tax_in_the_currency_of_the_accounts_is_shown() -> None:
    with speaking("de"):
        told = dict(supplied({"tax_currency": "SEK", "totals": {"tax_in_accounting_currency": "324.00"}}))
    assert told["Umsatzsteuer in SEK"] == "324,00\u00a0SEK"


def test_only_addresses_of_pages_are_links() -> None:
    attachments = [
        {"description": "Nachweis", "url": "https://example.com/n.pdf"},
        {"url": "HTTP://example.com/alt"},
        {"description": "Falle", "url": "javascript:alert(1)"},
        {"file_name": "a.pdf"},
    ]
    assert links({"attachments": attachments}) == [
        ("Nachweis", "https://example.com/n.pdf"), ("HTTP://example.com/alt", "HTTP://example.com/alt"), ("Falle", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("period", "german", "english"),
    [
        ({"start": "2018-04-01"}, "ab 1. April 2018", "from 1 April 2018"),
        ({"end": "2018-04-30"}, "bis 30. April 2018", "until 30 April 2018"),
        ({"start": "2018-04-01", "end": "2018-04-01"}, "1. April 2018", "1 April 2018"),
    ],
)
def test_a_period_may_be_open(period: dict[str, str], german: str, english: str) -> None:
    with speaking("de"):
        assert [value for _label, value in supplied({"billing_period": period}) if value] == [german]
    with speaking("en"):
        assert [value for _label, value in supplied({"billing_period": period}) if value] == [english]


def test_a_party_is_shown_with_its_numbers_and_how_it_is_reached() -> None:
    seller = {"vat_id": "DE1", "contact": {"name": "Frau Huber", "phone": "0821 1", "email": "huber@example.org"}}
    with speaking("de"):
        assert party_ids(seller) == [("USt-IdNr.", "DE1"), ("Telefon", "0821 1"), ("E-Mail", "huber@example.org")]


@pytest.mark.parametrize("code", [*NAMES, *SYMBOLS])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_is_called_the_same_in_portal_and_pdf(code: str, language: Any) -> None:
    line = Line(name="Ware", net_price=Decimal(1), quantity=Decimal(2), unit=code)
    data = complete(DocumentData(issue_date=date(2026, 11, 20), lines=[line]))
    with speaking(language):
        [shown] = rows(data.model_dump(mode="json"))
        [printed] = table(data, Formats(language, "EUR"), priced=True)["rows"]
        assert shown.unit == printed["unit"] == unit(code, 2)
        assert shown.unit != code or code in SYMBOLS.values()
