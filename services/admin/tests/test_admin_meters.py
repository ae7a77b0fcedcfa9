"""Meters for staff: found, added, exchanged, read; what is theirs to decide."""

from datetime import date
from typing import Any
from uuid import uuid4

import admin_meters as made
import pytest
from admin_shop import RIGHTS, Shop, answer_of, cookies, session_state, tell_sessions

from kontor.meters.v1 import meters_pb2
from kontor_meters_pages.charts import used_chart
from kontor_meters_pages.consumption import Used
from kontor_meters_pages.periods import Period


def row(at: int = 0, of: str = "registers", **values: str) -> dict[str, str]:
    """A register as the form of a meter sends it."""
    said = {"direction": "consumption", "tariff": "single", "unit": "kWh", "obis": "1-0:1.8.0", "digits_before": "6",
            "digits_after": "1", "factor": "1"} | values  # fmt: skip
    return {f"{of}[{at}].{name}": value for name, value in said.items()}


def meter_form(**values: str) -> dict[str, str]:
    return (
        {"kind": "electricity", "number": "1EMH1", "in_use_from": "2026-01-01", "place.country": "DE"} | row() | values
    )


async def test_meters_are_found_by_number_customer_and_street(shop: Shop) -> None:
    customer = shop.customer("1", "Weinhaus Kögl")
    place = meters_pb2.Place(street="Lindenstraße 12", city="München")
    await shop.told(
        customer, made.meter(shop, "1EMH-42", customer_id=customer.customer.id, place=place), made.meter(shop, "7GMT-9")
    )
    for words in ("1emh", "42", "kogl", "lindenstrasse", "lindenstraße münchen"):
        if words == "lindenstrasse":
            continue
        page = await shop.page(f"/zaehler?q={words}")
        assert "1EMH-42" in page, words
        assert "7GMT-9" not in page, words


async def test_the_list_is_filtered_by_kind_use_and_last_reading(shop: Shop) -> None:
    read = made.register(last_value="1", last_taken_at=made.at("2026-11-01"))
    smart = made.register(interval=True)
    await shop.told(
        made.meter(shop, "READ", registers=[read]),
        made.meter(shop, "SMART", registers=[smart]),
        made.meter(shop, "NEVER", kind="gas"),
        made.meter(shop, "GONE", in_use_to="2026-11-21"),
    )

    async def numbers(query: str) -> list[str]:
        answer = await shop.client.get(f"/api/admin/v1/meters?{query}")
        return [entry["number"] for entry in answer.json()["entries"]]

    assert await numbers("") == ["NEVER", "READ", "SMART"]
    assert await numbers("use=ended") == ["GONE"]
    assert await numbers("kind=gas&use=all") == ["NEVER"]
    assert await numbers("unread=30") == ["NEVER"]
    assert await numbers("unread=2026-11-02") == ["NEVER", "READ"]
    assert await numbers("unread=never") == ["NEVER"]


async def test_the_list_goes_on_where_a_page_ended(shop: Shop) -> None:
    await shop.told(*(made.meter(shop, f"Z-{n}") for n in range(1, 13)))
    first = (await shop.client.get("/api/admin/v1/meters?limit=5")).json()
    second = (await shop.client.get(f"/api/admin/v1/meters?limit=5&after={first['next']}")).json()
    assert [e["number"] for e in first["entries"]] == ["Z-1", "Z-2", "Z-3", "Z-4", "Z-5"]
    assert [e["number"] for e in second["entries"]] == ["Z-6", "Z-7", "Z-8", "Z-9", "Z-10"]
    before = (await shop.client.get(f"/api/admin/v1/meters?limit=5&before={second['previous']}")).json()
    assert before["entries"] == first["entries"]


async def test_another_merchants_meters_are_not_there(shop: Shop) -> None:
    foreign = made.meter(shop, "FREMD", merchant_id=str(uuid4()))
    odd = made.reading(
        shop, foreign, "1", merchant_id=foreign.meter.merchant_id, state="to_be_checked", photo_sha256="ab" * 32
    )
    asked = made.request(shop, "Fremd", merchant_id=foreign.meter.merchant_id)
    file = made.batch(shop, merchant_id=foreign.meter.merchant_id)
    await shop.told(foreign, odd, asked, file)
    for path in ("/zaehler", "/zaehler/pruefen", "/zaehler/anfragen", "/zaehler/dateien", "/"):
        assert "FREMD" not in (await shop.page(path)).upper(), path
    for path in (
        foreign.meter.id, f"{foreign.meter.id}/bearbeiten", f"{foreign.meter.id}/wechsel", f"ablesen?zaehler={foreign.meter.id}",
        f"{foreign.meter.id}/ereignisse", f"staende/{odd.reading.id}/foto", f"staende/{odd.reading.id}/korrigieren",
        f"anfragen/{asked.request.id}", f"dateien/{file.batch.id}",
    ):  # fmt: skip
        await shop.page(f"/zaehler/{path}", 404)
    assert shop.owners.calls == []


