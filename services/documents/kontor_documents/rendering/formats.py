"""Numbers, money and dates as people of a language write them."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.dates import format_date
from babel.numbers import NumberPattern, get_currency_symbol, parse_pattern

from kontor_documents.einvoice.totals import round_amount
from kontor_service.i18n import Language
from kontor_service.money import digits

# British English: the currency and the dates of the documents are European.
LOCALES: dict[Language, str] = {"de": "de_DE", "en": "en_GB"}
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
        symbol = get_currency_symbol(code, locale=LOCALES[self.language])
        figure = Formats(self.language, code).amount(abs(value))
        sign = MINUS if round_amount(value, code) < 0 else ""
        if self.language == "de":
            return f"{sign}{figure}{NO_BREAK}{symbol}"
        return f"{sign}{symbol}{NO_BREAK if symbol.isalpha() else ''}{figure}"

    def number(self, value: Decimal) -> str:
        return self._number(value, 0, 10)

    def percent(self, value: Decimal) -> str:
        return f"{self.number(value)}{NO_BREAK}%" if self.language == "de" else f"{self.number(value)}%"

    def day(self, value: date) -> str:
        return format_date(
            value, "dd.MM.yyyy" if self.language == "de" else "d MMM yyyy", locale=LOCALES[self.language]
        )

    def _number(self, value: Decimal, least: int, most: int) -> str:
        return str(_pattern(least, most).apply(value, _locale(self.language))).replace("-", MINUS)


def grouped(account: str) -> str:
    """An IBAN in groups of four (ISO 13616), kept on one line."""
    compact = "".join(account.split()).upper()
    return NO_BREAK.join(compact[start : start + 4] for start in range(0, len(compact), 4))


@lru_cache(maxsize=64)
def _pattern(least: int, most: int) -> NumberPattern:
    decimals = "0" * least + "#" * (most - least)
    return parse_pattern(f"#,##0.{decimals}" if decimals else "#,##0")


@lru_cache(maxsize=4)
def _locale(language: Language) -> Locale:
    return Locale.parse(LOCALES[language])
