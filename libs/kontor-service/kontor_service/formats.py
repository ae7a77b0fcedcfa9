"""Money, dates, shares and sizes as a German or English reader expects them. Rules and names come from Babel (CLDR).

Money is formatted by hand from Babel's pattern: a list page shows a hundred sums, and Babel takes 30 µs for each.
"""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

from kontor_service.i18n import gettext
from kontor_service.money import digits, from_minor, to_minor

# English as Europe writes it: 12 November 2026, €1,234.56
_LOCALES = {"de": "de_DE", "en": "en_GB"}
_DAY = {"de": "d. MMMM y", "en": "d MMMM y"}
_SHORT_DAY = {"de": "dd.MM.y", "en": "dd/MM/y"}
_MOMENT = {"de": "d. MMMM, HH:mm", "en": "d MMMM, HH:mm"}
_MOMENT_YEAR = {"de": "d. MMMM y, HH:mm", "en": "d MMMM y, HH:mm"}
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@lru_cache
def locale_of(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, "de_DE"))


@lru_cache
def countries() -> frozenset[str]:
    """ISO 3166-1 alpha-2 codes, as CLDR names them, without its groups of countries and its codes for tests."""
    names = map(str, locale_of("en").territories)
    return frozenset(name for name in names if len(name) == 2 and name.isalpha()) - _NO_COUNTRIES


@lru_cache
def _money_frame(currency: str, language: str) -> tuple[str, str, str, str]:
    """What stands before and after the digits, the group and the decimal mark."""
    sample = numbers.format_currency(Decimal("1"), currency, locale=locale_of(language))
    first, last = sample.index("1"), max(i for i, sign in enumerate(sample) if sign.isdigit())
    symbols = locale_of(language).number_symbols["latn"]
    return sample[:first], sample[last + 1 :], symbols["group"], symbols["decimal"]


def money(minor: int, currency: str, language: str) -> str:
    """So many minor units of an ISO 4217 currency: 78719, EUR → 787,19 €."""
    before, after, group, decimal = _money_frame(currency, language)
    places = digits(currency)
    whole, part = divmod(abs(minor), 10**places)
    text = f"{whole:,}".replace(",", group)
    if places:
        text = f"{text}{decimal}{part:0{places}d}"
    return f"{'-' if minor < 0 else ''}{before}{text}{after}"


def typed(minor: int, currency: str, language: str) -> str:
    """As one types it into a form: 123450, EUR → 1234,50."""
    text = f"{from_minor(minor, currency):f}"
    return text.replace(".", ",") if language == "de" else text


def _as_date(value: date | str | None) -> date | None:
    if not value:
        return None
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    return value


@lru_cache(4096)
def _dated(value: date, pattern: str, language: str) -> str:
    return dates.format_date(value, pattern, locale=locale_of(language))


def day(value: date | str | None, language: str) -> str:
    """12. November 2026; nothing for nothing. Strings are ISO 8601."""
    found = _as_date(value)
    return _dated(found, _DAY[language], language) if found else ""


def short_day(value: date | str | None, language: str) -> str:
    """12.11.2026"""
    found = _as_date(value)
    return _dated(found, _SHORT_DAY[language], language) if found else ""


def typed_day(text: str, language: str) -> str:
    """As a day stands in a field: 12.11.2026, in English 2026-11-12. What is no ISO date stays as it was typed."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{found:%d.%m.%Y}" if language == "de" else found.isoformat()


def _as_instant(value: datetime | str) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@lru_cache(64)
def zone_of(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def moment(value: datetime | str | None, language: str, zone: str) -> str:
    """12. November, 09:14 in the given zone, with the year where it is not the present one."""
    if not value:
        return ""
    local = _as_instant(value).astimezone(zone_of(zone))
    same_year = local.year == datetime.now(zone_of(zone)).year
    pattern = (_MOMENT if same_year else _MOMENT_YEAR)[language]
    return dates.format_datetime(local, pattern, locale=locale_of(language))


def lately(value: datetime | str | None, language: str, zone: str) -> str:
    """Of today only the time: 09:14; else as `moment`."""
    if not value:
        return ""
    local = _as_instant(value).astimezone(zone_of(zone))
    if local.date() == datetime.now(zone_of(zone)).date():
        return f"{local:%H:%M}"
    return moment(value, language, zone)


def ago(value: datetime | str | None, language: str) -> str:
    """vor 4 Minuten"""
    if not value:
        return ""
    since = datetime.now(UTC) - _as_instant(value)
    if since < timedelta(seconds=5):
        return gettext("just now")
    return dates.format_timedelta(-since, add_direction=True, threshold=1.0, locale=locale_of(language))


def instant(value: datetime | str | None) -> str:
    """ISO 8601 for <time datetime>."""
    return _as_instant(value).isoformat() if value else ""


def percent(value: Decimal | str | float, language: str) -> str:
    """19 → 19 %; 2.50 → 2,5 %. The value is in percent, not a share."""
    text = numbers.format_decimal(Decimal(str(value)).normalize(), "0.####", locale=locale_of(language))
    return f"{text}\u00a0%" if language == "de" else f"{text}%"


def number(value: Decimal | str | float, language: str) -> str:
    """A quantity or unit price with as many decimals as it has: 2.5 → 2,5."""
    return numbers.format_decimal(Decimal(str(value)), "#,##0.########", locale=locale_of(language))


def size(count: int, language: str) -> str:
    """84 kB, 1,2 MB (decimal units)."""
    if count < 1000:
        return f"{count} B"
    unit, factor = ("kB", 1000) if count < 1000**2 else ("MB", 1000**2) if count < 1000**3 else ("GB", 1000**3)
    amount = count / factor
    text = numbers.format_decimal(round(amount, 1 if amount < 10 else 0), "#,##0.#", locale=locale_of(language))
    return f"{text}\u00a0{unit}"


_DAY_FORM = re.compile(r"\d{4}-\d\d-\d\d")
_AMOUNT_FORM = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3}|%)")


def shown(value: Any, language: str) -> Any:
    """A parameter of a message as the reader writes it: "2026-11-27", "119.00 EUR" and "19 %" by their form; else as it is."""
    text = str(value)
    try:
        if _DAY_FORM.fullmatch(text):
            return short_day(text, language)
        if amount := _AMOUNT_FORM.fullmatch(text):
            figure, unit = amount.groups()
            return percent(figure, language) if unit == "%" else _exactly(Decimal(figure), unit, language)
    except (ValueError, ArithmeticError):
        # 2026-02-31, or more digits than there is money: it only looks like one.
        return value
    return value


def _exactly(amount: Decimal, currency: str, language: str) -> str:
    """Money; with all its decimals where these are more than the currency has, or what differs would read the same."""
    minor = to_minor(amount, currency)
    if from_minor(minor, currency) == amount:
        return money(minor, currency, language)
    return f"{number(amount, language)}\u00a0{currency}"
