"""How single values are spelled in CII and UBL, both ways. Reading raises ValueError with what was expected."""

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kontor_service.i18n import N_

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
# xs:date allows a time zone; a business date has none.
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(Z|[+-]\d{2}:\d{2})?", re.ASCII)
MAX_DIGITS = 24


@dataclass(frozen=True)
class Codec:
    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_DIGITS + 2 or not _DECIMAL.fullmatch(text):
        raise ValueError(N_('A decimal number of at most 24 digits is expected in %(element)s, not "%(value)s".'))
    return Decimal(text)


def _written(value: Decimal) -> str:
    return format(value, "f")


def _basic_date(text: str) -> date:
    try:
        return (
            datetime.strptime(text[:8], "%Y%m%d").date()
            if text[:8].isascii() and text[:8].isdigit()
            else date.fromisoformat(text[:10])
        )
    except ValueError:
        raise ValueError(N_('A date as YYYYMMDD is expected in %(element)s, not "%(value)s".')) from None


def _iso_date(text: str) -> date:
    match = _ISO_DATE.fullmatch(text)
    if not match:
        raise ValueError(N_('A date as YYYY-MM-DD is expected in %(element)s, not "%(value)s".'))
    try:
        return date.fromisoformat(match[1])
    except ValueError:
        raise ValueError(N_('A date as YYYY-MM-DD is expected in %(element)s, not "%(value)s".')) from None


def _boolean(text: str) -> bool:
    if text not in ("true", "false", "1", "0"):
        raise ValueError(N_('True or false is expected in %(element)s, not "%(value)s".'))
    return text in ("true", "1")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error:
        raise ValueError(N_('Base64 is expected in %(element)s, not "%(value)s".')) from None


TEXT = Codec(str, str)
DECIMAL = Codec(_decimal, _written)
BASIC_DATE = Codec(_basic_date, lambda value: f"{value:%Y%m%d}")
ISO_DATE = Codec(_iso_date, lambda value: str(value.isoformat()))
BOOLEAN = Codec(_boolean, lambda value: "true" if value else "false")
BYTES = Codec(_bytes, lambda value: base64.b64encode(value).decode())
