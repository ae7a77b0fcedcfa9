"""A customer's meters: the list, what was used, readings; whose they are."""

from typing import Any

import pytest_asyncio
from gateway_meters import consumption, invitation, meter, reading, register

from kontor.meters.v1 import meters_pb2


@pytest_asyncio.fixture(loop_scope="module")
async def home(portal: Any) -> dict[str, Any]:
    merchant = await portal.merchant("stadtwerk")
    customer = await portal.customer(merchant)
    return {
        "merchant": merchant,
        "customer": customer,
        "cookie": await portal.login("stadtwerk", merchant, customer),
    }


async def known(portal: Any, *meters: meters_pb2.Meter) -> None:
    await portal.say(*(meters_pb2.MeterAdded(meter=one) for one in meters))


def said(page: Any) -> str:
    """Its text, with plain spaces."""
    return str(page.text).replace("\u00a0", " ")


async def test_the_list_shows_each_meter_with_its_last_reading(portal: Any, home: Any) -> None:
    water = [
        register(unit="m3", digits_before=5, digits_after=3, last_value="88.5", last_taken_at="2026-03-01T08:00:00Z")
    ]
    await known(
        portal,
        meter(home["merchant"], home["customer"], "1EMH001"),
        meter(home["merchant"], home["customer"], "8ZRI002", kind="water", registers=water, label="Garten"),
    )
    page = await portal.page("/stadtwerk/zaehler", home["cookie"])
    assert page.status_code == 200
    for shown in ("1EMH001", "12.345,6", "01.01.2026", "Garten", "88,500", "m³", "Lindenweg 4, 86150 Augsburg"):
        assert shown in page.text, shown


async def test_the_navigation_has_meters_only_for_those_who_have_some(portal: Any, home: Any) -> None:
    entry = 'href="/stadtwerk/zaehler"'
    assert entry not in (await portal.page("/stadtwerk", home["cookie"])).text
    mine = meter(home["merchant"], home["customer"])
    await known(portal, mine)
    assert entry in (await portal.page("/stadtwerk", home["cookie"])).text
    document = await portal.document(home["merchant"], home["customer"])
    link = await portal.login("stadtwerk", home["merchant"], home["customer"], kind="link", document_id=document)
    assert entry not in (await portal.page(f"/stadtwerk/dokumente/{document}", link)).text


async def test_a_document_links_session_sees_no_meters(portal: Any, home: Any) -> None:
    mine = meter(home["merchant"], home["customer"], "1EMH001")
    await known(portal, mine)
    document = await portal.document(home["merchant"], home["customer"])
    link = await portal.login("stadtwerk", home["merchant"], home["customer"], kind="link", document_id=document)
    assert (await portal.json("/api/portal/v1/stadtwerk/meters", link)).json()["meters"] == []
    for path in (f"/api/portal/v1/stadtwerk/meters/{mine.id}", f"/stadtwerk/zaehler/{mine.id}"):
        assert (await portal.page(path, link)).status_code == 404
    assert "1EMH001" not in (await portal.page("/stadtwerk/zaehler/melden", link)).text


async def test_what_is_asked_for_stands_on_top_and_is_counted_in_the_navigation(portal: Any, home: Any) -> None:
    one, two = (meter(home["merchant"], home["customer"], number) for number in ("A-1", "A-2"))
    await known(portal, one, two)
    await portal.say(meters_pb2.ReadingInvitationSent(invitation=invitation(home["customer"], one)))
    page = said(await portal.page("/stadtwerk/zaehler", home["cookie"]))
    assert "Bitte bis 15. Dezember 2026 ablesen" in page
    assert '<span class="count">1</span>' in page
    assert "Bitte lesen Sie Ihre Zähler ab" in said(await portal.page("/stadtwerk", home["cookie"]))
    asked = (await portal.json("/api/portal/v1/stadtwerk/meters", home["cookie"])).json()["invitations"]
    assert asked[0]["waiting"] == [one.id]
    form = (await portal.page(f"/stadtwerk/zaehler/melden?invitation={asked[0]['id']}", home["cookie"])).text
    assert "A-1" in form
    assert "A-2" not in form


