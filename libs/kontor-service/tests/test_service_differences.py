"""What is different between two versions of an offer, as sentences for people."""

import pytest

from kontor_service.differences import Difference, differences
from kontor_service.i18n import speaking


def change(kind: str, field: str, before: str, after: str, name: str = "") -> dict[str, str]:
    return {"kind": kind, "id": "1", "name": name, "field": field, "before": before, "after": after}


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (change("line_added", "net", "", "1190.00", "Pufferspeicher"), "Pufferspeicher: neu, 1.190,00\xa0€"),
        (change("line_removed", "net", "1190.00", "", "Pufferspeicher"), "Pufferspeicher: entfällt"),
        (change("line_changed", "net_price", "140", "120.5", "Montage"), "Montage, Einzelpreis: 120,50\xa0€ statt 140,00\xa0€"),
        (change("line_changed", "net_price", "0.1", "0.0975", "Strom"), "Strom, Einzelpreis: 0,0975\xa0EUR statt 0,10\xa0€"),
        (change("line_changed", "quantity", "16", "12.5", "Montage"), "Montage, Menge: 12,5 statt 16"),
        (change("line_changed", "unit", "C62", "HUR", "Montage"), "Montage, Einheit: Stunde statt Stück"),
        (change("line_changed", "description", "", "", "Montage"), "Montage, Einzelheiten: geändert"),
        (change("line_changed", "optional", "", "true", "Montage"), "Montage, optional: ja statt nein"),
        (change("line_changed", "unheard_of", "", "true", "Montage"), "Montage: geändert"),
        (change("changed", "valid_until", "2026-11-30", ""), "Gültig bis: – statt 30. November 2026"),
        (change("changed", "totals.gross", "119", "238"), "Gesamtbetrag: 238,00\xa0€ statt 119,00\xa0€"),
    ],
)  # fmt: skip
def test_a_change_is_a_sentence(one: dict[str, str], sentence: str) -> None:
    with speaking("de"):
        assert [found.sentence for found in differences([one], "EUR")] == [sentence]


def test_what_follows_from_other_changes_is_not_said() -> None:
    with speaking("de"):
        found = differences(
            [change("changed", "totals.net", "100", "200"), change("changed", "totals.tax", "19", "38")], "EUR"
        )
    assert found == []


def test_a_table_has_what_was_and_what_is() -> None:
    with speaking("en"):
        found = differences(
            [change("line_removed", "net", "", "", "Tank"), change("changed", "totals.gross", "1", "2")], "EUR"
        )
    assert found == [
        Difference("Tank", "no longer included", "Tank", ""),
        Difference("Total amount", "€2.00 instead of €1.00", "€1.00", "€2.00", total=True),
    ]
