"""What codes of meters' contract mean to the merchant's staff, beside the words that portal and admin share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kontor_meters_pages import words
from kontor_service import formats
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_web.amounts import unit_name

_PRESETS = {
    "strom": (N_("Electricity"), N_("One tariff")),
    "strom-ht-nt": (N_("Electricity"), N_("Two tariffs: HT and NT")),
    "strom-einspeisung": (N_("Electricity with feed-in"), N_("One tariff, and what is fed in")),
    "strom-ht-nt-einspeisung": (N_("Electricity with feed-in"), N_("HT and NT, and what is fed in")),
    "gas": (N_("Gas"), N_("In m³, with calorific value and state number")),
    "wasser": (N_("Water"), N_("In m³")),
    "waerme": (N_("Heat"), N_("In MWh, kWh or GJ")),
}
# What was found, said to who decides; customers are told in sentences of their own.
_FOUND = {
    "falling": N_("Lower than on %(before_on)s: %(before)s"),
    "above_next": N_("Higher than later, on %(next_on)s: %(next)s"),
    "jump": N_("%(used)s since %(before_on)s; at most %(most)s would be usual"),
    "duplicate": N_("There is another reading of %(on)s: %(value)s"),
    "digits": N_("The meter shows %(digits_before)s digits before and %(digits_after)s after the comma"),
    "rollover": N_("The meter went through zero since %(before_on)s (%(before)s): %(used)s used"),
}
_DAYS = ("before_on", "next_on", "on", "in_use_from", "in_use_to")
_FACES = ("before", "next", "value")
_AMOUNTS = ("used", "most")
_LINES = {
    "unknown_meter": N_("There is no such meter."),
    "unknown_register": N_("The meter has no such register."),
    "unknown_customer": N_("There is no such customer."),
    "customer_unknown": N_("There is no such customer."),
    "not_a_number": N_("This is not a number."),
    "ambiguous": N_("It is not clear whether the point separates thousands or decimals."),
    "negative": N_("A reading is never below zero."),
    "not_a_date": N_("This is not a date."),
    "not_a_time": N_("This is not a point in time."),
    "missing": N_("Something is missing here."),
    "unknown_column": N_("Nobody knows this column; it is passed over."),
    "falling": N_("Lower than an earlier reading."),
    "above_next": N_("Higher than a later reading."),
    "jump": N_("Unusually high."),
    "duplicate": N_("There is a reading of this day already."),
    "digits": N_("Does not fit the digits of the meter."),
    "future": N_("This day is in the future."),
    "before_use": N_("The meter was not in use yet on this day."),
    "after_use": N_("The meter was no longer in use on this day."),
    "missing_column": N_("This column is missing."),
    "encoding": N_("Some signs cannot be read."),
    "check_digit": N_("Eleven digits, the last of which is a check digit."),
    "obis": N_("An OBIS code looks like 1-0:1.8.0."),
    "obis_kind": N_("This OBIS code is one of another kind of meter."),
    "obis_direction": N_("The OBIS code says the other direction."),
    "unit": N_("This kind of meter is not counted in this unit."),
    "not_gas": N_("Only gas has a calorific value."),
    "number_in_use": N_("A meter in use has this number already."),
}
_LINE_FIELDS = {
    "meter": N_("Meter"),
    "number": N_("Number"),
    "obis": N_("OBIS code"),
    "register": N_("Register"),
    "value": N_("Value"),
    "taken_at": N_("Read on"),
    "taken_on": N_("Read on"),
    "reason": N_("Reason"),
    "kind": N_("Kind"),
    "unit": N_("Unit"),
    "customer_number": N_("Customer number"),
    "in_use_from": N_("In use from"),
    "market_location_id": N_("Market location"),
}


def local_day(at: str | None) -> str:
    """The day of an instant in the reader's zone: 12.11.2026; nothing for none."""
    if not at:
        return ""
    local = datetime.fromisoformat(at).astimezone(formats.zone_of(reader().zone))
    return formats.short_day(local.date(), reader().language)


def found(finding: Mapping[str, Any], unit: str = "") -> str:
    """A finding for who decides. `unit`: the register's."""
    code, values = finding["code"], dict(finding["values"])
    if code not in _FOUND:
        return words.finding_sentence(code, values, unit)
    said = values | {name: formats.short_day(values[name], reader().language) for name in _DAYS if name in values}
    said |= {name: words.reading_value(values[name]) for name in _FACES if name in values}
    unit = unit_name(unit or values.get("unit", ""))
    said |= {name: f"{words.reading_value(values[name])}\u00a0{unit}".rstrip() for name in _AMOUNTS if name in values}
    try:
        return _(_FOUND[code]) % said
    except KeyError:
        return words.finding_sentence(code, values, unit)


def line_problem(code: str, detail: str, said_in: str = "") -> str:
    """What is wrong in a line of a file. Meters says it in the merchant's language (`said_in`), with the values it is about;
    to others in words for the code."""
    if detail and said_in == reader().language:
        return detail
    if code in _LINES:
        return _(_LINES[code])
    return detail or code


GLOBALS: Mapping[str, Any] = words.GLOBALS | {
    "found": found,
    "local_day": local_day,
    "preset_words": lambda name: tuple(_(part) for part in _PRESETS[name]),
    "line_problem": line_problem,
    "line_field": lambda code: _(_LINE_FIELDS[code]) if code in _LINE_FIELDS else code,
}
