"""Meters, readings, what was used and what is asked for, in the gateway's copy."""

from collections.abc import Mapping
from typing import Any

from kontor.meters.v1 import meters_pb2
from kontor_edge import View
from kontor_edge.sorting import number_key, search_words
from kontor_edge.values import KEY, instant, text, whole

_ASKED = ("invited", "reminded")


FACE = "id obis direction unit tariff digits_before digits_after"
KNOWN = "factor series_id last_value last_taken_at interval gas_periods"
METER_FIELDS = "label customer_id market_location_id point_id in_use_from in_use_to predecessor_id successor_id version"
READING_FIELDS = "id meter_id meter_number register_id series_id value taken_at reason source state insisted entered_at findings version"
CONSUMPTION_FIELDS = "series_id year kind obis direction tariff unit days months projection"


def _some(state: Mapping[str, Any], names: str) -> dict[str, Any]:
    """The named fields of `state`, with None for an empty text."""
    return {name: None if state[name] == "" else state[name] for name in names.split()}


def _meter(m: Any) -> dict[str, Any]:
    """`face` is what anybody may read off the meter, `data` what is known of it besides."""
    state, where = whole(m), m.place
    face = {
        "id": m.id, "number": m.number, "kind": m.kind,
        "place": {part: getattr(where, part) for part in ("street", "post_code", "city", "country", "detail")},
    }  # fmt: skip
    faces = [_some(register, FACE) for register in state["registers"]]
    known = [shown | _some(register, KNOWN) for shown, register in zip(faces, state["registers"], strict=True)]
    return {
        "in_use_from": m.in_use_from or None,
        "point_id": m.point_id or m.id,
        # An exchanged meter lives on in the one that hangs in its place.
        "listed": not m.successor_id,
        "by_place": ("1" if m.in_use_to else "0")
        + " ".join([where.city, where.street, where.detail, m.label, number_key(m.number)]).lower(),
        "words": search_words([m.number, m.label, where.street, where.city, where.detail, where.post_code]),
        "face": text(face | {"registers": faces}),
        "data": text(
            face | _some(state, METER_FIELDS) | {"label": m.label, "point_id": m.point_id or m.id, "registers": known}
        ),
    }


def _invitation(a: Any) -> dict[str, Any]:
    waiting = [m.meter_id for m in a.meters if m.state == "invited"] if a.state in _ASKED else []
    return {
        "meters": [m.meter_id for m in a.meters],
        "waiting": waiting,
        "data": text({
            "id": a.id, "customer_id": a.customer_id, "title": a.title, "due_on": a.due_on or None, "state": a.state, "waiting": waiting,
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
    lambda r: {"taken_at": instant(r.taken_at), "data": text(_some(whole(r), READING_FIELDS))},
    _topics,
)
CONSUMPTION = View(
    "consumption",
    meters_pb2.ConsumptionSnapshot,
    {"customer_id": "uuid", "point_id": "uuid", "year": "integer", "data": "text"},
    lambda c: {"data": text(_some(whole(c), CONSUMPTION_FIELDS))},
    _topics,
)
INVITATION = View(
    "reading_invitation",
    meters_pb2.ReadingInvitationSnapshot,
    {"customer_id": "uuid", "due_on": "date", "meters": "uuid[]", "waiting": "uuid[]", "data": "text"},
    _invitation,
    _topics,
)