async def test_the_same_in_english(portal: Any, home: Any) -> None:
    one = meter(home["merchant"], home["customer"], "A-1")
    await known(portal, one)
    await portal.say(meters_pb2.ReadingInvitationSent(invitation=invitation(home["customer"], one)))
    await portal.say(meters_pb2.ConsumptionChanged(consumption=consumption(one, 2026, 10_000)))
    cookie = await portal.login("stadtwerk", home["merchant"], home["customer"], language="en")
    listed = said(await portal.page("/stadtwerk/zaehler", cookie))
    for shown in ("Please read by 15 December 2026", "Last reading", "12,345.6 kWh"):
        assert shown in listed, shown
    page = said(await portal.page(f"/stadtwerk/zaehler/{one.id}", cookie))
    for shown in ("3,650 kWh", "How these numbers come about", "January"):
        assert shown in page, shown
    assert 'placeholder="000000.0"' in said(await portal.page("/stadtwerk/zaehler/melden", cookie))


async def test_an_exchanged_meter_is_found_in_the_one_that_hangs_in_its_place(portal: Any, home: Any) -> None:
    old = meter(home["merchant"], home["customer"], "ALT-1", in_use_to="2026-03-10")
    new = meter(home["merchant"], home["customer"], "NEU-1", in_use_from="2026-03-10", point_id=old.point_id)
    old.successor_id, new.predecessor_id = new.id, old.id
    new.registers[0].series_id = old.registers[0].series_id
    await known(portal, old, new)
    await portal.say(
        meters_pb2.ReadingTaken(reading=reading(old, "500", "2026-03-10T10:00:00Z", reason="exchange")),
        meters_pb2.ReadingTaken(reading=reading(new, "0", "2026-03-10T10:00:00Z", reason="exchange")),
        meters_pb2.ConsumptionChanged(consumption=consumption(new, 2026, lambda n: 5000 if n < 200 else -1)),
    )
    listed = (await portal.json("/api/portal/v1/stadtwerk/meters", home["cookie"])).json()["meters"]
    assert [one["number"] for one in listed] == ["NEU-1"]
    page = said(await portal.page(f"/stadtwerk/zaehler/{old.id}", home["cookie"]))
    assert "Zählerwechsel am 10.03.2026" in page
    assert "ALT-1 → NEU-1" in page
    assert "1.000 kWh" in page


async def test_this_year_stands_against_the_last_one_as_far_as_both_are_known(portal: Any, home: Any) -> None:
    mine = meter(home["merchant"], home["customer"])
    await known(portal, mine)
    await portal.say(
        meters_pb2.ConsumptionChanged(consumption=consumption(mine, 2025, 10_000)),
        meters_pb2.ConsumptionChanged(consumption=consumption(mine, 2026, lambda n: 11_000 if n < 60 else -1)),
    )
    page = said(await portal.page(f"/stadtwerk/zaehler/{mine.id}?year=2026", home["cookie"]))
    assert "660 kWh" in page
    assert "im selben Zeitraum des Vorjahrs: 600 kWh" in page
    assert "+10 %" in page
    answer = await portal.json(f"/api/portal/v1/stadtwerk/meters/{mine.id}/consumption?year=2026", home["cookie"])
    block = answer.json()["blocks"][0]
    assert block["parts"][0]["amounts"][:3] == [341_000, 308_000, 11_000]
    assert block["before"][:3] == [310_000, 280_000, 310_000]


async def test_two_tariffs_are_stacked_and_feed_in_stands_apart(portal: Any, home: Any) -> None:
    registers = [
        register(obis="1-0:1.8.1", tariff="high"), register(obis="1-0:1.8.2", tariff="low"),
        register(obis="1-0:2.8.0", direction="feed_in"),
    ]  # fmt: skip
    mine = meter(home["merchant"], home["customer"], registers=registers)
    await known(portal, mine)
    await portal.say(
        *(meters_pb2.ConsumptionChanged(consumption=consumption(mine, 2026, 1000 * (n + 1), n)) for n in range(3))
    )
    path = f"/api/portal/v1/stadtwerk/meters/{mine.id}/consumption?year=2026&month=2"
    blocks = (await portal.json(path, home["cookie"])).json()["blocks"]
    assert [(b["direction"], [p["tariff"] for p in b["parts"]]) for b in blocks] == [
        ("consumption", ["high", "low"]), ("feed_in", ["single"]),
    ]  # fmt: skip
    assert blocks[0]["parts"][1]["amounts"] == [2000] * 28
    page = said(await portal.page(f"/stadtwerk/zaehler/{mine.id}?year=2026&month=2", home["cookie"]))
    for shown in ("HT", "NT", "Einspeisung", "84,0 kWh"):
        assert shown in page, shown


