"""What meters would tell the admin about: meters, readings, a year of consumption, requests, files."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from math import cos, pi
from typing import Any
from uuid import uuid4

from admin_shop import NOW, Shop, cookies

from kontor.meters.v1 import meters_pb2
from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode


def _of(shop: Shop) -> dict[str, Any]:
    return {"id": str(uuid4()), "merchant_id": str(shop.merchant_id), "epoch": 1, "version": 1}


def register(**values: Any) -> meters_pb2.Register:
    state: dict[str, Any] = {
        "id": str(uuid4()), "obis": "1-0:1.8.0", "direction": "consumption", "unit": "kWh", "tariff": "single",
        "digits_before": 6, "digits_after": 1, "factor": "1", "series_id": str(uuid4()),
    } | values  # fmt: skip
    return meters_pb2.Register(**state)


def meter(shop: Shop, number: str, **values: Any) -> meters_pb2.MeterSnapshot:
    state = _of(shop) | {"number": number, "kind": "electricity", "in_use_from": "2024-01-01"} | values
    state.setdefault("registers", [register()])
    state.setdefault("point_id", state["id"])
    return meters_pb2.MeterSnapshot(meter=meters_pb2.Meter(**state))


def reading(shop: Shop, of: meters_pb2.MeterSnapshot, value: str, **values: Any) -> meters_pb2.ReadingSnapshot:
    counted = of.meter.registers[0]
    state = _of(shop) | {
        "meter_id": of.meter.id, "register_id": counted.id, "series_id": counted.series_id, "customer_id": of.meter.customer_id,
        "value": value, "taken_at": NOW, "reason": "regular", "source": "customer", "state": "valid", "channel": "account",
        "entered_at": NOW, "meter_number": of.meter.number,
    } | values  # fmt: skip
    return meters_pb2.ReadingSnapshot(reading=meters_pb2.Reading(**state))


def finding(code: str, severity: str = "warning", **values: str) -> meters_pb2.Finding:
    return meters_pb2.Finding(code=code, severity=severity, values=values)


def consumption(
    shop: Shop, of: meters_pb2.MeterSnapshot, year: int, *, counted: meters_pb2.Register | None = None, scale: float = 1,
    until_month: int = 12, **values: Any,
) -> meters_pb2.ConsumptionSnapshot:  # fmt: skip
    """A year with a winter: about 3,500 kWh × scale."""
    r = counted or of.meter.registers[0]
    days = [
        round(scale * 9600 * (1 + 0.45 * cos(2 * pi * month / 12))) if month < until_month else -1
        for month in range(12)
        for _ in range(monthrange(year, month + 1)[1])
    ]
    state = _of(shop) | {
        "series_id": r.series_id, "point_id": of.meter.point_id, "meter_id": of.meter.id, "customer_id": of.meter.customer_id,
        "kind": of.meter.kind, "obis": r.obis, "direction": r.direction, "tariff": r.tariff, "unit": "kWh", "year": year,
        "days": days + [-1] * (366 - len(days)),
        "months": ["read" if month < until_month else "missing" for month in range(12)],
    } | values  # fmt: skip
    return meters_pb2.ConsumptionSnapshot(consumption=meters_pb2.Consumption(**state))


def request(shop: Shop, title: str, **values: Any) -> meters_pb2.ReadingRequestSnapshot:
    state = _of(shop) | {
        "title": title, "due_on": "2026-12-15", "remind_on": "2026-12-08", "estimate": True, "state": "open", "reason": "regular",
        "meters": 3, "read": 1, "made_at": NOW, "made_by": "staff:x Martin Brunner",
    } | values  # fmt: skip
    return meters_pb2.ReadingRequestSnapshot(request=meters_pb2.ReadingRequest(**state))


def invitation(
    shop: Shop, of: meters_pb2.ReadingRequestSnapshot, customer_id: str, *meters: meters_pb2.InvitedMeter, **values: Any
) -> meters_pb2.ReadingInvitationSnapshot:
    state = _of(shop) | {
        "request_id": of.request.id, "customer_id": customer_id, "title": of.request.title, "due_on": of.request.due_on,
        "state": "invited", "meters": meters, "invited_at": NOW,
    } | values  # fmt: skip
    return meters_pb2.ReadingInvitationSnapshot(invitation=meters_pb2.ReadingInvitation(**state))


def asked(of: meters_pb2.MeterSnapshot, state: str = "invited") -> meters_pb2.InvitedMeter:
    return meters_pb2.InvitedMeter(meter_id=of.meter.id, number=of.meter.number, kind=of.meter.kind, state=state)


def batch(shop: Shop, **values: Any) -> meters_pb2.BatchSnapshot:
    state = _of(shop) | {
        "kind": "readings", "source": "csv", "file_name": "zaehlerstaende.csv", "state": "preview", "total": 4, "started_at": NOW,
        "started_by": "staff:x Martin Brunner",
    } | values  # fmt: skip
    return meters_pb2.BatchSnapshot(batch=meters_pb2.Batch(**state))


def problem(line: int, code: str, field: str = "", **params: str) -> meters_pb2.LineProblem:
    known = LineCode.known(code) or FindingCode(code)
    return meters_pb2.LineProblem(
        line=line, code=code, field=field, message=known.word, params=params, outcome="refused"
    )


def at(day: str) -> datetime:
    """Noon of a day, roughly as people read their meters."""
    return datetime.fromisoformat(f"{day}T11:00:00").replace(tzinfo=UTC)


async def filled(shop: Shop) -> dict[str, str]:
    """A merchant with some of everything about meters; ids by name."""
    anna, otto = shop.customer("20931", "Seidel Optik"), shop.customer("20932", "Weinhaus Kögl GmbH & Co. KG")
    power, gas, old, new, unknown = _meters(shop, anna.customer.id, otto.customer.id)
    odd, *others = _readings(shop, power, gas, unknown)
    autumn, first, second = _requests(shop, anna.customer.id, otto.customer.id, power, gas, new)
    preview = batch(
        shop, total=1204, refused=3, duplicates=12,
        problems=[problem(7, "unknown_meter", "meter", meter="1EMH00"), problem(19, "not_a_number", "value"),
                  problem(204, "falling", "value", before="8123.456", before_on="2026-09-30")],
    )  # fmt: skip
    running = batch(shop, state="running", kind="meters", file_name="bestand.csv", total=5000, stored=1830, refused=2)
    await shop.told(
        anna, otto, power, gas, old, new, unknown, odd, *others, *_consumption(shop, power, gas),
        autumn, first, second, preview, running,
        batch(shop, source="http", file_name="", state="done", kind="intervals", total=96000, stored=96000),
    )  # fmt: skip
    return {
        "customer": anna.customer.id, "other": otto.customer.id, "power": power.meter.id, "gas": gas.meter.id, "old": old.meter.id,
        "new": new.meter.id, "odd": odd.reading.id, "request": autumn.request.id, "preview": preview.batch.id,
        "running": running.batch.id,
    }  # fmt: skip


def _meters(shop: Shop, anna: str, otto: str) -> list[Any]:
    high = register(obis="1-0:1.8.1", tariff="high", last_value="48213.4", last_taken_at=at("2026-10-01"))
    low = register(obis="1-0:1.8.2", tariff="low", last_value="31877.9", last_taken_at=at("2026-10-01"))
    fed = register(obis="1-0:2.8.0", direction="feed_in", last_value="10422.0", last_taken_at=at("2026-10-01"))
    place = meters_pb2.Place(
        street="Lindenstraße 12", post_code="80331", city="München", country="DE", detail="Keller links"
    )
    power = meter(
        shop, "1EMH0012345678", customer_id=anna, label="Wärmepumpe", place=place, market_location_id="51238696780",
        registers=[high, low, fed],
    )  # fmt: skip
    gas_register = register(
        obis="7-0:3.0.0", unit="m3", digits_before=5, digits_after=3, last_value="8123.456", last_taken_at=at("2026-09-30"),
        gas_periods=[meters_pb2.GasPeriod(valid_from="2026-01-01", calorific_value="11.234", state_number="0.9652")],
    )  # fmt: skip
    gas = meter(shop, "7GMT0099887766", kind="gas", customer_id=otto, place=place, registers=[gas_register])
    clock = register(obis="8-0:1.0.0", unit="m3", digits_after=3, last_value="1204.5", last_taken_at=at("2026-05-04"))
    old = meter(
        shop, "WZ-1998-77", kind="water", in_use_from="2012-03-01", in_use_to="2026-05-04", customer_id=otto,
        registers=[clock],
    )  # fmt: skip
    new = meter(
        shop, "WZ-2026-01", kind="water", in_use_from="2026-05-04", point_id=old.meter.id, predecessor_id=old.meter.id,
        customer_id=otto, registers=[register(obis="8-0:1.0.0", unit="m3", digits_after=3)],
    )  # fmt: skip
    unknown = meter(
        shop, "1LOG55555", customer_number="77777", place=meters_pb2.Place(street="Hauptstraße 1", city="Fürth")
    )
    return [power, gas, old, new, unknown]


def _readings(shop: Shop, power: Any, gas: Any, unknown: Any) -> list[Any]:
    """First the one that staff are to decide about."""
    odd = reading(
        shop, power, "58213.4", state="to_be_checked", insisted=True, photo_sha256="ab" * 32, channel="link",
        entered_at=NOW - timedelta(hours=3), note="Wir hatten Handwerker im Haus.",
        findings=[finding("jump", before_on="2026-10-01", used="10000", most="4200", unit="kWh")],
    )  # fmt: skip
    falling = reading(
        shop, gas, "8023.456", state="to_be_checked", insisted=True, entered_at=NOW - timedelta(days=1),
        findings=[finding("falling", before="8123.456", before_on="2026-09-30")],
    )  # fmt: skip
    system = reading(
        shop, unknown, "99999999", state="implausible", source="system", channel="csv",
        findings=[finding("digits", digits_before="6", digits_after="1")],
    )  # fmt: skip
    history = [
        reading(shop, power, value, taken_at=at(day), entered_at=at(day), source=source, channel=channel)
        for value, day, source, channel in (
            ("39870.1", "2025-01-02", "customer", "account"), ("43002.8", "2025-12-30", "staff", "staff"),
            ("48213.4", "2026-10-01", "customer", "link"),
        )
    ]  # fmt: skip
    return [odd, falling, system, *history]


def _consumption(shop: Shop, power: Any, gas: Any) -> list[Any]:
    years = [
        consumption(shop, power, year, counted=counted, scale=scale, until_month=until)
        for year, until in ((2025, 12), (2026, 9))
        for counted, scale in zip(power.meter.registers, (0.6, 0.4, 0.3), strict=True)
    ]
    projection = meters_pb2.Projection(
        low=3_300_000, expected=3_700_000, high=4_100_000, method="season", based_until="2026-09-30",
        months=[0] * 9 + [180_000, 220_000, 250_000],
    )  # fmt: skip
    return [*years, consumption(shop, gas, 2026, scale=4, until_month=9, projection=projection)]


def _requests(shop: Shop, anna: str, otto: str, power: Any, gas: Any, new: Any) -> list[Any]:
    autumn = request(shop, "Jahresablesung 2026", meters=3, read=1)
    first = invitation(shop, autumn, anna, asked(power))
    second = invitation(shop, autumn, otto, asked(gas, "read"), asked(new, "read"), state="done", done_at=NOW)
    return [autumn, first, second]


def pages(ids: dict[str, str]) -> list[str]:
    return [
        "/zaehler", "/zaehler?q=nichts", f"/zaehler/{ids['power']}", f"/zaehler/{ids['gas']}", f"/zaehler/{ids['old']}", "/zaehler/neu",
        "/zaehler/neu?art=strom-ht-nt-einspeisung", "/zaehler/neu?art=gas", f"/zaehler/{ids['gas']}/bearbeiten",
        f"/zaehler/{ids['power']}/wechsel", f"/zaehler/{ids['power']}/ende", "/zaehler/ablesen",
        f"/zaehler/ablesen?kunde={ids['other']}", f"/zaehler/staende/{ids['odd']}/korrigieren", "/zaehler/pruefen", "/zaehler/anfragen",
        "/zaehler/anfragen/neu", f"/zaehler/anfragen/{ids['request']}", "/zaehler/dateien", f"/zaehler/dateien/{ids['preview']}",
        f"/zaehler/dateien/{ids['running']}", "/zaehler/aufkleber", f"/kunden/{ids['customer']}", "/",
    ]  # fmt: skip


async def flashes(shop: Shop, answer: Any) -> str:
    """The page an action leads to, with what is said there once."""
    cookie = f"{cookies(shop.cookie)}; {answer.headers['set-cookie'].split(';')[0]}"
    return (await shop.client.get(answer.headers["location"], headers={"cookie": cookie})).text
