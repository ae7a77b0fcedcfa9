"""Words of meters: what was found, what a year will come to, and the rows of a CSV file."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_events.codes import Code
from kontor_meters.batches.pipeline.lines import described, sentence
from kontor_meters_pages import words as meters
from kontor_meters_pages.admin.words import line_problem
from kontor_meters_pages.sums import csv_rows, csv_text, expected_months, month_sums
from kontor_service.i18n import LANGUAGES, speak, speaking
from kontor_web.amounts import amount

FOUND = {
    "future": {},
    "before_use": {"in_use_from": "2026-03-01"},
    "after_use": {"in_use_to": "2026-03-01"},
    "falling": {"before": "1300", "before_on": "2026-03-03"},
    "rollover": {"before": "99990", "before_on": "2026-03-03", "used": "22"},
    "above_next": {"next": "1200.5", "next_on": "2026-03-03"},
    "jump": {"before": "1300", "before_on": "2026-03-03", "used": "812345.5", "most": "812", "unit": "m3"},
    "duplicate": {"value": "1300", "on": "2026-03-03"},
    "digits": {"digits_before": "6", "digits_after": "1"},
    "not_a_number": {},
    "ambiguous": {"read_as": "1234", "or": "1.234"},
    "estimated": {"method": "last_year"},
    "negative": {},
    "unknown_register": {},
    "unknown_photo": {},
    "external_id_reused": {},
    "not_stored": {},
}
# Of what the meter showed or used before, no digit may be told; what was typed may.
HISTORY = ("1300", "1.300", "99990", "99.990", "22", "1200", "1.200", "812", "März", "2026")


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    with speaking("de"):
        yield


def told(code: str, *, secret: bool = False) -> str:
    return meters.finding_sentence({"code": code, "values": FOUND[code]}, secret=secret)


def test_a_lower_reading_is_told_with_its_value_and_the_day() -> None:
    assert told("falling") == (
        "Ihr Zählerstand ist kleiner als der vom 3. März 2026 (1.300). Bitte prüfen Sie die Ziffern."
    )
    assert meters.found({"code": "falling", "values": FOUND["falling"]}) == "Niedriger als am 03.03.2026: 1.300"


def test_a_jump_tells_what_would_have_been_used_and_what_is_usual() -> None:
    assert "812.345,5\u00a0m³" in told("jump")
    assert "höchstens 812\u00a0m³" in told("jump")


@pytest.mark.parametrize("code", FindingCode)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_said_in_both_languages(code: FindingCode, language: str) -> None:
    speak(language)
    unknown = meters.finding_sentence({"code": "something_new", "values": {}})
    for values in (FOUND[code], {}):
        for say in (meters.finding_sentence, meters.found):
            sentence = say({"code": code, "values": values})
            assert sentence != unknown
            assert "%(" not in sentence
        assert meters.finding_sentence({"code": code, "values": values}).endswith(".")


LINES = {"unknown_meter": {"meter": "Z7"}, "expired": {"meter": "Z7"}, "with_meter": {"line": "12"},
         "choice": {"choices": "gas, water"}}  # fmt: skip


@pytest.mark.parametrize("code", [*LineCode, *FindingCode])
def test_what_is_said_of_a_line_is_said_in_both_languages_by_meters_and_by_the_page(code: Code) -> None:
    params = LINES.get(code, {}) if isinstance(code, LineCode) else FOUND[code]
    row = SimpleNamespace(line=1, outcome="questioned", code=code, field="", details=params | {"count": "96"})
    told, said = described(row), set()
    for language in LANGUAGES:
        speak(language)
        for say in (line_problem, sentence):
            assert all(value in say(told) for value in LINES.get(code, {}).values())
            assert "%(" not in say(told)
            assert "96" in say(told)
            said.add((language, say(told)))
    assert len({text for _, text in said}) >= 2


@pytest.mark.parametrize("code", [code for code in FOUND if code not in ("before_use", "after_use", "digits")])
def test_through_a_link_without_log_in_no_history_is_told(code: str) -> None:
    assert not [part for part in HISTORY if part in told(code, secret=True)]


def test_a_number_that_can_mean_two_things_is_shown_both_ways() -> None:
    assert "als 1.234 gelesen" in told("ambiguous", secret=True)
    assert "auch 1,234 heißen" in told("ambiguous", secret=True)


def test_a_finding_nobody_has_words_for_asks_for_a_look() -> None:
    for say in (meters.finding_sentence, meters.found):
        assert say({"code": "new_rule", "values": {}}) == "Bitte prüfen Sie diesen Zählerstand."


def test_registers_are_named_by_what_tells_them_apart() -> None:
    names = [
        meters.register_name(*pair)
        for pair in (("consumption", "single"), ("consumption", "high"), ("feed_in", "single"))
    ]
    assert names == ["", "HT", "Einspeisung"]


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert meters.kind_name("steam") == "steam"
    assert meters.reading_state("odd") == ("idle", "odd")


@pytest.mark.parametrize(
    ("parts", "places", "said"),
    [
        (1_234_500, None, "1.235\u00a0kWh"),
        (12_345, None, "12,3\u00a0kWh"),
        (1_234, None, "1,23\u00a0kWh"),
        (250, None, "0,250\u00a0kWh"),
        (-1500, 0, "−2\u00a0kWh"),
        (None, None, "–"),
    ],
)
def test_amounts_have_as_many_decimals_as_their_size_deserves(parts: int | None, places: int | None, said: str) -> None:
    assert amount(parts, "kWh", places) == said


def test_a_reading_is_shown_with_the_decimals_of_its_meter() -> None:
    assert meters.reading_value("1234.5", digits_after=2) == "1.234,50"
    assert meters.reading_value("1234.5") == "1.234,5"


PROJECTION: dict[str, Any] = {
    "low": 2_800_000, "expected": 3_000_000, "high": 3_200_000, "method": "last_year", "based_until": "2026-11-20",
    "months": [0] * 10 + [100_000, 300_000],
}  # fmt: skip


def test_a_projection_says_its_range_and_what_it_rests_on() -> None:
    sentence = meters.projection_sentence(PROJECTION, "kWh")
    assert "etwa 3.000\u00a0kWh, wahrscheinlich zwischen 2.800\u00a0kWh und 3.200\u00a0kWh" in sentence
    assert "Grundlage: Vorjahr und bisherige Entwicklung" in sentence
    assert "20. November 2026" in sentence


def test_too_few_days_are_said_to_be_too_few_without_a_number() -> None:
    sentence = meters.projection_sentence(PROJECTION | {"method": "days", "low": 0, "expected": 0, "high": 0}, "kWh")
    assert "zu wenige Tage" in sentence
    assert "kWh" not in sentence


def test_months_to_come_are_expected_with_the_range_of_the_whole() -> None:
    months = expected_months([250_000] * 10 + [80_000, None], PROJECTION)
    assert months[:10] == [None] * 10
    assert months[10:] == [(130_000, 180_000, 230_000), (150_000, 300_000, 450_000)]


days = st.lists(st.one_of(st.just(-1), st.integers(0, 10**6)), min_size=365, max_size=365)


@settings(deadline=None)
@given(days)
def test_months_add_up_to_the_days_that_are_known(amounts: list[int]) -> None:
    sums = month_sums(2026, amounts)
    assert sum(part or 0 for part in sums) == sum(amount for amount in amounts if amount != -1)
    assert (sums[1] is None) == all(amount == -1 for amount in amounts[31:59])


def state(**changes: Any) -> dict[str, Any]:
    amounts = [-1] * 365
    amounts[0], amounts[31] = 12_345, 1
    values = {"series_id": "s", "year": 2026, "days": amounts, "obis": "1-0:1.8.0", "unit": "m3"}
    return values | {"direction": "consumption", "tariff": "single", "months": ["read"] * 12} | changes


def test_a_csv_file_has_a_row_for_each_known_day_and_german_decimals() -> None:
    rows = csv_rows([state()])
    assert [row[0] for row in rows] == ["Tag", "2026-01-01", "2026-02-01"]
    assert rows[1][1:] == ["1-0:1.8.0", "Verbrauch", "Eintarif", "12,345", "m³"]


def test_months_of_all_registers_follow_each_other_by_register_and_time() -> None:
    states = [state(direction="feed_in"), state(tariff="low"), state(tariff="high", year=2026)]
    rows = csv_rows(states, "months")
    assert [row[3] for row in rows[1:]] == ["HT", "HT", "NT", "NT", "Eintarif", "Eintarif"]
    assert (rows[1][0], rows[0][-1], rows[1][-1]) == ("2026-01", "Grundlage", "aus Ablesungen")


@settings(deadline=None)
@given(days)
def test_a_csv_file_says_every_known_thousandth(amounts: list[int]) -> None:
    speak("en")
    written = csv_text([state(days=amounts)]).removeprefix("\ufeff")
    read = {row["Day"]: row["Quantity"] for row in csv.DictReader(StringIO(written))}
    first = date(2026, 1, 1)
    said = {(first + timedelta(days=i)).isoformat(): a for i, a in enumerate(amounts) if a != -1}
    assert {day: round(float(text) * 1000) for day, text in read.items()} == said
