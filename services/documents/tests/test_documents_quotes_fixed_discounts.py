"""A fixed discount on the quote: whatever is chosen, it makes no tax rate's base negative while the total is not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.totals import complete
from kontor_documents.errors import InvalidSelection
from kontor_documents.quotes.selection import ChosenLine, choose

CENTS = st.decimals(min_value=0, max_value=300, places=2)


def quote_of(nets, allowances, *, charge=()):
    """Optional lines, all selected, as (net, rate); fixed discounts alike."""
    lines = [
        {"id": f"l{place}", "name": "Position", "net_price": net, "tax_rate": rate, "optional": True, "selected": True}
        for place, (net, rate) in enumerate(nets)
    ]
    entries = [{"amount": amount, "tax_rate": rate, "reason": "Nachlass"} for amount, rate in allowances]
    entries += [{"amount": amount, "tax_rate": rate, "charge": True, "reason": "Fracht"} for amount, rate in charge]
    data = {"type": "quote", "issue_date": "2026-11-12", "lines": lines, "allowances_charges": entries}
    return complete(DocumentData.model_validate(data))


def entries_of(data):
    return [(str(entry.tax_rate), entry.amount) for entry in data.allowances_charges]


def chosen_or_refused(quote, wanted):
    try:
        return choose(quote, wanted), ""
    except InvalidSelection as refused:
        return None, refused.code


@st.composite
def choices(draw):
    rated = st.tuples(CENTS, st.sampled_from(["19", "7", "0.5"]))
    nets = draw(st.lists(rated, min_size=1, max_size=6))
    quote = quote_of(nets, draw(st.lists(rated, max_size=3)), charge=draw(st.lists(rated, max_size=1)))
    return quote, [ChosenLine(id=line.id, selected=draw(st.booleans())) for line in quote.lines]


@given(choices())
def test_no_base_becomes_negative_while_the_total_is_not(made):
    quote, wanted = made
    chosen, refusal = chosen_or_refused(quote, wanted)
    assert refusal in ("", "total_negative")
    if chosen is None:
        return
    proposed = {tax.rate: tax.taxable_amount for tax in quote.tax_breakdown}
    if chosen.totals.net >= 0:
        for tax in chosen.tax_breakdown:
            assert tax.taxable_amount >= min(proposed.get(tax.rate, Decimal(0)), Decimal(0))
    assert chosen.totals.allowances == quote.totals.allowances
    assert [one for one in check(chosen, issued=True) if one.severity == "blocker"] == []


def test_what_a_rate_no_longer_has_is_taken_off_the_others_in_proportion():
    quote = quote_of([("100", "19"), ("60", "7"), ("20", "0.5")], [("50", "19")])
    chosen = choose(quote, [ChosenLine(id="l0", selected=False)])
    assert entries_of(chosen) == [("7", Decimal("37.50")), ("0.5", Decimal("12.50"))]
    assert {entry.reason for entry in chosen.allowances_charges} == {"Nachlass"}
    assert [tax.taxable_amount for tax in chosen.tax_breakdown] == [Decimal("22.50"), Decimal("7.50")]


def test_what_fits_the_rate_stays_there():
    quote = quote_of([("40", "19"), ("100", "19"), ("60", "7")], [("50", "19")])
    chosen = choose(quote, [ChosenLine(id="l1", selected=False)])
    assert entries_of(chosen) == [("19", Decimal(40)), ("7", Decimal(10))]
    assert entries_of(choose(quote, [])) == [("19", Decimal(50))]


def test_a_discount_of_more_than_is_chosen_is_refused():
    quote = quote_of([("100", "19"), ("20", "7")], [("50", "19")])
    with pytest.raises(InvalidSelection) as refused:
        choose(quote, [ChosenLine(id="l0", selected=False)])
    assert refused.value.code == "total_negative"
