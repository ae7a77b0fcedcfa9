"""Whatever is chosen of a quote, its totals are those of EN 16931, and of its order confirmation."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kontor_documents.content.model import DocumentData
from kontor_documents.einvoice.checks import check
from kontor_documents.einvoice.totals import complete, counted, net_of, round_amount
from kontor_documents.errors import InvalidSelection
from kontor_documents.quotes.confirmation import confirmation_of
from kontor_documents.quotes.difference import difference
from kontor_documents.quotes.options import complete_options
from kontor_documents.quotes.selection import ChosenLine, choose, leaves_choice, selection_state, subtotals

PRICES = st.decimals(min_value=0, max_value=5000, places=2)
QUANTITIES = st.decimals(min_value=Decimal("0.5"), max_value=40, places=2)
PERCENTS = st.decimals(min_value=0, max_value=60, places=1)


@st.composite
def lines(draw, number):
    price, quantity = draw(PRICES), draw(QUANTITIES)
    line = {
        "id": f"l{number}", "name": f"Position {number}", "net_price": price, "quantity": quantity,
        "tax_rate": draw(st.sampled_from(["19", "7"])), "group": draw(st.sampled_from(["", "A", "B"])),
    }  # fmt: skip
    kind = draw(st.sampled_from(["fixed", "optional", "quantity", "alternative"]))
    if kind == "optional":
        line |= {"optional": True, "selected": draw(st.booleans())}
    elif kind == "alternative":
        line |= {"alternative": draw(st.sampled_from(["X", "Y"]))}
    if kind in ("quantity", "optional") and draw(st.booleans()):
        line |= {"quantity_min": Decimal(0), "quantity_max": Decimal(50)}
    if draw(st.booleans()):
        percent = draw(PERCENTS)
        amount = round_amount(round_amount(quantity * price, "EUR") * percent / 100, "EUR")
        line |= {"allowances_charges": [{"amount": amount, "percent": percent}]}
    return line


def nets_by_rate(data):
    rates = dict.fromkeys(line.tax_rate for line in counted(data))
    return {
        rate: sum((net_of(line, "EUR") for line in counted(data) if line.tax_rate == rate), Decimal(0))
        for rate in rates
    }


@st.composite
def quotes(draw):
    many = draw(st.integers(1, 8))
    given_lines = [draw(lines(number)) for number in range(many)]
    data = {"type": "quote", "number": "AN-1", "issue_date": "2026-11-12", "lines": given_lines}
    made = complete(complete_options(DocumentData.model_validate(data)))
    if draw(st.booleans()):
        percent = draw(PERCENTS)
        bases = nets_by_rate(made) or {Decimal(19): Decimal(0)}
        extra = [
            {"amount": round_amount(base * percent / 100, "EUR"), "percent": percent, "tax_rate": rate}
            for rate, base in bases.items()
        ]
        made = complete(complete_options(DocumentData.model_validate(data | {"allowances_charges": extra})))
    return made


@st.composite
def chosen(draw):
    quote = draw(quotes())
    sets = dict.fromkeys(line.alternative for line in quote.lines if line.alternative)
    of_sets = [[line.id for line in quote.lines if line.alternative == name] for name in sets]
    picks = [ChosenLine(id=draw(st.sampled_from(ids))) for ids in of_sets]
    for line in quote.lines:
        if leaves_choice(line) and not line.alternative:
            quantity = draw(QUANTITIES) if line.quantity_max is not None else None
            selected = draw(st.booleans()) if line.optional else True
            picks.append(ChosenLine(id=line.id, selected=selected, quantity=quantity))
    made = choose(quote, picks)
    # Nobody orders nothing.
    assume(any(counted(made)))
    return quote, made


@given(chosen())
def test_totals_of_every_choice_agree_with_the_rules(made):
    _, data = made
    assert [one for one in check(data, issued=True) if one.severity == "blocker" and one.code != "BR-S-05"] == []
    assert data.totals.line_net == sum((net_of(line, "EUR") for line in counted(data)), Decimal(0))


@given(chosen())
def test_a_discount_on_everything_is_taken_off_each_rate_that_is_chosen(made):
    quote, data = made
    percent = next((entry.percent for entry in quote.allowances_charges), Decimal(0))
    taxed = {rate: net - round_amount(net * percent / 100, "EUR") for rate, net in nets_by_rate(data).items()}
    assert {tax.rate: tax.taxable_amount for tax in data.tax_breakdown if tax.taxable_amount} == {
        rate: base for rate, base in taxed.items() if base
    }
    assert all(tax.taxable_amount >= 0 for tax in data.tax_breakdown)


@given(chosen())
def test_the_order_confirmation_comes_to_what_was_chosen(made):
    _, data = made
    confirmation = confirmation_of(data, on=date(2026, 11, 20), quote_id="1")
    assert confirmation.totals == data.totals
    assert confirmation.tax_breakdown == data.tax_breakdown
    assert [line.id for line in confirmation.lines] == [line.id for line in counted(data)]
    assert not any(leaves_choice(line) for line in confirmation.lines)


@given(chosen())
def test_the_sums_per_rate_make_up_net_and_tax(made):
    state = selection_state(made[1], 1)
    for name, whole in (("taxable_minor", "net_minor"), ("tax_minor", "tax_minor")):
        assert sum(tax[name] for tax in state["taxes"]) == state[whole]


@given(quotes())
def test_choosing_nothing_else_changes_nothing(quote):
    assert choose(quote, []).totals == quote.totals
    assert difference(quote, choose(quote, [])) == []


@given(chosen())
def test_subtotals_are_parts_of_the_sum(made):
    _, data = made
    ungrouped = sum((net_of(line, "EUR") for line in counted(data) if not line.group), Decimal(0))
    assert sum(subtotals(data).values(), ungrouped) == data.totals.line_net


@given(quotes())
def test_a_quantity_out_of_its_bounds_is_refused(quote):
    bounded = [line for line in quote.lines if line.quantity_max is not None]
    for line in bounded:
        with pytest.raises(InvalidSelection):
            choose(quote, [ChosenLine(id=line.id, quantity=line.quantity_max + 1)])
    assert all(line.quantity <= line.quantity_max for line in bounded)


def test_a_discount_in_percent_follows_the_choice_and_a_fixed_one_stays():
    data = {
        "type": "quote", "issue_date": "2026-11-12",
        "lines": [
            {"id": "a", "name": "A", "net_price": "100", "tax_rate": "19"},
            {"id": "b", "name": "B", "net_price": "100", "tax_rate": "19", "optional": True},
        ],
        "allowances_charges": [
            {"amount": "10", "percent": "10", "base_amount": "100", "tax_rate": "19"},
            {"amount": "5", "tax_rate": "19"},
        ],
    }  # fmt: skip
    made = choose(complete(DocumentData.model_validate(data)), [ChosenLine(id="b")])
    assert [entry.amount for entry in made.allowances_charges] == [Decimal("20.00"), Decimal(5)]
    assert made.totals.net == Decimal("175.00")


def _two_rates(*, selected):
    lines = [
        {"id": "a", "name": "A", "net_price": "100", "tax_rate": "19", "optional": True, "selected": True},
        {"id": "b", "name": "B", "net_price": "50", "tax_rate": "7", "optional": True},
    ]
    entries = [{"amount": "10", "percent": "10", "tax_rate": "19"}]
    data = {"type": "quote", "issue_date": "2026-11-12", "lines": lines, "allowances_charges": entries}
    quote = complete(DocumentData.model_validate(data))
    return choose(quote, [ChosenLine(id=id, selected=id in selected) for id in "ab"])


@pytest.mark.parametrize(
    ("selected", "allowances", "tax"),
    [("ab", {19: "10", 7: "5"}, "20.25"), ("b", {7: "5"}, "3.15"), ("a", {19: "10"}, "17.10"), ("", {}, "0")],
)
def test_a_discount_on_everything_has_the_rates_of_what_is_chosen(selected, allowances, tax):
    made = _two_rates(selected=selected)
    found = {int(entry.tax_rate): entry.amount for entry in made.allowances_charges}
    assert found == {rate: Decimal(amount) for rate, amount in allowances.items()}
    assert made.totals.tax == Decimal(tax)


def test_a_discount_on_one_rate_follows_the_lines_of_that_rate():
    lines = [
        {"id": "a", "name": "A", "net_price": "100", "tax_rate": "19"},
        {"id": "b", "name": "B", "net_price": "50", "tax_rate": "7", "optional": True, "selected": True},
    ]
    entries = [{"amount": "5", "percent": "10", "tax_rate": "7"}]
    data = {"type": "quote", "issue_date": "2026-11-12", "lines": lines, "allowances_charges": entries}
    quote = complete(DocumentData.model_validate(data))
    assert [entry.amount for entry in choose(quote, []).allowances_charges] == [Decimal(5)]
    made = choose(quote, [ChosenLine(id="b", selected=False)])
    assert (made.allowances_charges, made.totals.net) == ([], Decimal(100))


def test_an_amount_of_nothing_is_an_amount_in_the_difference():
    before, after = (
        complete(DocumentData.model_validate({
            "type": "quote", "issue_date": "2026-11-12", "lines": [{"id": "a", "name": "a", "tax_rate": rate, "net_price": price}],
        })) for rate, price in (("7", "100"), ("19", "0"))
    )  # fmt: skip
    found = {one["field"]: (one["before"], one["after"]) for one in difference(before, after)}
    assert (found["net_price"], found["totals.gross"]) == (("100", "0"), ("107", "0"))


def test_the_difference_names_lines_and_totals():
    first, second = ({"id": id, "name": id, "tax_rate": "19"} for id in "ab")
    before, after = (
        complete(DocumentData.model_validate({"type": "quote", "issue_date": "2026-11-12", "lines": lines}))
        for lines in ([first | {"net_price": "100"}], [first | {"net_price": "90"}, second | {"net_price": "5"}])
    )
    found = [(one["kind"], one["id"], one["field"], one["before"], one["after"]) for one in difference(before, after)]
    assert found == [
        ("line_changed", "a", "net_price", "100", "90"), ("line_changed", "a", "net", "100", "90"),
        ("line_added", "b", "net", "", "5"), ("changed", "", "totals.net", "100", "95"),
        ("changed", "", "totals.tax", "19", "18.05"), ("changed", "", "totals.gross", "119", "113.05"),
    ]  # fmt: skip
