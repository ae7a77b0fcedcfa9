from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from kontor_service import formats
from kontor_service.i18n import gettext as _
from kontor_service.i18n import negotiate, ngettext, speaking
from kontor_service.money import from_minor


@given(
    st.integers(-(10**13), 10**13), st.sampled_from(["EUR", "USD", "CHF", "JPY", "KWD"]), st.sampled_from(["de", "en"])
)
def test_money_reads_as_babel_writes_it(minor: int, currency: str, language: str) -> None:
    expected = format_currency(from_minor(minor, currency), currency, locale=formats.locale_of(language))
    assert formats.money(minor, currency, language) == expected


def test_dates_read_as_germans_and_english_expect_them() -> None:
    day = date(2026, 11, 2)
    assert formats.day(day, "de") == "2. November 2026"
    assert formats.day("2026-11-02", "en") == "2 November 2026"
    assert formats.short_day(day, "de") == "02.11.2026"
    assert formats.short_day(None, "de") == ""


def test_a_moment_is_told_in_the_readers_zone() -> None:
    late = datetime(2020, 6, 30, 22, 30, tzinfo=UTC)
    assert formats.moment(late, "de", "Europe/Berlin") == "1. Juli 2020, 00:30"


def test_a_moment_of_this_year_goes_without_the_year() -> None:
    now = datetime.now(UTC)
    assert str(now.year) not in formats.moment(now, "de", "UTC")


def test_the_past_is_told_relatively() -> None:
    assert formats.ago(datetime.now(UTC) - timedelta(minutes=4), "de") == "vor 4 Minuten"
    assert formats.ago(datetime.now(UTC), "de") == "gerade eben"


@pytest.mark.parametrize(
    ("value", "text"), [("19", "19\u00a0%"), ("2.50", "2,5\u00a0%"), (Decimal("0"), "0\u00a0%"), ("100", "100\u00a0%")]
)
def test_percentages_have_no_needless_decimals(value: object, text: str) -> None:
    assert formats.percent(value, "de") == text  # type: ignore[arg-type]


@pytest.mark.parametrize(("count", "text"), [(999, "999 B"), (84_000, "84\u00a0kB"), (1_234_567, "1,2\u00a0MB")])
def test_sizes_are_rounded_as_people_read_them(count: int, text: str) -> None:
    assert formats.size(count, "de") == text


def test_words_are_german_by_default_and_english_on_demand() -> None:
    assert _("paid in full") == "vollständig bezahlt"
    with speaking("en"):
        assert _("paid in full") == "paid in full"


def test_plurals_follow_the_count() -> None:
    one, many = "Please check your input:", "Please check your input in %(num)s fields:"
    assert ngettext(one, many, 1) == "Bitte prüfen Sie Ihre Eingaben:"
    assert ngettext(one, many, 3) == "Bitte prüfen Sie Ihre Eingaben in 3 Feldern:"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.5,en;q=0.4", "de"),
        ("de;q=0,en;q=0.1", "en"),
        ("fr", "de"),
        ("", "de"),
        (None, "de"),
        ("en;q=x", "de"),
    ],
)
def test_the_browsers_wish_decides_the_language(header: str | None, language: str) -> None:
    assert negotiate(header) == language
