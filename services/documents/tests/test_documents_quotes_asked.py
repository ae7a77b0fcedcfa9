"""What accepting a quote takes in money, and its VAT by rates: in what is kept of a choice, on the PDF and over HTTP."""

from datetime import date

import pytest
from quotes_to_decide import choose, quote, shared_quote
from test_documents_rendering_pages import text_of
from test_documents_rendering_quotes import offered

from kontor_documents.quotes.confirmation import confirmation_of
from kontor_documents.quotes.selection import ChosenLine, selection_state
from kontor_documents.quotes.selection import choose as chosen_from

DEPOSIT = {"acceptance": ["deposit"], "deposit_percent": "30"}
TWO_RATES = [line | ({"tax_rate": "7"} if line["id"] == "care" else {}) for line in quote()["lines"]]
# With "care" chosen: rate, taxable amount and tax.
SUMS = [("19", 107_000, 20_330), ("7", 9_000, 630)]


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({"acceptance": ["signature"]}, 0),
        ({"acceptance": ["click", "payment"]}, 127_330),
        (DEPOSIT, 38_199),
        (DEPOSIT | {"prepaid": "100.00"}, 35_199),
        # Rounded to two decimals (EN 16931), also in currencies that have three.
        (DEPOSIT | {"deposit_percent": "33", "currency": "KWD"}, 420_190),
    ],
)
def test_a_choice_says_what_accepting_it_takes(changes, asked):
    assert selection_state(offered(**changes), 1)["asked_minor"] == asked


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"acceptance": ["payment"]}, "Mit der Annahme zu zahlen: 1.273,30 €."),
        (DEPOSIT, "Mit der Annahme zu zahlen: 381,99 € (Anzahlung von 30 %)."),
        (DEPOSIT | {"language": "en"}, "To be paid with the acceptance: €381.99 (deposit of 30%)."),
    ],
)
def test_the_pdf_says_what_is_to_be_paid_with_the_acceptance(changes, said):
    assert said in text_of(offered(**changes)).replace("\xa0", " ")


def test_the_pdf_of_a_quote_that_asks_for_no_money_says_nothing_of_it():
    assert "Mit der Annahme" not in text_of(offered(acceptance=["click"]))


def test_the_order_confirmation_names_the_sums_per_rate_of_what_was_chosen():
    made = chosen_from(offered(lines=TWO_RATES), [ChosenLine(id="care")])
    taxes = selection_state(made, 1)["taxes"]
    assert [(tax["rate"], tax["taxable_minor"], tax["tax_minor"]) for tax in taxes] == SUMS
    text = text_of(confirmation_of(made, on=date(2026, 11, 28), quote_id="q"))
    for said in ("19 % USt. auf 1.070,00 € 203,30 €", "7 % USt. auf 90,00 € 6,30 €"):
        assert said in text.replace("\xa0", " "), text


async def test_each_tax_rate_has_a_sum_of_what_is_chosen(documents):
    document = await shared_quote(documents, lines=TWO_RATES, **DEPOSIT)
    answer = (await choose(documents, document, {"id": "care"})).json()["selection"]
    assert [(tax["rate"], tax["taxable_minor"], tax["tax_minor"]) for tax in answer["taxes"]] == SUMS
    assert (answer["tax_minor"], answer["asked_minor"]) == (20_960, 41_088)
    fewer = (await choose(documents, document, {"id": "care", "selected": False})).json()["selection"]
    assert [tax["rate"] for tax in fewer["taxes"]] == ["19"]
