"""Which entries of a file are known already: overlapping files book nothing twice and lose nothing."""

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kontor_payments.statements.identity import Trace, digest_of, traces, unknown
from kontor_payments.statements.reading.model import Entry, Part, Statement

FIRST = date(2025, 11, 1)


def entry(day: int = 0, amount: int = 11900, text: str = "RE-1", reference: str = "") -> Entry:
    on = FIRST + timedelta(days=day)
    return Entry(on, on, amount, "EUR", reference, (Part(amount, amount, text=text),))


def file_of(entries: list[Entry], before: list[Entry] | None = None, *, format: str = "camt053") -> list[Trace]:
    """`before`: what was booked earlier, from which the opening balance follows."""
    opening = sum(one.amount_minor for one in before or [])
    closing = opening + sum(one.amount_minor for one in entries)
    return traces(Statement(format, "1", "DE1", "EUR", opening, closing), entries)


def stored(*files: list[Trace]) -> list[Trace]:
    """What is stored after these files have come, one after the other."""
    rows: dict[date, list[Trace]] = defaultdict(list)
    for file in files:
        days: dict[date, list[Trace]] = defaultdict(list)
        for trace in file:
            days[trace.day].append(trace)
        for day, coming in days.items():
            rows[day] += [coming[place] for place in unknown(rows[day], coming)]
    return [trace for day in sorted(rows) for trace in rows[day]]


def amounts(*files: list[Trace]) -> list[int]:
    return [trace.amount_minor for trace in stored(*files)]


A, B, C = entry(), entry(amount=5000), entry(day=1)


def test_the_same_file_twice_brings_nothing() -> None:
    assert amounts(file_of([A, B]), file_of([A, B])) == [11900, 5000]


def test_two_equal_entries_of_one_file_are_two_payments() -> None:
    assert amounts(file_of([A, A])) == [11900, 11900]


def test_an_identifier_used_again_next_year_is_another_payment() -> None:
    used = entry(reference="B-1")
    again = entry(day=365, reference="B-1")
    assert amounts(file_of([used]), file_of([again])) == [11900, 11900]


def test_several_entries_with_one_reference_are_several_payments() -> None:
    same = [entry(amount=n, text=f"RE-{n}", reference="SAMMLER") for n in (100, 200, 300)]
    assert amounts(file_of(same)) == [100, 200, 300]


def test_a_later_file_of_the_same_day_brings_what_is_new_in_it() -> None:
    assert amounts(file_of([A]), file_of([A, A, B])) == [11900, 11900, 5000]


def test_a_second_statement_of_a_day_that_goes_on_where_the_first_ended_loses_no_equal_entry() -> None:
    assert amounts(file_of([A]), file_of([A], before=[A])) == [11900, 11900]


def test_a_bank_that_sorts_the_day_differently_next_time_brings_nothing_new() -> None:
    assert amounts(file_of([A, B, A]), file_of([B, A, A])) == [11900, 5000, 11900]


def test_files_without_balances_count_equal_entries() -> None:
    plain = traces(Statement("camt053", "1", "DE1", "EUR", None, None), [A, A])
    assert amounts(plain, plain, file_of([A, A, A])) == [11900] * 3


def test_another_format_of_the_same_day_brings_nothing() -> None:
    joined = replace(A, parts=(Part(11900, 11900, text="RE - 1, other words"),))
    assert amounts(file_of([A, B]), file_of([joined, B], format="mt940")) == [11900, 5000]
    assert amounts(file_of([A, B]), file_of([B, joined], format="mt940")) == [11900, 5000]


def test_blanks_and_case_make_no_other_entry() -> None:
    assert digest_of(entry(text="RE-1 vom")) == digest_of(entry(text="re 1  VOM"))
    assert digest_of(entry(amount=1)) != digest_of(entry(amount=-1))


@st.composite
def years(draw: st.DrawFn) -> list[Entry]:
    """A year's entries, many of them alike; the balance never returns within a day to where it began or an equal entry left it."""
    made: list[Entry] = []
    for day in sorted(draw(st.lists(st.integers(0, 6), min_size=1, max_size=25))):
        amount = draw(st.sampled_from([100, 200, -50]))
        made.append(entry(day, amount, draw(st.sampled_from(["RE-1", "RE-2"])), draw(st.sampled_from(["", "B-1"]))))
    seen: set[tuple[date, str, int, int]] = set()
    starts: dict[date, int] = {}
    balance = 0
    for one in made:
        starts.setdefault(one.booked_on, balance)
        balance += one.amount_minor
        assume(balance != starts[one.booked_on])
        place = (one.booked_on, digest_of(one), one.amount_minor, balance)
        assume(place not in seen)
        seen.add(place)
    return made


@settings(max_examples=300, deadline=None)
@given(years(), st.data())
def test_any_overlapping_files_of_a_year_bring_the_same_entries(year: list[Entry], data: st.DataObject) -> None:
    """Pieces that begin and end anywhere, also within a day, in any order, some twice; together they cover the year."""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(year)), max_size=5)) | {0, len(year)})
    pieces = [
        (max(0, start - data.draw(st.integers(0, 4))), end) for start, end in pairwise(cuts)
    ]  # fmt: skip
    order = data.draw(st.permutations(pieces + data.draw(st.lists(st.sampled_from(pieces), max_size=2))))
    files = [file_of(year[start:end], before=year[:start]) for start, end in order]

    found = Counter((trace.day, trace.digest) for trace in stored(*files))

    assert found == Counter((one.booked_on, digest_of(one)) for one in year)
