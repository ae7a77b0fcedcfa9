"""Numbers, money and dates as people of a language write them."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel.dates import format_date
from babel.numbers import NumberPattern, parse_pattern

from kontor_documents.einvoice.totals import round_amount
from kontor_service import formats
from kontor_service.i18n import Language
from kontor_service.money import digits, to_minor

MINUS = "\N{MINUS SIGN}"
NO_BREAK = "\N{NO-BREAK SPACE}"


class Formats(NamedTuple):
    language: Language
    currency: str

    def amount(self, value: Decimal) -> str:
        """An amount with the decimals of its currency and without its symbol."""
        decimals = min(digits(self.currency), 2)
        return self._number(round_amount(value, self.currency), decimals, decimals)

    def price(self, value: Decimal) -> str:
        """A unit price: at least the decimals of the currency, and every further one that was agreed."""
        return self._number(value, min(digits(self.currency), 2), 10)

    def money(self, value: Decimal, currency: str = "") -> str:
        code = currency or self.currency
        minor = to_minor(round_amount(value, code), code)
        return formats.money(minor, code, self.language).replace("-", MINUS)

    def number(self, value: Decimal) -> str:
        return self._number(value, 0, 10)

    def percent(self, value: Decimal) -> str:
        return formats.percent(value, self.language).replace("-", MINUS)

    def day(self, value: date) -> str:
        pattern = "dd.MM.yyyy" if self.language == "de" else "d MMM yyyy"
        return format_date(value, pattern, locale=formats.locale_of(self.language))

    def _number(self, value: Decimal, least: int, most: int) -> str:
        return str(_pattern(least, most).apply(value, formats.locale_of(self.language))).replace("-", MINUS)


def grouped(account: str) -> str:
    """An IBAN in groups of four (ISO 13616), kept on one line."""
    compact = "".join(account.split()).upper()
    return NO_BREAK.join(compact[start : start + 4] for start in range(0, len(compact), 4))


@lru_cache(maxsize=64)
def _pattern(least: int, most: int) -> NumberPattern:
    decimals = "0" * least + "#" * (most - least)
    return parse_pattern(f"#,##0.{decimals}" if decimals else "#,##0")
