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
    InvitationState,
    InvitedMeterState,
    MeterKind,
    ReadingChannel,
    ReadingReason,
    ReadingSource,
    ReadingState,
    RequestState,
    Tariff,
)
from kontor_service import formats
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import state, word
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


# With what was known before, and without: a link without log-in tells nobody what the meter used.
_FINDINGS = {
    "future": (
        N_("This lies in the future. Please check the date."),
        N_("This lies in the future. Please check the date."),
    ),
    "before_use": (
        N_("On this day the meter was not in use yet; it has been since %(in_use_from)s. Please check the date."),
        N_("On this day the meter was not in use yet. Please check the date."),
    ),
    "after_use": (
        N_("On this day the meter was no longer in use; it was until %(in_use_to)s. Please check the date."),
        N_("On this day the meter was no longer in use. Please check the date."),
    ),
    "falling": (
        N_("Your reading%(value)s is lower than the one of %(before_on)s (%(before)s). Please check the digits."),
        N_("Your reading%(value)s does not fit earlier ones. Please check the digits and the meter's number."),
    ),
    "rollover": (
        N_(
            "The meter has gone through zero since %(before_on)s (%(before)s): that makes %(used)s. If so, all is well."
        ),
        N_("The meter seems to have gone through zero. If so, all is well."),
    ),
    "above_next": (
        N_(
            "Your reading%(value)s is higher than the later one of %(next_on)s (%(next)s). Please check date and digits."
        ),
        N_("Your reading%(value)s does not fit others. Please check date and digits."),
    ),
    "jump": (
        N_(
            "Since %(before_on)s this would be %(used)s; usually it is at most %(most)s in this time."
            " Please check the digits, also those after the point."
        ),
        N_("Your reading%(value)s is unusually high. Please check the digits, also those after the point."),
    ),
    "duplicate": (
        N_("For %(on)s there is a reading already (%(duplicate)s). Yours would replace it."),
        N_("There is a reading for this day already. Yours would replace it."),
    ),
    "digits": (
        N_(
            "This meter shows %(digits_before)s digits before and %(digits_after)s after the point."
            " Please enter the number as it stands there."
        ),
        N_("This number does not fit the digits of the meter. Please enter it as it stands there."),
    ),
    "not_a_number": (
        N_("This is not a number. Please enter only what stands on the meter, for example 12345.6."),
        N_("This is not a number. Please enter only what stands on the meter, for example 12345.6."),
    ),
    "ambiguous": (
        N_(
            "We read this as %(read_as)s; it could also mean %(or)s. If ours is right, confirm it;"
            " else enter it without separating thousands."
        ),
        N_("It is not clear whether the point separates thousands or decimals. Please enter it without thousands."),
    ),
    "negative": (N_("A reading is never below zero."), N_("A reading is never below zero.")),
    "estimated": (
        N_("Nobody read the meter, so this was estimated from what it used before."),
        N_("Nobody read the meter, so this was estimated."),
    ),
    "unknown_register": (N_("There is no such meter."), N_("There is no such meter.")),
    "unknown_photo": (N_("The photo is gone. Please add it again."), N_("The photo is gone. Please add it again.")),
}
_NEEDED = {
    "before_use": ("in_use_from",),
    "after_use": ("in_use_to",),
    "falling": ("before", "before_on"),
    "rollover": ("before", "before_on", "used"),
    "above_next": ("next", "next_on"),
    "jump": ("before_on", "used", "most"),
    "duplicate": ("value", "on"),
    "digits": ("digits_before", "digits_after"),
    "ambiguous": ("read_as", "or"),
}
# What these name is no history.
_OPEN = ("digits", "ambiguous")
_DAYS = ("in_use_from", "in_use_to", "before_on", "next_on", "on")
_AMOUNTS = ("used", "most")
_FACES = ("before", "next", "read_as", "or", "value")


def finding_sentence(
    code: str, values: Mapping[str, str] | None = None, unit: str = "", value: str = "", *, secret: bool = False
) -> str:
    """What plausibility found, as a sentence for whoever reads the meter.

    `value`: what they entered, as a plain decimal. With `secret`, or where the values are missing, nothing is said that
    tells what the meter showed before.
    """
    if code not in _FINDINGS:
        return _("Please check this reading.")
    known, general = _FINDINGS[code]
    given = dict(values or {})
    told = all(name in given for name in _NEEDED.get(code, ())) and not (secret and code not in _OPEN)
    entered = f" {reading_value(value)}" if value else ""
    if not told:
        return _(general) % {"value": entered}
    return _(known) % (spoken(given, unit, formats.day) | {"value": entered})


def spoken(values: Mapping[str, str], unit: str, day: Callable[[str, str], str]) -> dict[str, str]:
    """The values of a finding as the reader writes them; days by `day`. `unit`: the register's."""
    language, unit = reader().language, unit_name(unit or values.get("unit", ""))
    said = dict(values)
    said |= {name: day(values[name], language) for name in _DAYS if name in values}
    said |= {name: reading_value(values[name]) for name in _FACES if name in values}
    said |= {name: f"{reading_value(values[name])}\u00a0{unit}".rstrip() for name in _AMOUNTS if name in values}
    said["duplicate"] = reading_value(values.get("value", ""))
    return said


def projection_sentence(projection: Mapping[str, Any] | None, unit: str) -> str:
    """What the year will come to, how far it may be off, and what it rests on; nothing without a projection."""
    if not projection:
        return ""
    until = formats.day(projection["based_until"], reader().language)
    if projection["method"] not in _METHODS:
        return _("Up to %(until)s too few days are known to say what the whole year will come to.", until=until)
    places = places_for(int(projection["high"]))
    figures = {name: amount(int(projection[name]), unit, places) for name in ("low", "expected", "high")}
    return f"{_(_YEAR) % figures} {_(_METHODS[projection['method']]) % {'until': until}}"


_YEAR = N_("The whole year will come to about %(expected)s, probably between %(low)s and %(high)s.")
_METHODS = {
    "last_year": N_(
        "This goes by last year, scaled by how this year compares with it up to %(until)s;"
        " the range by how evenly it has compared so far."
    ),
    "season": N_(
        "This goes by what was used up to %(until)s and by how such a year is usually spread over the seasons;"
        " the range is the wider the less is known."
    ),
}


# What templates of both edges may call.
GLOBALS: dict[str, Any] = {
    "meter_kind": kind_name, "direction_name": direction_name, "tariff_name": tariff_name, "reason_name": reason_name,
    "source_name": source_name, "channel_name": partial(word, ReadingChannel), "basis_name": basis_name, "bases": bases,
    "reading_state": reading_state, "request_state": partial(state, RequestState),
    "invitation_state": partial(state, InvitationState), "invited_state": partial(state, InvitedMeterState),
    "batch_state": partial(state, BatchState), "batch_kind": partial(word, BatchKind),
    "batch_source": partial(word, BatchSource), "unit_name": unit_name, "amount": amount, "places_for": places_for,
    "reading_value": reading_value, "projection_sentence": projection_sentence,
    "register_name": lambda register: register_name(register["direction"], register["tariff"]),
}  # fmt: skip
