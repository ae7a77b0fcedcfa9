"""CSV files as people and programs make them: encodings, separators, headings, numbers and dates."""

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontor_meters.batches.formats.columns import COLUMNS, folded, template
from kontor_meters.batches.formats.csv_readings import csv_body
from kontor_meters.batches.formats.csv_table import ColumnsMissing, FileUnreadable, decoded, table
from kontor_meters.batches.formats.csv_values import clock, day, decimal_sign, instant, number

BERLIN = ZoneInfo("Europe/Berlin")
FILE = "Zählernummer;OBIS;Zählerstand;Ablesedatum\r\n1ESY1;1-0:1.8.0;12.345,6;31.12.2025\r\nMüßig;;873;2025-12-31\r\n"
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be")
plain_text = st.text(
    st.characters(codec="cp1252", exclude_characters="\0\ufeff", exclude_categories=["Cc"]), max_size=30
)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_encoding_and_separator_are_found_out(encoding: str, separator: str) -> None:
    text = FILE.replace("12.345,6", '"12.345,6"').replace(";", separator)
    read = table(text.encode(encoding), "readings")
    assert [row.values for row in read.rows] == [
        {"meter": "1ESY1", "obis": "1-0:1.8.0", "value": "12.345,6", "taken_on": "31.12.2025"},
        {"meter": "Müßig", "obis": "", "value": "873", "taken_on": "2025-12-31"},
    ]


def test_german_numbers_and_dates_become_plain_ones() -> None:
    items = csv_body(FILE.encode(), BERLIN).readings
    assert [(item.line, item.value, item.taken_at) for item in items] == [
        (2, "12345.6", "2025-12-31"),
        (3, "873", "2025-12-31"),
    ]


@pytest.mark.parametrize(
    "headings",
    [
        "Zähler-Nr.;Stand (kWh);Datum",
        "ZAEHLERNUMMER;zaehlerstand;ABLESEDATUM",
        "Meter number;Reading;Date",
        "meter;value;taken_on",
    ],
)
def test_headings_have_many_names(headings: str) -> None:
    read = table(f"{headings}\n1;2;2025-12-31\n".encode(), "readings")
    assert read.rows[0].values == {"meter": "1", "value": "2", "taken_on": "2025-12-31"}


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ColumnsMissing) as raised:
        table(b"Kunde;Betrag\n1;2\n", "readings")
    assert "Zählernummer" in raised.value.detail
    assert "Kunde" in raised.value.detail


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman"])
def test_the_encoding_is_that_of_which_the_headings_are_understood(encoding: str) -> None:
    read = table("Zählernummer;Zählerstand;Datum;Notiz\n1;2;2025-12-31;Küche\n".encode(encoding), "readings")
    assert (read.headings[1], read.rows[0].cells[3]) == ("Zählerstand", "Küche")


def test_a_nul_costs_its_own_line_only() -> None:
    read = table(b"meter;value;date\n1;2\0;2025-12-31\n2;3;2025-12-31\n", "readings")
    assert [row.values["value"] for row in read.rows] == ["2\ufffd", "3"]


