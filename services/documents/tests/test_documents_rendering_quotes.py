"""What the PDF of a quote says of its choices, and that of its order confirmation of its groups."""

from datetime import date

import pytest
from quotes_to_decide import quote
from test_documents_rendering_pages import text_of

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.totals import complete
from kontor_documents.quotes.confirmation import confirmation_of
from kontor_documents.quotes.options import complete_options
from kontor_documents.quotes.selection import ChosenLine, choose

RESPONSIBLE = {
    "name": "Jonas Brandt",
    "email": "j.brandt@brunner.example",
    "function": "Vertriebsleiter",
    "team": "Strom",
}
SAID = {
    "de": (
        "Blende: eine von 2 Ausführungen nach Ihrer Wahl",
        "Blende weiß Vorgeschlagen, im Gesamtbetrag enthalten",
        "Blende schwarz Wahlweise, nicht im Gesamtbetrag enthalten",
        "Zubehör cable Kabel Menge wählbar: 1 bis 20 m",
        "Wartung Optional, nicht im Gesamtbetrag enthalten",
        "Summe Zubehör 50,00",
        "Gesamtbetrag 1.273,30 €",
        "Der Gesamtbetrag gilt für die vorgeschlagene Auswahl. Er ändert sich, wenn Sie bei der Annahme anders wählen.",
        "Ansprechpartner Jonas Brandt Funktion Vertriebsleiter Team Strom E-Mail j.brandt@brunner.example",
    ),
    "en": (
        "Blende: one of 2 to choose from",
        "Blende weiß Proposed, included in the total",
        "Blende schwarz Another option, not included in the total",
        "Zubehör cable Kabel Quantity of your choice: 1 to 20 m",
        "Wartung Optional, not included in the total",
        "Sum of Zubehör 50.00",
        "Total €1,273.30",
        "The total is for the proposed selection. It changes if you choose otherwise when you accept the quote.",
    ),
}


def offered(**changes):
    return complete(complete_options(DocumentData.model_validate(quote(**changes))))


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_quote_says_what_can_be_chosen_and_what_its_total_contains(language):
    text = text_of(offered(language=language, responsible=RESPONSIBLE))
    assert [said for said in SAID[language] if said not in text] == []


def test_an_optional_line_that_is_proposed_is_said_to_be_in_the_total():
    lines = [line | {"selected": line["id"] == "care"} for line in quote()["lines"]]
    text = text_of(offered(lines=lines))
    assert "Wartung Optional, im Gesamtbetrag enthalten" in text
    assert "Summe Zubehör 140,00" in text


def test_an_order_confirmation_has_groups_and_no_choices():
    chosen = choose(offered(), [ChosenLine(id="care"), ChosenLine(id="cable", quantity=7)])
    text = text_of(confirmation_of(chosen, on=date(2026, 11, 28), quote_id="q"))
    assert "Zubehör cable Kabel 7 m" in text
    assert "Summe Zubehör 160,00" in text
    assert not [word for word in ("Optional", "wählbar", "Auswahl", "Ausführungen") if word in text]


def test_a_quote_that_leaves_no_choice_speaks_of_none():
    [line, *_] = quote()["lines"]
    assert "Auswahl" not in text_of(offered(lines=[line]))
