"""Words of meters that portal and admin share: kinds, registers, reasons, states, and sentences for what was found.

Codes are those of the bus contract; an unknown one is shown as it is.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from kontor.meters.v1.meters_pb2_codes import (
    Basis,
    BatchKind,
    BatchSource,
    BatchState,
    Direction,
    FindingCode,
    InvitationState,
    InvitedMeterState,
    MeterKind,
    ProjectionMethod,
    ReadingChannel,
    ReadingReason,
    ReadingSource,
    ReadingState,
    RequestState,
    Tariff,
)
from kontor_service import formats
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_service.vocabulary import complete, say, state, word
from kontor_web.amounts import amount, marks, places_for, unit_name

kind_name = partial(word, MeterKind)
direction_name = partial(word, Direction)
tariff_name = partial(word, Tariff)
reason_name = partial(word, ReadingReason)
source_name = partial(word, ReadingSource)
# How the sum of a month came about.
basis_name = partial(word, Basis)
reading_state = partial(state, ReadingState)


def register_name(direction: str, tariff: str) -> str:
    """What tells a register from the others of its meter; nothing where there is nothing to tell."""
    parts = [direction_name(direction)] if direction == "feed_in" else []
    return " ".join(parts + ([tariff_name(tariff)] if tariff in ("high", "low") else []))


def bases(codes: Iterable[str]) -> list[tuple[str, bool]]:
    """The same of several, as charts take them: what is estimated is hatched."""
    return [(basis_name(code), code == "estimated") for code in codes]


def reading_value(value: str, digits_after: int | None = None) -> str:
    """What stands on the meter's face, with the reader's marks: 1234.5 → 1.234,5."""
    if not value:
        return "–"
    if digits_after is None:
        return formats.number(value, reader().language)
    exact = Decimal(value)
    places = max(digits_after, -int(exact.normalize().as_tuple().exponent), 0)
    group, decimal = marks(reader().language)
    return f"{exact:,.{places}f}".translate({ord(","): group, ord("."): decimal})


_DAYS = ("in_use_from", "in_use_to", "before_on", "next_on", "on")
_AMOUNTS = ("used", "most")
_FACES = ("before", "next", "value", "read_as", "or")
# What these name is no history.
_OPEN = (FindingCode.DIGITS, FindingCode.AMBIGUOUS)


def finding_sentence(finding: Mapping[str, Any], unit: str = "", *, secret: bool = False) -> str:
    """What plausibility found, for whoever reads the meter. With `secret`, or where its values are missing, nothing is
    said that tells what the meter showed before."""
    code = FindingCode.known(finding["code"])
    if code is None:
        return _("Please check this reading.")
    message = code.long or code.word
    if not secret or code in _OPEN or not code.vague:
        values = spoken(finding["values"], unit, formats.day)
        if complete(message, values):
            return say(message, values)
    return _(code.vague)


def found(finding: Mapping[str, Any], unit: str = "") -> str:
    """The same for who decides. `unit`: the register's."""
    code = FindingCode.known(finding["code"])
    values = spoken(finding["values"], unit, formats.short_day)
    if code is not None and complete(code.word, values):
        return say(code.word, values)
    return finding_sentence(finding, unit)


def spoken(values: Mapping[str, str], unit: str, day: Callable[[str, str], str]) -> dict[str, str]:
    """The values as the reader writes them."""
    unit = unit_name(unit or values.get("unit", ""))
    params = dict(values)
    params |= {name: day(values[name], reader().language) for name in _DAYS if name in values}
    params |= {name: reading_value(values[name]) for name in _FACES if name in values}
    params |= {name: f"{reading_value(values[name])}\u00a0{unit}".rstrip() for name in _AMOUNTS if name in values}
    return params


def projection_sentence(projection: Mapping[str, Any] | None, unit: str) -> str:
    """What the year will come to, how far it may be off, and what it rests on; nothing without a projection."""
    if not projection:
        return ""
    until = formats.day(projection["based_until"], reader().language)
    method = ProjectionMethod.known(projection["method"]) or ProjectionMethod.DAYS
    basis = say(method.word, {"until": until})
    if method == ProjectionMethod.DAYS:
        return basis
    places = places_for(int(projection["high"]))
    figures = {name: amount(int(projection[name]), unit, places) for name in ("low", "expected", "high")}
    year = _("We expect about %(expected)s for the whole year, probably between %(low)s and %(high)s.", **figures)
    return f"{year} {basis}"


# What templates of both edges may call.
GLOBALS: dict[str, Any] = {
    "meter_kind": kind_name, "direction_name": direction_name, "tariff_name": tariff_name, "reason_name": reason_name,
    "source_name": source_name, "channel_name": partial(word, ReadingChannel), "basis_name": basis_name, "bases": bases,
    "reading_state": reading_state, "request_state": partial(state, RequestState),
    "invitation_state": partial(state, InvitationState), "invited_state": partial(state, InvitedMeterState),
    "batch_state": partial(state, BatchState), "batch_kind": partial(word, BatchKind),
    "batch_source": partial(word, BatchSource), "unit_name": unit_name, "amount": amount, "places_for": places_for,
    "reading_value": reading_value, "found": found, "projection_sentence": projection_sentence,
    "register_name": lambda register: register_name(register["direction"], register["tariff"]),
}  # fmt: skip
