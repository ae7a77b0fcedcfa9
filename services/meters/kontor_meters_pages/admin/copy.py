"""What becomes of meters' facts in the admin's copy."""

from typing import Any

from kontor.meters.v1 import meters_pb2
from kontor_edge import View
from kontor_edge.sorting import fold, number_key, search_words
from kontor_edge.values import KEY, key, text, whole

REGISTER = "id obis direction tariff unit interval digits_before digits_after last_value last_taken_at series_id"
PLACE = ("street", "post_code", "city", "country", "detail")


def _register(state: dict[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in REGISTER.split()}


def _read_at(m: Any) -> str:
    """When the register that waits longest was last read; empty where one never was. Smart ones read themselves."""
    taken = [key(r.last_taken_at) for r in m.registers if not r.interval]
    return min(taken, default="~")


def _meter(m: Any) -> dict[str, Any]:
    place, state = m.place, whole(m)
    where = [place.street, place.post_code, place.city, place.detail]
    brief = {
        "id": m.id, "number": m.number, "kind": m.kind, "label": m.label, "street": place.street, "post_code": place.post_code,
        "city": place.city, "detail": place.detail, "customer_id": m.customer_id or None, "customer_number": m.customer_number,
        "in_use_from": m.in_use_from or None, "in_use_to": m.in_use_to or None,
        "registers": [_register(register) for register in state["registers"]],
    }  # fmt: skip
    return {
        "point_id": m.point_id or m.id,
        "used_from": m.in_use_from or None,
        "used_to": m.in_use_to or None,
        "by_number": number_key(m.number),
        "by_place": fold(" ".join([place.city, place.street, place.detail])),
        "by_read": _read_at(m),
        "words": search_words([m.number, m.market_location_id, m.external_id, m.label, m.customer_number, *where]),
        "brief": text(brief),
        "data": state | {"place": {part: getattr(place, part) for part in PLACE}},
    }


def _merchants(state: Any) -> tuple[str, ...]:
    return (f"merchant:{state.merchant_id}",)


METER = View(
    "meter",
    meters_pb2.MeterSnapshot,
    {
        "kind": "text", "number": "text", "customer_id": "uuid", "point_id": "uuid", "used_from": "date",
        "used_to": "date", "by_number": KEY, "by_place": KEY, "by_read": KEY, "words": "text", "brief": "text", "data": "json",
    },
    _meter,
    lambda m: (f"merchant:{m.merchant_id}", f"meter:{m.id}"),
)  # fmt: skip
READING = View(
    "reading",
    meters_pb2.ReadingSnapshot,
    {
        "meter_id": "uuid", "register_id": "uuid", "series_id": "uuid", "customer_id": "uuid", "state": "text", "by_time": KEY,
        "by_entered": KEY, "data": "json",
    },
    lambda r: {"by_time": key(r.taken_at), "by_entered": key(r.entered_at)},
    lambda r: (f"merchant:{r.merchant_id}", f"meter:{r.meter_id}"),
)  # fmt: skip
CONSUMPTION = View(
    "consumption",
    meters_pb2.ConsumptionSnapshot,
    {"point_id": "uuid", "customer_id": "uuid", "series_id": "uuid", "year": "integer", "data": "json"},
    # Only the page of this meter shows it: a night's sums are no news for all the others.
    topics=lambda c: (f"meter:{c.meter_id}",),
)
REQUEST = View(
    "reading_request",
    meters_pb2.ReadingRequestSnapshot,
    {"state": "text", "by_made": KEY, "data": "json"},
    lambda r: {"by_made": key(r.made_at)},
    _merchants,
)
INVITATION = View(
    "reading_invitation",
    meters_pb2.ReadingInvitationSnapshot,
    {"request_id": "uuid", "customer_id": "uuid", "state": "text", "data": "json"},
    topics=_merchants,
)
BATCH = View(
    "batch",
    meters_pb2.BatchSnapshot,
    {"source": "text", "state": "text", "by_time": KEY, "data": "json"},
    lambda b: {"by_time": key(b.started_at)},
    _merchants,
)
VIEWS = (METER, READING, CONSUMPTION, REQUEST, INVITATION, BATCH)