async def test_the_projection_says_its_range_and_what_it_rests_on(portal: Any, home: Any) -> None:
    mine = meter(home["merchant"], home["customer"])
    await known(portal, mine)
    year = int(portal.edge.clock.now().year)
    projection = meters_pb2.Projection(
        low=3_400_000,
        expected=3_600_000,
        high=3_900_000,
        method="last_year",
        based_until=f"{year}-03-31",
        months=[0] * 12,
    )
    state = consumption(mine, year, lambda n: 9000 if n < 90 else -1, projection=projection)
    await portal.say(meters_pb2.ConsumptionChanged(consumption=state))
    page = said(await portal.page(f"/stadtwerk/zaehler/{mine.id}", home["cookie"]))
    for shown in ("3.600", "3.400", "3.900", f"31. März {year}"):
        assert shown in page, shown


async def test_a_neighbours_meter_is_not_there_and_no_owner_is_asked(portal: Any, home: Any) -> None:
    neighbour = await portal.customer(home["merchant"], "Nachbar", "K-2")
    theirs = meter(home["merchant"], neighbour, "GEHEIM-1", registers=[register(interval=True)])
    other = await portal.merchant("anderswo")
    elsewhere = meter(other, await portal.customer(other), "GEHEIM-2")
    await known(portal, theirs, elsewhere)
    await portal.say(meters_pb2.ConsumptionChanged(consumption=consumption(theirs, 2026, 1000)))
    for foreign in (theirs, elsewhere):
        for path in (
            f"/stadtwerk/zaehler/{foreign.id}", f"/stadtwerk/zaehler/{foreign.id}/verbrauch.csv",
            f"/stadtwerk/zaehler/{foreign.id}?day=2026-02-01", f"/stadtwerk/zaehler/melden?meter={foreign.id}",
            f"/api/portal/v1/stadtwerk/meters/{foreign.id}", f"/api/portal/v1/stadtwerk/meters/{foreign.id}/consumption",
            f"/api/portal/v1/stadtwerk/meters/{foreign.id}/days/2026-02-01",
        ):  # fmt: skip
            answer = await portal.page(path, home["cookie"])
            assert answer.status_code == 404, path
            assert "GEHEIM" not in answer.text
    assert portal.owners.asked == []


async def test_what_was_used_before_somebody_moved_in_stays_theirs(portal: Any, home: Any) -> None:
    former = await portal.customer(home["merchant"], "Vormieter", "K-2")
    mine = meter(home["merchant"], home["customer"], registers=[register(interval=True)])
    await known(portal, mine)
    await portal.say(
        meters_pb2.ConsumptionChanged(
            consumption=consumption(mine, 2026, lambda n: 7777 if n < 100 else -1, customer_id=former)
        ),
        meters_pb2.ConsumptionChanged(consumption=consumption(mine, 2026, lambda n: 1000 if 100 <= n < 110 else -1)),
        meters_pb2.ReadingTaken(reading=reading(mine, "4711", "2026-02-01T10:00:00Z", customer_id=former)),
    )
    answer = await portal.json(f"/api/portal/v1/stadtwerk/meters/{mine.id}/consumption?year=2026", home["cookie"])
    assert answer.json()["blocks"][0]["total"] == 10_000
    assert "4.711" not in (await portal.page(f"/stadtwerk/zaehler/{mine.id}", home["cookie"])).text
    days = await portal.json(f"/api/portal/v1/stadtwerk/meters/{mine.id}/days/2026-02-01", home["cookie"])
    assert days.json()["registers"] == []
    assert portal.owners.asked == []


async def test_opening_a_day_asks_the_owner_for_its_quarter_hours(portal: Any, home: Any) -> None:
    mine = meter(home["merchant"], home["customer"], registers=[register(interval=True)])
    await known(portal, mine)
    await portal.say(meters_pb2.ConsumptionChanged(consumption=consumption(mine, 2026, 24_000)))
    values = [{"from": f"2026-02-01T{n // 4:02d}:{n % 4 * 15:02d}:00+01:00", "value": "0.25"} for n in range(96)]
    path = f"/v1/series/{mine.registers[0].series_id}/days/2026-02-01"
    portal.owners.answer("GET", path, {"date": "2026-02-01", "unit": "kWh", "values": values})
    page = await portal.page(f"/stadtwerk/zaehler/{mine.id}?day=2026-02-01", home["cookie"])
    assert "1. Februar 2026" in said(page)
    assert "24,0 kWh" in said(page)
    api = await portal.json(f"/api/portal/v1/stadtwerk/meters/{mine.id}/days/2026-02-01", home["cookie"])
    assert api.json()["registers"][0]["values"] == [250] * 96