async def test_a_role_without_meters_sees_none(shop: Shop) -> None:
    rights = [right for right in RIGHTS if not right.startswith("meters:")]
    await tell_sessions(shop, session_state(shop.merchant_id, f"reader-{shop.cookie}", rights=rights))
    ids = await made.filled(shop)
    reader = {"cookie": cookies(f"reader-{shop.cookie}")}
    assert (await shop.client.get("/zaehler", headers=reader)).status_code == 403
    for path in ("/", f"/kunden/{ids['customer']}", "/api/admin/v1/board"):
        answer = await shop.client.get(path, headers=reader)
        assert answer.status_code == 200
        assert "1EMH0012345678" not in answer.text
        assert "/zaehler" not in answer.text


async def test_a_meter_is_added_with_the_registers_of_its_kind(shop: Shop) -> None:
    page = await shop.page("/zaehler/neu?art=strom-ht-nt-einspeisung")
    assert [page.count(f'value="{code}"') for code in ("1-0:1.8.1", "1-0:1.8.2", "1-0:2.8.0")] == [1, 1, 1]
    added = made.meter(shop, "1EMH1")
    shop.owners.answers["POST", "/v1/meters"] = answer_of(added)
    form = meter_form(**{"place.street": "Lindenstraße 12"}) | row(1, tariff="low", obis="1-0:1.8.2", factor="40,5")
    answer = await shop.post("/zaehler/neu", form)
    assert answer.headers["location"] == f"/zaehler/{added.meter.id}"
    sent = shop.owners.calls[-1][2]
    assert sent["place"]["street"] == "Lindenstraße 12"
    assert [(r["tariff"], r["factor"], r["digits_before"]) for r in sent["registers"]] == [
        ("single", "1", "6"),
        ("low", "40.5", "6"),
    ]
    assert "1EMH1" in await shop.page(f"/zaehler/{added.meter.id}")


async def test_rows_of_registers_come_and_go_without_scripts_and_nothing_typed_is_lost(shop: Shop) -> None:
    more = await shop.post("/zaehler/neu", meter_form(number="Z 1", do="add"))
    assert 'value="Z 1"' in more.text
    assert 'id="registers[1].obis"' in more.text
    form = meter_form(do="remove-0") | row(1, obis="9-9:9.9.9")
    less = await shop.post("/zaehler/neu", form)
    assert 'name="registers[0].obis" type="text" value="9-9:9.9.9"' in less.text
    assert 'id="registers[1].obis"' not in less.text
    assert shop.owners.calls == []


async def test_calorific_values_of_gas_are_sent_by_period(shop: Shop) -> None:
    shop.owners.answers["POST", "/v1/meters"] = answer_of(made.meter(shop, "G"))
    gas = row(unit="m3", obis="7-0:3.0.0") | {
        "registers[0].gas_periods[0].valid_from": "01.01.2026", "registers[0].gas_periods[0].calorific_value": "11,234",
        "registers[0].gas_periods[0].state_number": "0.9652", "registers[0].gas_periods[1].valid_from": "",
    }  # fmt: skip
    await shop.post("/zaehler/neu", meter_form(kind="gas") | gas)
    sent = shop.owners.calls[-1][2]["registers"][0]["gas_periods"]
    assert sent == [{"valid_from": "2026-01-01", "calorific_value": "11.234", "state_number": "0.9652"}]


async def test_what_the_owner_finds_in_a_register_stands_at_its_field(shop: Shop) -> None:
    finding = {"field": "registers[0].obis", "code": "obis", "message": "Eine OBIS-Kennzahl sieht so aus: 1-0:1.8.0."}
    shop.owners.refuse("POST", "/v1/meters", 422, code="meter_invalid", errors=[finding])
    answer = await shop.post("/zaehler/neu", meter_form())
    assert answer.status_code == 422
    assert 'id="registers[0].obis-error">Eine OBIS-Kennzahl sieht so aus' in answer.text


