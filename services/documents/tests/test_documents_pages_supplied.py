"""What a document says of delivery and parties, as the reader writes dates and countries."""

from typing import Any

from kontor_documents_pages.content import party_lines, supplied
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
