"""What a document says of delivery and parties, as the reader writes dates and countries."""

from typing import Any

from kontor_documents_pages.content import links, party_lines, rows, supplied
from kontor_service.i18n import speaking

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


def test_only_safe_links_are_offered() -> None:
    attachments = [
        {"description": "Nachweis", "url": "https://example.com/n.pdf"},
        {"description": "Falle", "url": "javascript:alert(1)"},
        {"file_name": "a.pdf"},
    ]
    assert links({"attachments": attachments}) == [("Nachweis", "https://example.com/n.pdf")]
