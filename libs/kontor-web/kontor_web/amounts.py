"""Amounts in thousandths of their unit, with the reader's marks."""

from functools import lru_cache

from kontor_service import formats
from kontor_service.i18n import reader

_UNITS = {"m3": "m³"}


def unit_name(code: str) -> str:
    """m3 → m³"""
    return _UNITS.get(code, code)


def places_for(most: int | None) -> int:
    """Decimals that are worth showing next to such an amount, in thousandths."""
    size = abs(most or 0)
    return 0 if size >= 100_000 else 1 if size >= 10_000 else 2 if size >= 1000 else 3


def amount(parts: int | None, unit: str = "", places: int | None = None) -> str:
    """1234500, kWh → 1.235 kWh; – where nothing is known. As many decimals as told, else as the size deserves."""
    if parts is None:
        return "–"
    text = fixed(parts, places_for(parts) if places is None else places, reader().language)
    return f"{text}\u00a0{unit_name(unit)}" if unit else text


def fixed(parts: int, places: int, language: str) -> str:
    """Thousandths with so many decimals (up to three), rounded half up, with the reader's marks."""
    scale = 10 ** (3 - places)
    rounded = (2 * abs(parts) + scale) // (2 * scale)
    whole, rest = divmod(rounded, 10**places)
    group, decimal = marks(language)
    text = f"{whole:,}".replace(",", group)
    if places:
        text = f"{text}{decimal}{rest:0{places}d}"
    return f"−{text}" if parts < 0 and rounded else text


@lru_cache
def marks(language: str) -> tuple[str, str]:
    """What separates thousands, and decimals."""
    symbols = formats.locale_of(language).number_symbols["latn"]
    return symbols["group"], symbols["decimal"]
