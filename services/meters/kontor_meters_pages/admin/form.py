"""What is typed about a meter: its data, and its registers as rows that can be added and taken away without scripts."""

import re
from typing import Any

from kontor_service.i18n import gettext as _
from kontor_web import Form

MOST_REGISTERS = 12
_MOST_PERIODS = 60
UNITS = {
    "electricity": ("kWh", "MWh"),
    "gas": ("m3", "kWh"),
    "water": ("m3",),
    "heat": ("kWh", "MWh", "GJ", "m3"),
}
DIRECTIONS = ("consumption", "feed_in")
TARIFFS = ("single", "high", "low")

_ONE = {"direction": "consumption", "tariff": "single", "factor": "1"}
_POWER = _ONE | {"unit": "kWh", "digits_before": "6", "digits_after": "1"}
_DRAWN = _POWER | {"obis": "1-0:1.8.0"}
_HIGH = _POWER | {"obis": "1-0:1.8.1", "tariff": "high"}
_LOW = _POWER | {"obis": "1-0:1.8.2", "tariff": "low"}
_FED_IN = _POWER | {"obis": "1-0:2.8.0", "direction": "feed_in"}
# What usually hangs there: the kind, and its registers.
PRESETS: dict[str, tuple[str, list[dict[str, str]]]] = {
    "strom": ("electricity", [_DRAWN]),
    "strom-ht-nt": ("electricity", [_HIGH, _LOW]),
    "strom-einspeisung": ("electricity", [_DRAWN, _FED_IN]),
    "strom-ht-nt-einspeisung": ("electricity", [_HIGH, _LOW, _FED_IN]),
    "gas": ("gas", [_ONE | {"obis": "7-0:3.0.0", "unit": "m3", "digits_before": "5", "digits_after": "3"}]),
    "wasser": ("water", [_ONE | {"obis": "8-0:1.0.0", "unit": "m3", "digits_before": "5", "digits_after": "3"}]),
    "waerme": ("heat", [_ONE | {"obis": "6-0:1.0.0", "unit": "MWh", "digits_before": "5", "digits_after": "3"}]),
}

_TEXTS = {"number": 40, "market_location_id": 20, "label": 100, "customer_number": 100, "external_id": 100}
_PLACE = {"street": 100, "post_code": 20, "city": 100, "detail": 100}
_REGISTER = ("obis", "direction", "unit", "tariff", "digits_before", "digits_after", "factor")
_PERIOD = ("valid_from", "calorific_value", "state_number")


def preset(name: str) -> dict[str, Any]:
    """The fields of an empty form for this usual case."""
    kind, registers = PRESETS[name]
    return {"kind": kind, "country": "DE", "rows": len(registers), **_rows(registers)}


def known(data: dict[str, Any]) -> dict[str, Any]:
    """The fields of a meter that is there."""
    place = data["place"] or {}
    values = {name: data[name] for name in (*_TEXTS, "kind", "in_use_from")}
    return values | {part: place.get(part, "") for part in (*_PLACE, "country")} | registers_of(data["registers"])


def registers_of(registers: list[dict[str, Any]]) -> dict[str, Any]:
    return {"rows": len(registers), **_rows(registers)}


