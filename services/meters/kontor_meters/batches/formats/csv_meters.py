"""Rows of a CSV file as meters: one row for each register, rows of the same meter beside each other or not. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_meters.batches.formats.columns import DIRECTIONS, KINDS, TARIFFS, UNITS, YES, folded
from kontor_meters.batches.formats.csv_table import Row, Table
from kontor_meters.batches.formats.csv_values import day, decimal_sign, number
from kontor_meters.batches.formats.items import LineProblem
from kontor_meters.meters.inputs import MeterInput
from kontor_service.validation import expectation

_PLAIN = ("number", "market_location_id", "label", "customer_number", "external_id")
_PLACE = ("street", "post_code", "city", "country", "detail")
_CHOICES = {"kind": KINDS, "unit": UNITS, "direction": DIRECTIONS, "tariff": TARIFFS, "interval": YES}
_WHOLE = ("digits_before", "digits_after")
_REGISTER = ("obis", "unit", "direction", "tariff", "interval", "digits_before", "digits_after", "factor")


@dataclass(slots=True)
class MeterOfFile:
    """A meter with the lines that speak of it; `wanted` where nothing is wrong with them."""

    lines: list[int] = field(default_factory=list)
    wanted: MeterInput | None = None
    problems: list[LineProblem] = field(default_factory=list)


def meters_of(rows: Table) -> list[MeterOfFile]:
    """In the order of their first lines. What a line leaves empty is not said of the meter."""
    sign = decimal_sign(row.values.get("factor", "") for row in rows.rows)
    found: dict[tuple[str, str], tuple[MeterOfFile, dict[str, Any]]] = {}
    for row in rows.rows:
        values, problem = _values(row, sign)
        key = (row.values.get("external_id") or row.values.get("number", ""), str(values.get("kind", "")))
        meter, wanted = found.setdefault(key, (MeterOfFile(), {"registers": []}))
        meter.lines.append(row.line)
        if problem is not None:
            meter.problems.append(problem)
        else:
            _add(wanted, values)
    for meter, wanted in found.values():
        _finish(meter, wanted)
    return [meter for meter, _ in found.values()]


def _values(row: Row, sign: str) -> tuple[dict[str, Any], LineProblem | None]:
    """The cells that say something, read."""
    found: dict[str, Any] = {}
    for name, text in row.values.items():
        if not text:
            continue
        found[name] = _reader(name, sign)(text)
        if found[name] is None:
            choices = sorted(set(_CHOICES[name].values())) if name in _CHOICES else []
            wrong = LineCode.NOT_A_DATE if name == "in_use_from" else FindingCode.NOT_A_NUMBER
            code = LineCode.CHOICE if choices else wrong
            return found, LineProblem(row.line, code, name, values={"choices": ", ".join(choices)} if choices else {})
    if "number" not in found:
        return found, LineProblem(row.line, LineCode.MISSING, "number")
    return found, None


def _reader(name: str, sign: str) -> Callable[[str], Any]:
    if name in _CHOICES:
        return lambda text: _CHOICES[name].get(folded(text))
    if name in _WHOLE:
        return lambda text: int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None
    return {"in_use_from": day, "factor": lambda text: number(text, sign)}.get(name, str)


def _add(wanted: dict[str, Any], values: dict[str, Any]) -> None:
    for name in (*_PLAIN, "kind", "in_use_from"):
        if name in values:
            wanted.setdefault(name, values[name])
    place = {name: values[name] for name in _PLACE if name in values}
    if place:
        wanted.setdefault("place", {}).update(place)
    register = {name: values[name] for name in _REGISTER if name in values}
    if "interval" in register:
        register["interval"] = register["interval"] == "yes"
    if "unit" in register:
        wanted["registers"].append(register)


def _finish(meter: MeterOfFile, wanted: dict[str, Any]) -> None:
    """A line that is wrong makes the whole meter wrong: half a meter is worse than none."""
    if meter.problems:
        return
    if not wanted["registers"]:
        wanted.pop("registers")
    try:
        meter.wanted = MeterInput.model_validate(wanted)
    except ValidationError as error:
        for one in error.errors():
            place = str(next((part for part in reversed(one["loc"]) if isinstance(part, str)), ""))
            message, params = expectation(one)
            values = {name: str(value) for name, value in params.items()} | {"message": message}
            meter.problems.append(LineProblem(meter.lines[0], "not_valid", place, values=values))