def test_a_picture_is_no_file_of_readings() -> None:
    with pytest.raises(FileUnreadable):
        table(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x81\x8d", "readings")


def test_lines_keep_their_numbers_through_blank_ones_and_line_breaks_in_cells() -> None:
    content = 'sep=;\nZählernummer;Stand;Datum;Notiz\n1;2;2025-12-31;"zwei\nZeilen"\n\n;;;\n2;3;2025-12-31;\n'
    assert [row.line for row in table(content.encode(), "readings").rows] == [3, 7]


def test_a_line_that_cannot_be_right_says_which_column() -> None:
    content = "Zähler;Stand;Datum;Grund\n;1;2025-12-31;\n1;x;2025-12-31;\n1;1;31.02.2025;\n1;1;2025-12-31;Laune\n1;-5;2025-12-31;\n"
    body = csv_body(content.encode(), BERLIN)
    assert [(p.line, p.code, p.place) for p in body.problems] == [
        (2, "missing", "meter"),
        (3, "not_a_number", "value"),
        (4, "not_a_date", "taken_on"),
        (5, "reason", "reason"),
    ]
    assert [item.value for item in body.readings] == ["-5"]


def test_the_hour_that_comes_twice_in_autumn_is_two_hours() -> None:
    lines = "".join(
        f"Z1;26.10.2025 {hour:02d}:{quarter:02d};0,25\n" for hour in (1, 2, 2, 3) for quarter in (0, 15, 30, 45)
    )
    body = csv_body(f"Zähler;Zeitstempel;Verbrauch\n{lines}".encode(), BERLIN)
    starts = [datetime.fromisoformat(item.start) for item in body.intervals]
    assert [(b - a).total_seconds() for a, b in pairwise(starts)] == [900] * 15


QUARTERS = [f"29.03.2026 {hour:02d}:{quarter:02d}" for hour in (1, 2, 3) for quarter in (0, 15, 30, 45)][3:]


def test_times_that_the_clocks_skip_in_spring_are_refused() -> None:
    lines = "".join(f"Z1;{at};0,25\n" for at in QUARTERS)
    body = csv_body(f"Zähler;Zeitstempel;Verbrauch\n{lines}".encode(), BERLIN)
    starts = [datetime.fromisoformat(item.start).astimezone(BERLIN).strftime("%H:%M") for item in body.intervals]
    assert starts == ["01:45", "03:00", "03:15", "03:30", "03:45"]
    assert [(p.line, p.code, p.place) for p in body.problems] == [(n, "no_such_time", "start") for n in range(3, 7)]
    readings = csv_body("Zähler;Stand;Datum;Uhrzeit\nZ1;5;29.03.2026;02:30\nZ1;5;29.03.2026;03:00\n".encode(), BERLIN)
    assert [(p.line, p.code, p.place) for p in readings.problems] == [(2, "no_such_time", "time")]
    assert [item.taken_at for item in readings.readings] == ["2026-03-29T01:00:00+00:00"]


@pytest.mark.parametrize("offset", ["+01:00", "+1", "UTC+1", "MEZ"])
def test_winter_time_all_year_is_understood_by_its_offset(offset: str) -> None:
    lines = "".join(f"Z1;{at};{offset};0,25\n" for at in [*QUARTERS, "01.07.2026 12:00"])
    body = csv_body(f"Zähler;Zeitstempel;Zeitzone;Verbrauch\n{lines}".encode(), BERLIN)
    starts = [datetime.fromisoformat(item.start) for item in body.intervals]
    assert [(b - a).total_seconds() for a, b in pairwise(starts[:-1])] == [900] * 8
    assert starts[-1].astimezone(BERLIN).hour == 13
    assert body.problems == []


def test_an_offset_that_is_none_is_named() -> None:
    body = csv_body("Zähler;Zeitstempel;Zeitzone;Verbrauch\nZ1;01.07.2026 12:00;Berlin;1\n".encode(), BERLIN)
    assert [(p.code, p.place) for p in body.problems] == [("choice", "offset")]


@pytest.mark.parametrize("kind", ["readings", "meters"])
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_template_is_understood(kind: str, language: str) -> None:
    read = table(template(kind, language).encode(), kind)
    assert len(read.rows) == 2
    assert len(read.columns) == len(read.headings)


@pytest.mark.parametrize("kind", ["readings", "meters"])
def test_no_heading_means_two_columns(kind: str) -> None:
    names = [(folded(name), column.name) for column in COLUMNS[kind] for name in (column.german, column.english)]
    assert len({name for name, _ in names}) == len(set(names))


@pytest.mark.parametrize(
    ("written", "sign", "first"),
    [
        (["12.345,6"], ",", "12345.6"),
        (["12345,6", "12.345"], ",", "12345.6"),
        (["12345.6"], ".", "12345.6"),
        (["12,345.6"], ".", "12345.6"),
        (["12.345", "1.000"], ".", "12.345"),
        (["12.345", "950"], ",", "12345"),
        (["1.234.567"], ",", "1234567"),
        (["12 345,6"], ",", "12345.6"),
        (["1'234.5"], ".", "1234.5"),
        (["0,123"], ",", "0.123"),
    ],
)
def test_a_column_tells_what_its_points_and_commas_mean(written: list[str], sign: str, first: str) -> None:
    assert decimal_sign(written) == sign
    assert number(written[0], sign) == Decimal(first)


@pytest.mark.parametrize("text", ["", "x", "1,2,3", "1.2.3,4", "12,", "٣", "1e5", "--1", "NaN", "1.23,4"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert number(text, ",") is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_numbers_survive_german_writing(value: Decimal) -> None:
    german = f"{value:,.3f}".translate(str.maketrans(",.", ".,"))
    assert number(german, ",") == value


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_dates_survive_both_writings(on: date) -> None:
    assert day(on.isoformat()) == day(f"{on.day}.{on.month}.{on.year}") == on


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)).map(
        lambda at: at.replace(microsecond=0)
    )
)
def test_instants_survive_one_cell_two_cells_and_iso(at: datetime) -> None:
    german = f"{at:%d.%m.%Y}", f"{at:%H:%M:%S}"
    assert instant(" ".join(german)) == instant(*german) == instant(at.isoformat()) == at
    assert clock(german[1]) == at.time()


@given(plain_text, st.sampled_from(ENCODINGS))
def test_text_survives_every_encoding_that_can_tell_it(text: str, encoding: str) -> None:
    whole = "Zählernummer;Zählerstand\n" + text
    assert decoded(whole.encode(encoding)) == whole


@given(st.binary(max_size=300) | st.binary(max_size=300).map(b"meter;value;date\n".__add__))
def test_every_line_is_read_or_refused_unless_the_file_is(content: bytes) -> None:
    try:
        found = csv_body(content, BERLIN)
    except (FileUnreadable, ColumnsMissing):
        return
    assert len(found.readings) + len(found.intervals) + len(found.problems) == len(table(content, "readings").rows)
