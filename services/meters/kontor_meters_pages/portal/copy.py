"""Meters, readings, what was used and what is asked for, in the gateway's copy."""

from typing import Any

from kontor.meters.v1 import meters_pb2
from kontor_edge import View
from kontor_edge.sorting import number_key, search_words
from kontor_edge.values import KEY, instant, text

_ASKED = ("invited", "reminded")


def _place(place: Any) -> dict[str, str]:
    return {name: getattr(place, name) for name in ("street", "post_code", "city", "country", "detail")}


def _register(r: Any) -> dict[str, Any]:
    """What anybody may read off the meter's face."""
    return {
        "id": r.id, "obis": r.obis, "direction": r.direction or "consumption", "unit": r.unit,
        "tariff": r.tariff or "single", "digits_before": r.digits_before, "digits_after": r.digits_after,
    }  # fmt: skip


def _known(r: Any) -> dict[str, Any]:
    """What is known of a register besides."""
    return {
        "factor": r.factor or "1", "series_id": r.series_id, "last_value": r.last_value or None,
        "last_taken_at": instant(r.last_taken_at), "interval": r.interval,
        "gas_periods": [
            {"valid_from": p.valid_from, "calorific_value": p.calorific_value, "state_number": p.state_number}
            for p in r.gas_periods
        ],
    }  # fmt: skip


def _meter(m: Any) -> dict[str, Any]:
    face = {"id": m.id, "number": m.number, "kind": m.kind, "place": _place(m.place)}
    data = face | {
        "label": m.label, "customer_id": m.customer_id, "market_location_id": m.market_location_id,
        "point_id": m.point_id or m.id, "in_use_from": m.in_use_from or None, "in_use_to": m.in_use_to or None,
        "predecessor_id": m.predecessor_id or None, "successor_id": m.successor_id or None,
        "registers": [_register(r) | _known(r) for r in m.registers], "version": m.version,
    }  # fmt: skip
    where = m.place
    return {
        "customer_id": m.customer_id or None,
        "point_id": m.point_id or m.id,
        "in_use_from": m.in_use_from or None,
        # An exchanged meter lives on in the one that hangs in its place.
        "listed": not m.successor_id,
        "by_place": ("1" if m.in_use_to else "0")
        + " ".join([where.city, where.street, where.detail, m.label, number_key(m.number)]).lower(),
        "words": search_words([m.number, m.label, where.street, where.city, where.detail, where.post_code]),
        "face": text(face | {"registers": [_register(r) for r in m.registers]}),
        "data": text(data),
    }


def _reading(r: Any) -> dict[str, Any]:
    return {
        "meter_id": r.meter_id,
        "customer_id": r.customer_id or None,
        "taken_at": instant(r.taken_at),
        "state": r.state,
        "data": text({
            "id": r.id, "meter_id": r.meter_id, "meter_number": r.meter_number, "register_id": r.register_id,
            "series_id": r.series_id, "value": r.value, "taken_at": instant(r.taken_at), "reason": r.reason,
            "source": r.source, "state": r.state, "insisted": r.insisted, "entered_at": instant(r.entered_at),
            "findings": [{"code": f.code, "severity": f.severity, "values": dict(f.values)} for f in r.findings],
            "version": r.version,
        }),
    }  # fmt: skip


def _consumption(c: Any) -> dict[str, Any]:
    p = c.projection
    return {
        "customer_id": c.customer_id or None,
        "point_id": c.point_id,
        "year": c.year,
        "data": text({
            "series_id": c.series_id, "year": c.year, "kind": c.kind, "obis": c.obis, "direction": c.direction,
            "tariff": c.tariff, "unit": c.unit, "days": list(c.days), "months": list(c.months),
            "projection": {"low": p.low, "expected": p.expected, "high": p.high, "method": p.method,
                           "based_until": p.based_until, "months": list(p.months)} if p.method else None,
        }),
    }  # fmt: skip


def _invitation(a: Any) -> dict[str, Any]:
    waiting = [m.meter_id for m in a.meters if m.state == "invited"] if a.state in _ASKED else []
    return {
        "customer_id": a.customer_id or None,
        "due_on": a.due_on or None,
        "meters": [m.meter_id for m in a.meters],
        "waiting": waiting,
        "data": text({
            "id": a.id, "title": a.title, "due_on": a.due_on or None, "state": a.state, "waiting": waiting,
            "meters": [{"meter_id": m.meter_id, "number": m.number, "state": m.state} for m in a.meters],
        }),
    }  # fmt: skip


def _topics(state: Any) -> tuple[str, ...]:
    return (f"meters:{state.customer_id}",)


METER = View(
    "meter",
    meters_pb2.MeterSnapshot,
    {
        "customer_id": "uuid", "point_id": "uuid", "in_use_from": "date", "listed": "boolean", "by_place": KEY,
        "words": "text", "face": "text", "data": "text",
    },
    _meter,
    _topics,
)  # fmt: skip
READING = View(
    "reading",
    meters_pb2.ReadingSnapshot,
    {"meter_id": "uuid", "customer_id": "uuid", "taken_at": "timestamptz", "state": "text", "data": "text"},
    _reading,
    _topics,
)
CONSUMPTION = View(
    "consumption",
    meters_pb2.ConsumptionSnapshot,
    {"customer_id": "uuid", "point_id": "uuid", "year": "integer", "data": "text"},
    _consumption,
    _topics,
)
INVITATION = View(
    "reading_invitation",
    meters_pb2.ReadingInvitationSnapshot,
    {"customer_id": "uuid", "due_on": "date", "meters": "uuid[]", "waiting": "uuid[]", "data": "text"},
    _invitation,
    _topics,
)