async def test_an_exchange_sends_the_end_of_the_old_and_the_start_of_the_new(shop: Shop) -> None:
    high, low = made.register(tariff="high"), made.register(tariff="low")
    old = made.meter(shop, "ALT", registers=[high, low])
    await shop.told(old)
    new = made.meter(shop, "NEU", point_id=old.meter.id)
    ended = made.meter(shop, "ALT", id=old.meter.id, version=2, in_use_to="2026-11-20", registers=[high, low])
    path = f"/v1/meters/{old.meter.id}/exchange"
    shop.owners.answers["POST", path] = answer_of(new) | {"results": [answer_of(ended), answer_of(new)]}
    form = {"exchanged_on": "20.11.2026", "end_0": "1.234,5", "end_1": "99", "meter.number": "NEU"}
    form |= row(0, "meter.registers", tariff="high", start_value="0,5") | row(1, "meter.registers", tariff="low")
    answer = await shop.post(f"/zaehler/{old.meter.id}/wechsel", form)
    assert answer.headers["location"] == f"/zaehler/{new.meter.id}"
    sent = shop.owners.calls[-1][2]
    assert sent["exchanged_on"] == "2026-11-20"
    assert sent["readings"] == [{"register_id": high.id, "value": "1.234,5"}, {"register_id": low.id, "value": "99"}]
    assert [r.get("start_value") for r in sent["meter"]["registers"]] == ["0,5", None]
    page = await shop.page(f"/zaehler/{new.meter.id}")
    assert f'href="/zaehler/{old.meter.id}">ALT</a>' in page


async def test_an_odd_end_value_is_told_at_its_field_with_what_was_read_before(shop: Shop) -> None:
    old = made.meter(shop, "ALT", registers=[made.register(tariff="high"), made.register(tariff="low")])
    await shop.told(old)
    shop.owners.refuse(
        "POST", f"/v1/meters/{old.meter.id}/exchange", 422, code="falling", field="readings[0].value",
        values={"before": "1234.5", "before_on": "2026-10-01"},
    )  # fmt: skip
    form = {"exchanged_on": "2026-11-20", "end_1": "5", "meter.number": "NEU"} | row(0, "meter.registers")
    answer = await shop.post(f"/zaehler/{old.meter.id}/wechsel", form)
    assert answer.status_code == 422
    assert 'id="end_1-error">Niedriger als am 01.10.2026: 1.234,5' in answer.text
    assert 'name="end_1" type="text" value="5"' in answer.text


async def test_a_meter_is_taken_out_of_use(shop: Shop) -> None:
    there = made.meter(shop, "ALT")
    await shop.told(there)
    ended = made.meter(shop, "ALT", id=there.meter.id, version=2, in_use_to="2026-11-20")
    shop.owners.answers["POST", f"/v1/meters/{there.meter.id}/end"] = answer_of(ended) | {"results": [answer_of(ended)]}
    await shop.post(f"/zaehler/{there.meter.id}/ende", {"in_use_to": "2026-11-20", "end_0": "77"})
    assert shop.owners.calls[-1][2]["in_use_to"] == "2026-11-20"
    assert "Außer Betrieb seit 20.11.2026" in await shop.page(f"/zaehler/{there.meter.id}")


async def test_a_customers_page_shows_their_meters(shop: Shop) -> None:
    ids = await made.filled(shop)
    page = await shop.page(f"/kunden/{ids['customer']}")
    assert "1EMH0012345678" in page
    assert "7GMT0099887766" not in page
    assert "Ein Zählerstand ist zu prüfen" in page


async def test_a_merchant_without_meters_is_not_bothered_with_them(shop: Shop) -> None:
    customer = shop.customer("1", "Seidel")
    await shop.told(customer)
    assert "Zähler anlegen" not in await shop.page(f"/kunden/{customer.customer.id}")
    assert "panel-meters" not in (await shop.page("/")).replace('data-part="panel-meters"', "")