def _rows(registers: list[dict[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for row, register in enumerate(registers):
        values |= {f"r{row}_{name}": register.get(name) for name in (*_REGISTER, "interval")}
        periods = register.get("gas_periods") or []
        values[f"r{row}_periods"] = len(periods)
        for number, period in enumerate(periods):
            values |= {f"r{row}_p{number}_{name}": period[name] for name in _PERIOD}
    return values


def rows(form: Form) -> int:
    """How many registers the form has."""
    return _count(form, "rows", MOST_REGISTERS)


def periods(form: Form, row: int) -> int:
    """How many periods of a calorific value a register has; at least one line to fill in."""
    return max(1, _count(form, f"r{row}_periods", _MOST_PERIODS))


def shown(form: Form, kind: str) -> dict[str, Any]:
    """What the template of the registers' rows needs."""
    count = rows(form)
    return {
        "rows": count, "room": count < MOST_REGISTERS, "units": UNITS.get(kind, ()),
        "periods": lambda row: periods(form, row),
    }  # fmt: skip


def _count(form: Form, name: str, most: int) -> int:
    said = form.value(name)
    return min(int(said), most) if said.isascii() and said.isdigit() else 0


def reshaped(form: Form) -> bool:
    """Does what the buttons beside rows ask for (`do` = add, remove-1, period-0); whether one was pressed."""
    asked, _dash, number = form.value("do").partition("-")
    count = rows(form)
    if asked == "add" and count < MOST_REGISTERS:
        last = {name: form.value(f"r{count - 1}_{name}") for name in ("unit", "digits_before", "digits_after")}
        added = _ONE | {"unit": "kWh", "digits_before": "6", "digits_after": "0"} | {k: v for k, v in last.items() if v}
        form.values |= {f"r{count}_{name}": [value] for name, value in added.items()} | {"rows": [str(count + 1)]}
    elif asked == "remove" and number.isdigit() and int(number) < count and count > 1:
        _take_away(form, int(number), count)
    elif asked == "period" and number.isdigit():
        form.values[f"r{int(number)}_periods"] = [str(periods(form, int(number)) + 1)]
    return bool(asked)


def _take_away(form: Form, gone: int, count: int) -> None:
    kept: dict[str, list[str]] = {}
    for name, value in form.values.items():
        found = re.fullmatch(r"r(\d+)_(.+)", name)
        if found is None:
            kept[name] = value
        elif int(found[1]) != gone:
            row = int(found[1]) - (int(found[1]) > gone)
            kept[f"r{row}_{found[2]}"] = value
    form.values = kept | {"rows": [str(count - 1)]}


def wanted(form: Form) -> dict[str, Any]:
    """The meter as its owner takes it; what cannot be right is said at its field."""
    found: dict[str, Any] = {name: form.text(name, limit=limit) for name, limit in _TEXTS.items()}
    if not found["number"]:
        form.error("number", _("Please fill in this field."))
    found["kind"] = form.choice("kind", UNITS)
    begin = form.day("in_use_from", required=True)
    found["in_use_from"] = begin.isoformat() if begin else None
    found["place"] = {part: form.text(part, limit=limit) for part, limit in _PLACE.items()}
    found["place"]["country"] = form.text("country", limit=2).upper()
    found["registers"] = registers(form)
    return found


def registers(form: Form, *, start: bool = False) -> list[dict[str, Any]]:
    """`start`: with the value they begin with, for a new meter in place of another."""
    return [_register(form, row, start) for row in range(rows(form))]


def _register(form: Form, row: int, start: bool) -> dict[str, Any]:
    at = f"r{row}_"
    found: dict[str, Any] = {
        "obis": form.text(at + "obis", limit=30),
        "direction": form.choice(at + "direction", DIRECTIONS),
        "unit": form.choice(at + "unit", {unit for units in UNITS.values() for unit in units}),
        "tariff": form.choice(at + "tariff", TARIFFS),
        "digits_before": form.whole(at + "digits_before", required=True, least=1, most=12),
        "digits_after": form.whole(at + "digits_after", required=True, least=0, most=6),
        "factor": _decimal(form, at + "factor") or "1",
        "interval": form.flag(at + "interval"),
    }
    if form.value("kind") == "gas":
        found["gas_periods"] = [p for n in range(periods(form, row)) if (p := _period(form, f"{at}p{n}_")) is not None]
    if start:
        found["start_value"] = form.text(at + "start_value", limit=40) or "0"
    return found


def _period(form: Form, at: str) -> dict[str, Any] | None:
    """None for a line that is left empty."""
    if not any(form.value(at + name).strip() for name in _PERIOD):
        return None
    begin = form.day(at + "valid_from", required=True)
    return {
        "valid_from": begin.isoformat() if begin else None,
        "calorific_value": _decimal(form, at + "calorific_value", required=True),
        "state_number": _decimal(form, at + "state_number", required=True),
    }


def _decimal(form: Form, name: str, *, required: bool = False) -> str:
    """0,9652 and 0.9652 alike: nobody groups thousands in a factor."""
    text = form.text(name, required=required, limit=16).replace(",", ".")
    if text and re.fullmatch(r"\d{1,6}(\.\d{1,8})?", text, re.ASCII) is None:
        form.error(name, _("Please write a number like 11,234."))
    return text


def names(form: Form) -> dict[str, str]:
    """Where the owner's findings belong: registers[0].obis → r0_obis."""
    found = {f"place.{part}": part for part in (*_PLACE, "country")} | {
        "registers": "rows",
        "customer_id": "customer_number",
    }
    for row in range(rows(form)):
        for mark in (f"registers[{row}]", f"meter.registers[{row}]"):
            found |= {f"{mark}.{name}": f"r{row}_{name}" for name in (*_REGISTER, "interval", "start_value")}
            found[f"{mark}.gas_periods"] = f"r{row}_p0_valid_from"
            for number in range(periods(form, row)):
                found |= {f"{mark}.gas_periods[{number}].{name}": f"r{row}_p{number}_{name}" for name in _PERIOD}
    return found | {"meter.number": "number", "meter.external_id": "external_id"}
