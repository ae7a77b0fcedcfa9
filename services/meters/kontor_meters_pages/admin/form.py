"""What is typed about a meter: its data, and its registers as rows that can be added and taken away without scripts."""

from functools import partial
from itertools import takewhile
from typing import Any

from kontor_web import Form

MOST_REGISTERS = 12
_MOST_PERIODS = 60
UNITS = {
    "electricity": ("kWh", "MWh"),
    "gas": ("m3", "kWh"),
    "water": ("m3",),
    "heat": ("kWh", "MWh", "GJ", "m3"),
}
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

_PLACE = ("street", "post_code", "city", "detail", "country")
_METER = ("number", "kind", "market_location_id", "label", "customer_number", "external_id")
_REGISTER = ("obis", "direction", "unit", "tariff", "digits_before", "digits_after", "factor")
# Left empty, they are what the owner takes them to be: 1 and 0.
_NOT_NEEDED = ("factor", "start_value")
_PERIOD = ("valid_from", "calorific_value", "state_number")
# What the owner names otherwise: its finding about a customer, and about all registers together.
NAMES = {"customer_id": "customer_number", "registers": "rows", "meter.registers": "rows"}


def preset(name: str) -> dict[str, Any]:
    """The fields of an empty form for this usual case."""
    kind, registers = PRESETS[name]
    return flat({"kind": kind, "place": {"country": "DE"}, "registers": registers})


def flat(value: Any, at: str = "") -> dict[str, Any]:
    """Fields named as the owner names them in what it finds: registers[0].obis, place.street."""
    if isinstance(value, dict):
        parts = [(f"{at}.{name}" if at else name, part) for name, part in value.items()]
    elif isinstance(value, list):
        parts = [(f"{at}[{number}]", part) for number, part in enumerate(value)]
    else:
        return {at: value}
    return {name: leaf for path, part in parts for name, leaf in flat(part, path).items()}


def shown(form: Form, kind: str, at: str = "registers") -> dict[str, Any]:
    """What the template of the registers' rows needs."""
    rows = _rows(form, at)
    return {
        "rows": rows, "room": len(rows) < MOST_REGISTERS, "units": UNITS.get(kind, ()), "periods": partial(_periods, form),
    }  # fmt: skip


def _rows(form: Form, at: str) -> list[str]:
    """Where each register's fields begin."""
    rows = (f"{at}[{number}]" for number in range(MOST_REGISTERS))
    return list(takewhile(lambda row: f"{row}.obis" in form.values, rows))


def _periods(form: Form, row: str) -> list[str]:
    """The same of a register's periods of a calorific value; at least one to fill in."""
    periods = [f"{row}.gas_periods[{number}]" for number in range(_MOST_PERIODS)]
    return list(takewhile(lambda period: f"{period}.valid_from" in form.values, periods)) or periods[:1]


def reshaped(form: Form, at: str = "registers") -> bool:
    """Does what the buttons beside rows ask for (`do` = add, remove-1, period-0); whether one was pressed."""
    asked, _dash, number = form.value("do").partition("-")
    rows = [_typed(form, row) for row in _rows(form, at)]
    place = int(number) if number.isascii() and number.isdigit() else 0
    if asked == "add" and len(rows) < MOST_REGISTERS:
        same = {name: rows[-1][name] for name in ("unit", "digits_before", "digits_after")} if rows else _POWER
        rows.append(same | _ONE | {"obis": ""})
    elif asked == "remove" and place < len(rows) and len(rows) > 1:
        del rows[place]
    elif asked == "period" and place < len(rows):
        rows[place]["gas_periods"].append(dict.fromkeys(_PERIOD, ""))
    others = {name: value for name, value in form.values.items() if not name.startswith(f"{at}[")}
    form.values = others | Form.of(flat(rows, at)).values
    return bool(asked)


def _typed(form: Form, row: str) -> dict[str, Any]:
    texts = {name: form.value(f"{row}.{name}") for name in (*_REGISTER, "start_value")}
    periods = [{name: form.value(f"{period}.{name}") for name in _PERIOD} for period in _periods(form, row)]
    return texts | {"interval": form.flag(f"{row}.interval"), "gas_periods": periods}


def wanted(form: Form) -> dict[str, Any]:
    """The form's meter as its owner expects it; the owner checks it."""
    return {
        **{name: form.text(name) for name in _METER},
        "in_use_from": _iso(form, "in_use_from"),
        "place": {part: form.text(f"place.{part}") for part in _PLACE}
        | {"country": form.text("place.country").upper()},
        "registers": registers(form),
    }


def registers(form: Form, at: str = "registers") -> list[dict[str, Any]]:
    """As their owner takes them; periods that are left empty are left out."""
    found = []
    for row in _rows(form, at):
        register = _typed(form, row)
        register["factor"] = _decimal(register["factor"])
        register["gas_periods"] = [
            {name: _decimal(text) for name, text in typed.items()} | {"valid_from": _iso(form, f"{period}.valid_from")}
            for period, typed in zip(_periods(form, row), register["gas_periods"], strict=True)
            if any(typed.values())
        ]
        found.append({name: value for name, value in register.items() if value or name not in _NOT_NEEDED})
    return found


def _iso(form: Form, name: str) -> str | None:
    day = form.day(name, required=True)
    return day.isoformat() if day else None


def _decimal(text: str) -> str:
    """0,9652 and 0.9652 alike: nobody groups thousands in a factor."""
    return text.strip().replace(",", ".")