async def test_with_meters_down_a_day_says_so_and_the_rest_of_the_page_is_there(portal: Any, home: Any) -> None:
    mine = meter(home["merchant"], home["customer"], registers=[register(interval=True)])
    await known(portal, mine)
    await portal.say(meters_pb2.ConsumptionChanged(consumption=consumption(mine, 2026, 24_000)))
    portal.owners.down = True
    page = await portal.page(f"/stadtwerk/zaehler/{mine.id}?day=2026-02-01", home["cookie"])
    assert page.status_code == 200
    assert "lassen sich gerade nicht abrufen" in page.text
    assert "672 kWh" in said(page)
    api = await portal.json(f"/api/portal/v1/stadtwerk/meters/{mine.id}/days/2026-02-01", home["cookie"])
    assert api.status_code == 503


async def test_what_was_used_can_be_had_as_a_file(portal: Any, home: Any) -> None:
    mine = meter(home["merchant"], home["customer"], "1EMH 001")
    await known(portal, mine)
    await portal.say(
        meters_pb2.ConsumptionChanged(consumption=consumption(mine, 2026, lambda n: 1500 if n < 2 else -1))
    )
    file = await portal.page(f"/stadtwerk/zaehler/{mine.id}/verbrauch.csv?by=days&year=2026", home["cookie"])
    assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''1EMH-001-2026-days.csv"
    lines = file.content.decode("utf-8-sig").split("\r\n")
    assert lines[1].startswith("2026-01-01;1-0:1.8.0;")
    assert lines[1].endswith(";1,500;kWh")
    assert len([line for line in lines if line]) == 3


async def test_several_customers_are_one_list_with_a_filter(portal: Any, home: Any) -> None:
    second = await portal.customer(home["merchant"], "Haus B", "K-2")
    cookie = await portal.login("stadtwerk", home["merchant"], home["customer"], second)
    await known(portal, meter(home["merchant"], home["customer"], "A-1"), meter(home["merchant"], second, "B-1"))
    page = said(await portal.page("/stadtwerk/zaehler", cookie))
    assert "A-1" in page
    assert "Haus B (K-2)" in page
    every = (await portal.page("/stadtwerk/zaehler/melden", cookie)).text
    assert every.count('<span class="sub">Haus B</span>') == 1
    narrowed = (await portal.page(f"/stadtwerk/zaehler?customer={second}", cookie)).text
    assert "A-1" not in narrowed
    assert "B-1" in narrowed
    form = (await portal.page(f"/stadtwerk/zaehler/melden?customer={second}", cookie)).text
    assert "A-1" not in form


async def test_the_list_pages_through_all_meters_once(portal: Any, home: Any) -> None:
    await known(portal, *(meter(home["merchant"], home["customer"], f"Z-{n}") for n in range(11)))
    seen: list[str] = []
    after = ""
    while True:
        answer = (await portal.json(f"/api/portal/v1/stadtwerk/meters?limit=4&after={after}", home["cookie"])).json()
        seen += [one["number"] for one in answer["meters"]]
        after = answer["next"]
        if not after:
            break
    assert seen == [f"Z-{n}" for n in range(11)]
    found = (await portal.json("/api/portal/v1/stadtwerk/meters?q=z-7", home["cookie"])).json()["meters"]
    assert [one["number"] for one in found] == ["Z-7"]


async def test_a_period_that_makes_no_sense_is_named(portal: Any, home: Any) -> None:
    mine = meter(home["merchant"], home["customer"])
    await known(portal, mine)
    for query, field in (
        ("year=12", "year"),
        ("year=2026&month=13", "month"),
        ("day=yesterday", "day"),
        ("day=0001-01-01", "day"),
    ):
        answer = await portal.json(f"/api/portal/v1/stadtwerk/meters/{mine.id}/consumption?{query}", home["cookie"])
        assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_an_unchanged_meter_is_not_sent_again(portal: Any, home: Any) -> None:
    mine = meter(home["merchant"], home["customer"])
    await known(portal, mine)
    path = f"/api/portal/v1/stadtwerk/meters/{mine.id}"
    first = await portal.json(path, home["cookie"])
    again = await portal.json(path, home["cookie"], **{"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    await portal.say(meters_pb2.ReadingTaken(reading=reading(mine, "12400", "2026-04-01T10:00:00Z")))
    changed = await portal.json(path, home["cookie"], **{"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200
