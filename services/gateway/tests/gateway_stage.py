"""A portal with meters of all kinds, in a real browser."""

from math import cos, pi
from typing import Any

from gateway_meters import consumption, invitation, meter, reading, register
from playwright.async_api import Browser, BrowserContext

from kontor.meters.v1 import meters_pb2

LAST = {"last_value": "12345.6", "last_taken_at": "2026-10-31T11:00:00Z"}


def seasonal(most: int, until: int = 366) -> Any:
    """So many thousandths on the coldest day, a third of it in summer; known up to a day of the year."""
    return lambda n: (
        int(most * (0.66 + 0.34 * cos(2 * pi * n / 365)) * (0.85 + 0.3 * ((n * 7919) % 11) / 11)) if n < until else -1
    )


def sunny(most: int, until: int = 366) -> Any:
    return lambda n: int(most * (0.5 - 0.45 * cos(2 * pi * n / 365))) if n < until else -1


async def furnished(portal: Any) -> dict[str, Any]:
    """A household with everything, whose meter was exchanged; a property manager with forty meters."""
    merchant = await portal.merchant("stadtwerk", name="Stadtwerk Brunnthal")
    customer = await portal.customer(merchant, "Anna Seidel", "K-1")
    house = {"street": "Lindenweg 4", "post_code": "86150", "city": "Augsburg", "detail": "Keller links"}
    two = [register(obis="1-0:1.8.1", tariff="high", **LAST), register(obis="1-0:1.8.2", tariff="low", **LAST),
           register(obis="1-0:2.8.0", direction="feed_in", interval=True, **LAST)]  # fmt: skip
    old = meter(merchant, customer, "1EMH0007654321", in_use_to="2026-04-14", registers=two, place=house)
    power = meter(merchant, customer, "1ISK0012345678", in_use_from="2026-04-14", point_id=old.point_id, place=house,
                  registers=[register(obis=r.obis, tariff=r.tariff, direction=r.direction, series_id=r.series_id,
                                      interval=r.interval, **LAST) for r in two])  # fmt: skip
    old.successor_id, power.predecessor_id = power.id, old.id
    gas = meter(merchant, customer, "7GMT0000912345", kind="gas", place=house, registers=[
        register(obis="7-0:3.0.0", unit="m3", digits_before=5, digits_after=3, last_value="4711.25",
                 last_taken_at="2026-01-02T11:00:00Z",
                 gas_periods=[meters_pb2.GasPeriod(valid_from="2025-01-01", calorific_value="11.2", state_number="0.96")])
    ])  # fmt: skip
    water = meter(merchant, customer, "8ZRI0055667788", kind="water", label="Garten", place=house, registers=[
        register(obis="", unit="m3", digits_before=5, digits_after=3, last_value="", last_taken_at=None)
    ])  # fmt: skip
    heat = meter(merchant, customer, "6KAM0004455", kind="heat", place=house, registers=[
        register(obis="", unit="MWh", digits_before=4, digits_after=3, last_value="88.5", last_taken_at="2026-01-02T11:00:00Z")
    ])  # fmt: skip
    meters = [old, power, gas, water, heat]
    await portal.say(*(meters_pb2.MeterAdded(meter=one) for one in meters))
    await portal.say(
        meters_pb2.ReadingInvitationSent(invitation=invitation(customer, gas, water, title="Jahresablesung 2026"))
    )
    await portal.say(*(
        meters_pb2.ReadingTaken(reading=reading(of, value, f"{day}T11:00:00Z", **more)) for of, value, day, more in (
            (old, "41234.5", "2026-04-14", {"reason": "exchange", "source": "staff"}),
            (power, "0", "2026-04-14", {"reason": "exchange", "source": "staff"}),
            (power, "12345.6", "2026-10-31", {}),
            (power, "12999.9", "2026-11-02", {"state": "to_be_checked", "insisted": True}),
            (gas, "4711.25", "2026-01-02", {}),
            (gas, "9999", "2025-12-30", {"state": "rejected"}),
            (gas, "3650", "2025-01-02", {"source": "estimate"}),
        )
    ))  # fmt: skip
    await portal.say(*_used(power, gas))
    cookie = await portal.login("stadtwerk", merchant, customer)
    return {"merchant": merchant, "customer": customer, "power": power, "gas": gas, "water": water, "cookie": cookie}


def _used(power: meters_pb2.Meter, gas: meters_pb2.Meter) -> list[Any]:
    said = []
    for year, until in ((2024, 366), (2025, 365), (2026, 304)):
        projection = {}
        if year == 2026:
            rest = [0] * 10 + [260_000, 290_000]
            projection = {"projection": meters_pb2.Projection(
                low=2_480_000, expected=2_640_000, high=2_810_000, method="last_year", based_until="2026-10-31", months=rest
            )}  # fmt: skip
        ways = ["read"] * 12 if year > 2024 else ["estimated"] * 3 + ["read"] * 9
        said += [
            consumption(power, year, seasonal(6200, until), 0, months=ways, **projection),
            consumption(power, year, seasonal(2900, until), 1, months=ways, **projection),
            consumption(power, year, sunny(14_000, until), 2, months=["measured"] * 12),
            consumption(gas, year, seasonal(60_000, min(until, 300)), unit="kWh", months=ways),
        ]
    return [meters_pb2.ConsumptionChanged(consumption=one) for one in said]


async def manager(portal: Any, merchant: str, many: int = 40) -> dict[str, str]:
    """The cookie of somebody with so many meters."""
    customer = await portal.customer(merchant, "Hausverwaltung Ostendorf", "K-900")
    kinds = (("water", "m3"), ("heat", "MWh"), ("electricity", "kWh"))
    said = []
    for n in range(many):
        kind, unit = kinds[n % 3]
        place = {
            "street": f"Hafenstraße {n // 8 + 1}",
            "post_code": "86153",
            "city": "Augsburg",
            "detail": f"Wohnung {n % 8 + 1}",
        }
        registers = [register(obis="", unit=unit, digits_before=5, digits_after=3, last_value=f"{100 + n}.5",
                              last_taken_at="2025-12-31T11:00:00Z")]  # fmt: skip
        said.append(meter(merchant, customer, f"8ZRI{n:08d}", kind=kind, place=place, registers=registers))
    await portal.say(*(meters_pb2.MeterAdded(meter=one) for one in said))
    cookie: dict[str, str] = await portal.login("stadtwerk", merchant, customer, name="Karl Ostendorf")
    return cookie


async def browsing(
    browser: Browser, portal: Any, cookie: dict[str, str], width: int = 1440, **options: Any
) -> BrowserContext:
    """A browser that is logged in."""
    context = await browser.new_context(
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
        locale="de-DE",
        base_url=address(portal),
        **options,
    )
    name, _, value = cookie["cookie"].partition("=")
    await context.add_cookies(
        [{"name": name, "value": value, "url": "https://localhost", "secure": True, "sameSite": "Lax"}]
    )
    return context


def address(portal: Any) -> str:
    """Where browsers take it for secure."""
    return str(portal.url).replace("127.0.0.1", "localhost")
