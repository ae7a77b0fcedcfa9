"""What codes of meters' contract mean to the merchant's staff, beside the words that portal and admin share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kontor_meters_pages import words
from kontor_service import formats
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _

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
    try:
        return _(_FOUND[code]) % words.spoken(values, unit, formats.short_day)
    except KeyError:
        return words.finding_sentence(code, values, unit)


GLOBALS: Mapping[str, Any] = words.GLOBALS | {
    "found": found,
    "local_day": local_day,
    "preset_words": lambda name: tuple(_(part) for part in _PRESETS[name]),
    "line_field": lambda code: _(_LINE_FIELDS[code]) if code in _LINE_FIELDS else code,
}
