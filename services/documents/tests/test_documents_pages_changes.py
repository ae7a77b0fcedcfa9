"""What an amendment has changed in a quote, as sentences of its page."""

import pytest

from kontor_documents_pages.portal.quotes.changes import sentences
from kontor_service.i18n import speaking


def change(kind: str, field: str, before: str, after: str, name: str = "") -> dict[str, str]:
    return {"kind": kind, "id": "1", "name": name, "field": field, "before": before, "after": after}


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (change("line_added", "net", "", "1190.00", "Pufferspeicher"), "Neu: Pufferspeicher, 1.190,00\xa0€"),
        (change("line_removed", "net", "1190.00", "", "Pufferspeicher"), "Nicht mehr enthalten: Pufferspeicher"),
        (change("line_changed", "net_price", "140", "120.5", "Montage"), "Montage, Einzelpreis: 120,50\xa0€ statt 140,00\xa0€"),
        (change("line_changed", "quantity", "16", "12.5", "Montage"), "Montage, Menge: 12,5 statt 16"),
        (change("line_changed", "description", "a", "b", "Montage"), "Montage, Einzelheiten: geändert"),
        (change("line_changed", "optional", "", "true", "Montage"), "Montage: geändert"),
        (change("changed", "valid_until", "2026-11-30", ""), "Gültig bis: – statt 30. November 2026"),
        (change("changed", "totals.gross", "119", "238"), "Gesamtbetrag: 238,00\xa0€ statt 119,00\xa0€"),
    ],
)  # fmt: skip
def test_a_change_is_a_sentence(one: dict[str, str], sentence: str) -> None:
    with speaking("de"):
        assert sentences([one], "EUR") == [sentence]


def test_what_follows_from_other_changes_is_not_said() -> None:
    with speaking("de"):
        assert (
            sentences(
                [change("changed", "totals.net", "100", "200"), change("changed", "totals.tax", "19", "38")], "EUR"
            )
            == []
        )