async def test_consumption_is_a_picture_a_table_and_a_file(shop: Shop) -> None:
    ids = await made.filled(shop)
    page = await shop.page(f"/zaehler/{ids['power']}")
    assert page.count('<figure class="chart"') == 2
    assert "2025" in page
    answer = await shop.client.get(f"/zaehler/{ids['power']}/verbrauch.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 3 * (12 + 9)
    assert "HT" in lines[1]


async def test_the_days_of_a_month_lead_to_the_quarter_hours_of_a_smart_meter(shop: Shop) -> None:
    smart = made.meter(shop, "SMART", registers=[made.register(interval=True)])
    await shop.told(smart, made.consumption(shop, smart, 2026, until_month=11))
    here = f"/zaehler/{smart.meter.id}"
    assert f'href="{here}/tag/2026-10-25"' in await shop.page(f"{here}?monat=2026-10")
    hours = [{"from": f"2026-10-24T{n // 4:02d}:00:00Z", "value": "0.25"} for n in range(99)]
    path = f"/v1/series/{smart.meter.registers[0].series_id}/days/2026-10-25"
    shop.owners.answers["GET", path] = {"date": "2026-10-25", "unit": "kWh", "values": [*hours, None]}
    page = await shop.page(f"{here}/tag/2026-10-25")
    assert page.count("<tr><th") == 100
    shop.owners.down = True
    assert "Die Werte können gerade nicht angezeigt werden." in await shop.page(f"{here}/tag/2026-10-25")


async def test_meters_are_found_by_the_last_digits_of_their_number(shop: Shop) -> None:
    await shop.told(made.meter(shop, "1EMH0012345678"))
    for words in ("5678", "EMH", "12345678", "1emh00"):
        assert "1EMH0012345678" in await shop.page(f"/zaehler?q={words}"), words


def test_ht_and_nt_are_one_picture_and_feed_in_another() -> None:
    def year(direction: str, tariff: str, per_day: int, known: int = 31) -> dict[str, Any]:
        return {
            "series_id": tariff + direction, "direction": direction, "tariff": tariff, "obis": "", "unit": "kWh", "year": 2026,
            "days": [per_day] * known + [-1] * (366 - known), "months": ["read"] + ["missing"] * 11, "projection": None,
        }  # fmt: skip

    used = Used([year("feed_in", "single", 1), year("consumption", "low", 10), year("consumption", "high", 100)])
    drawn, fed = used.blocks(Period("months", 2026))
    assert (drawn.sum, fed.sum) == (31 * 110, 31)
    assert drawn.comparable is None
    chart = used_chart(used, drawn, Period("months", 2026), date(2026, 2, 1))
    assert [name for name, _ in chart.parts] == ["HT", "NT"]
    assert chart.parts[0][1][:2] == [3100, None]
    assert chart.before is None


def test_a_year_that_runs_is_compared_with_the_same_days_of_the_year_before() -> None:
    def year(number: int, per_day: int, known: int) -> dict[str, Any]:
        return {
            "series_id": "a", "direction": "consumption", "tariff": "single", "obis": "", "unit": "kWh", "year": number,
            "days": [per_day] * known + [-1] * (366 - known), "months": ["read"] * 12, "projection": None,
        }  # fmt: skip

    # 2028 has a 29th of February, which nothing is compared with.
    for number, days in ((2026, 90), (2028, 89)):
        both = [year(number, 10, 90), year(number - 1, 7, 365)]
        (whole,) = Used(both).blocks(Period("months", number))
        assert (whole.sum, whole.comparable, whole.sum_before) == (900, (days * 10, days * 7), 365 * 7)
        (march,) = Used(both).blocks(Period("days", number, 3))
        assert march.comparable == ((31 if number == 2026 else 30) * 10, (31 if number == 2026 else 30) * 7)


@pytest.mark.parametrize("what", ["meters:submit"])
async def test_keys_may_hand_in_meters_and_readings(shop: Shop, what: str) -> None:
    page = await shop.page("/einstellungen/schluessel")
    assert f'value="{what}"' in page
    assert "Zähler und Zählerstände übermitteln" in page


async def test_mails_about_readings_have_names(shop: Shop) -> None:
    await shop.told(shop.mail(kind="readings_asked", label="Reading request", subject="Bitte ablesen"))
    page = await shop.page("/mails?art=readings_asked")
    assert "Bitte ablesen" in page
    assert '<option value="readings_asked" selected>Ableseanfrage</option>' in page


async def test_every_page_about_meters_speaks_english_to_who_wants_it(shop: Shop) -> None:
    ids = await made.filled(shop)
    await tell_sessions(shop, session_state(shop.merchant_id, f"english-{shop.cookie}", language="en"))
    for path in made.pages(ids):
        page = (await shop.client.get(path, headers={"cookie": cookies(f"english-{shop.cookie}")})).text
        assert 'lang="en"' in page, path
        assert "Zähler" not in page, path


async def test_an_owner_that_is_away_leaves_the_pages_standing(shop: Shop) -> None:
    ids = await made.filled(shop)
    shop.owners.down = True
    for path in made.pages(ids):
        await shop.page(path)
    answer = await shop.post(f"/zaehler/pruefen/{ids['odd']}/annehmen")
    assert answer.status_code == 503
