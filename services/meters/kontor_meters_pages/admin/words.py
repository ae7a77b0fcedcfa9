"""What codes of meters' contract mean to the merchant's staff, beside the words that portal and admin share."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kontor.meters.v1.meters_pb2_codes import LineOutcome
from kontor_meters_pages import words
from kontor_service import formats
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import say

_PRESETS = {
    "strom": (N_("Electricity"), N_("One tariff")),
    "strom-ht-nt": (N_("Electricity"), N_("Two tariffs: HT and NT")),
    "strom-einspeisung": (N_("Electricity with feed-in"), N_("One tariff, and what is fed in")),
    "strom-ht-nt-einspeisung": (N_("Electricity with feed-in"), N_("HT and NT, and what is fed in")),
    "gas": (N_("Gas"), N_("In m³, with calorific value and state number")),
    "wasser": (N_("Water"), N_("In m³")),
    "waerme": (N_("Heat"), N_("In MWh, kWh or GJ")),
}
_LINE_FIELDS = {
    "meter": N_("Meter"),
    "number": N_("Number"),
    "obis": N_("OBIS code"),
    "register": N_("Register"),
    "value": N_("Value"),
    "taken_at": N_("Read on"),
    "taken_on": N_("Read on"),
    "start": N_("Start"),
    "time": N_("Time"),
    "offset": N_("Time zone"),
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


def line_problem(problem: Mapping[str, Any]) -> str:
    """What is wrong in a line of a file."""
    params = problem["params"]
    parts = [say(problem["message"] or problem["code"], words.spoken(params, "", formats.short_day))]
    if "count" in params:
        parts.append(_("This concerns %(count)s values.", count=params["count"]))
    if problem["outcome"] == LineOutcome.QUESTIONED:
        parts.append(_("The value counts once it is checked."))
    return " ".join(parts)


GLOBALS: Mapping[str, Any] = words.GLOBALS | {
    "line_problem": line_problem,
    "local_day": local_day,
    "preset_words": lambda name: tuple(_(part) for part in _PRESETS[name]),
    "line_field": lambda code: _(_LINE_FIELDS[code]) if code in _LINE_FIELDS else code,
}
