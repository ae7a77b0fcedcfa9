"""Meters as their owner says them, for tests of the pages."""

from calendar import isleap
from typing import Any

from kontor.meters.v1 import meters_pb2
from kontor_service.ids import uuid7

REGISTER = {"obis": "1-0:1.8.0", "direction": "consumption", "unit": "kWh", "tariff": "single", "digits_before": 6,
            "digits_after": 1, "factor": "1"}  # fmt: skip


def register(**more: Any) -> meters_pb2.Register:
    values = REGISTER | {"id": str(uuid7()), "series_id": str(uuid7())} | more
    last = values.pop("last_taken_at", None)
    found = meters_pb2.Register(**values)
    if last:
        found.last_taken_at.FromJsonString(last)
    return found


def meter(merchant: str, customer: str, number: str = "1EMH0012345678", **more: Any) -> meters_pb2.Meter:
    meter_id = more.pop("id", None) or str(uuid7())
    place = more.pop("place", {"street": "Lindenweg 4", "post_code": "86150", "city": "Augsburg", "detail": "Keller"})
    values = {
        "version": 1, "kind": "electricity", "in_use_from": "2024-01-01", "point_id": meter_id,
        "registers": [register(last_value="12345.6", last_taken_at="2026-01-01T11:00:00Z")],
    } | more  # fmt: skip
    return meters_pb2.Meter(
        id=meter_id, merchant_id=merchant, epoch=1, customer_id=customer, number=number,
        place=meters_pb2.Place(**place), **values,
    )  # fmt: skip


def reading(of: meters_pb2.Meter, value: str, taken_at: str, **more: Any) -> meters_pb2.Reading:
    values = {
        "id": str(uuid7()), "version": 1, "register_id": of.registers[0].id, "series_id": of.registers[0].series_id,
        "customer_id": of.customer_id, "reason": "regular", "source": "customer", "state": "valid",
    } | more  # fmt: skip
    found = meters_pb2.Reading(
        merchant_id=of.merchant_id, epoch=1, meter_id=of.id, meter_number=of.number, value=value, **values
    )
    found.taken_at.FromJsonString(taken_at)
    return found


def consumption(of: meters_pb2.Meter, year: int, days: Any, place: int = 0, **more: Any) -> meters_pb2.Consumption:
    """`days`: thousandths a day, or a function of the day's number (from 0)."""
    which = of.registers[place]
    amounts = [days(n) if callable(days) else days for n in range(366 if isleap(year) else 365)]
    values = {
        "id": str(uuid7()), "version": 1, "series_id": which.series_id, "point_id": of.point_id, "unit": which.unit,
        "customer_id": of.customer_id, "direction": which.direction, "tariff": which.tariff, "months": ["read"] * 12,
    } | more  # fmt: skip
    return meters_pb2.Consumption(
        merchant_id=of.merchant_id,
        epoch=1,
        meter_id=of.id,
        kind=of.kind,
        obis=which.obis,
        year=year,
        days=amounts,
        **values,
    )


def invitation(customer: str, *meters: meters_pb2.Meter, **more: Any) -> meters_pb2.ReadingInvitation:
    asked = [
        meters_pb2.InvitedMeter(meter_id=m.id, number=m.number, kind=m.kind, state=more.get("asked", "invited"))
        for m in meters
    ]
    more.pop("asked", None)
    values = {
        "id": str(uuid7()),
        "version": 1,
        "title": "Jahresablesung",
        "due_on": "2026-12-15",
        "state": "invited",
    } | more
    return meters_pb2.ReadingInvitation(
        merchant_id=meters[0].merchant_id,
        epoch=1,
        customer_id=customer,
        request_id=str(uuid7()),
        meters=asked,
        **values,
    )
