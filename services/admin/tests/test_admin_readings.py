"""What is done about readings in the admin: entered, decided, asked for, brought by file, and links to meters."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import admin_meters as made
from admin_meters import flashes
from admin_shop import NOW, Shop, answer_of, cookies, session_state, tell_sessions
from starlette.responses import Response

from kontor.meters.v1 import meters_pb2


async def test_what_is_stored_leaves_the_form_and_what_asks_back_can_be_insisted_on(shop: Shop) -> None:
    customer = shop.customer("1", "Seidel")
    good = made.meter(shop, "A", customer_id=customer.customer.id)
    odd = made.meter(shop, "B", customer_id=customer.customer.id)
    await shop.told(customer, good, odd)
    one, two = good.meter.registers[0].id, odd.meter.registers[0].id
    falling = {"code": "falling", "severity": "warning", "values": {"before": "1234.5", "before_on": "2026-10-01"}}

    def answers(body: dict[str, Any]) -> dict[str, Any]:
        known = {one: {"outcome": "stored", "findings": []}, two: {"outcome": "asks_back", "findings": [falling]}}
        insisted = {"outcome": "stored", "findings": [falling]}
        return {"results": [
            {"register_id": r["register_id"]} | (insisted if r["insist"] else known[r["register_id"]]) for r in body["readings"]
        ]}  # fmt: skip

    shop.owners.answers["POST", "/v1/readings"] = answers
    here = f"/zaehler/ablesen?kunde={customer.customer.id}"
    form = {"day": "2026-11-20", "reason": "regular", "note": "Anruf", f"value-{one}": "17,5", f"value-{two}": "99"}
    answer = await shop.post(here, form)
    assert answer.status_code == 422
    assert shop.owners.calls[-1][2]["readings"][0] == {
        "register_id": one, "value": "17,5", "reason": "regular", "insist": False, "note": "Anruf", "taken_on": "2026-11-20",
    }  # fmt: skip
    assert "Ein Zählerstand wurde gespeichert." in answer.text
    assert 'value="17,5"' not in answer.text
    assert f'id="value-{two}-error">' in answer.text
    assert "1.234,5" in answer.text
    assert f'name="insist-{two}"' in answer.text
    again = await shop.post(here, form | {f"value-{one}": "", f"insist-{two}": "on"})
    assert again.headers["location"] == f"/kunden/{customer.customer.id}"
    assert [r["insist"] for r in shop.owners.calls[-1][2]["readings"]] == [True]


async def test_a_reading_is_corrected_with_a_note(shop: Shop) -> None:
    there = made.meter(shop, "A")
    wrong = made.reading(shop, there, "999")
    await shop.told(there, wrong)
    right = made.reading(shop, there, "99.9", entered_at=NOW + timedelta(minutes=1))
    replaced = made.reading(shop, there, "999", id=wrong.reading.id, version=2, state="replaced")
    shop.owners.answers["POST", f"/v1/readings/{wrong.reading.id}/correct"] = {
        "results": [answer_of(right), answer_of(replaced)]
    }
    await shop.post(f"/zaehler/staende/{wrong.reading.id}/korrigieren", {"value": "99,9", "note": "Kommafehler"})
    assert shop.owners.calls[-1][2] == {"value": "99,9", "note": "Kommafehler"}
    page = await shop.page(f"/zaehler/{there.meter.id}")
    assert page.index("99,9") < page.index('class="past"') < page.index("999,0")


async def test_what_waits_is_counted_in_the_menu_shown_on_the_board_and_listed_with_the_photo(shop: Shop) -> None:
    there = made.meter(shop, "1EMH1", customer_id=str(uuid4()))
    before = made.reading(shop, there, "1234.5", taken_at=made.at("2026-10-01"))
    odd = made.reading(
        shop, there, "99", state="to_be_checked", insisted=True, photo_sha256="ab" * 32,
        findings=[made.finding("falling", before="1234.5", before_on="2026-10-01")],
    )  # fmt: skip
    await shop.told(there, before, odd, made.reading(shop, there, "7", state="implausible", source="system"))
    board = await shop.page("/")
    assert 'Zähler <span class="count">2</span>' in board
    assert "Niedriger als am 01.10.2026: 1.234,5" in board
    page = await shop.page("/zaehler/pruefen?art=to_be_checked")
    assert f'src="/zaehler/staende/{odd.reading.id}/foto"' in page
    assert "Niedriger als am 01.10.2026: 1.234,5" in page
    assert page.count("<article") == 1


async def test_the_photo_is_handed_on_to_staff_of_its_merchant(shop: Shop) -> None:
    there = made.meter(shop, "A")
    odd = made.reading(shop, there, "99", photo_sha256="ab" * 32)
    await shop.told(there, odd)
    shop.owners.answers["GET", f"/v1/readings/{odd.reading.id}/photo"] = Response(
        b"\xff\xd8jpeg", media_type="image/jpeg"
    )
    answer = await shop.client.get(f"/zaehler/staende/{odd.reading.id}/foto")
    assert (answer.content, answer.headers["content-type"]) == (b"\xff\xd8jpeg", "image/jpeg")


async def test_several_are_accepted_at_once_and_each_stands_for_itself(shop: Shop) -> None:
    there = made.meter(shop, "A")
    one, two = (made.reading(shop, there, value, state="to_be_checked") for value in ("1", "2"))
    await shop.told(there, one, two)
    accepted = made.reading(shop, there, "1", id=one.reading.id, version=2)
    shop.owners.answers["POST", f"/v1/readings/{one.reading.id}/accept"] = {"results": [answer_of(accepted)]}
    decided = "Über diesen Zählerstand wurde schon entschieden."
    shop.owners.refuse("POST", f"/v1/readings/{two.reading.id}/accept", 409, code="reading_decided", detail=decided)
    page = await flashes(shop, await shop.post("/zaehler/pruefen", {"id": [one.reading.id, two.reading.id]}))
    assert "Ein Zählerstand wurde angenommen." in page
    assert decided in page
    assert page.count("<article") == 1


async def test_a_rejection_needs_its_reason(shop: Shop) -> None:
    there = made.meter(shop, "A")
    odd = made.reading(shop, there, "1", state="to_be_checked")
    await shop.told(there, odd)
    page = await flashes(shop, await shop.post(f"/zaehler/pruefen/{odd.reading.id}/ablehnen", {"note": " "}))
    assert "warum der Zählerstand abgelehnt wird" in page
    assert shop.owners.calls == []
    rejected = made.reading(shop, there, "1", id=odd.reading.id, version=2, state="rejected")
    shop.owners.answers["POST", f"/v1/readings/{odd.reading.id}/reject"] = {"results": [answer_of(rejected)]}
    page = await flashes(
        shop, await shop.post(f"/zaehler/pruefen/{odd.reading.id}/ablehnen", {"note": "Foto zeigt 10"})
    )
    assert shop.owners.calls[-1][2] == {"note": "Foto zeigt 10"}
    assert "Nichts zu prüfen" in page


async def test_a_request_asks_customers_by_their_numbers_and_names_those_nobody_has(shop: Shop) -> None:
    customer = shop.customer("20931", "Seidel")
    await shop.told(customer)
    made_one = made.request(shop, "Jahresablesung")
    shop.owners.answers["POST", "/v1/requests"] = answer_of(made_one)
    form = {
        "title": "Jahresablesung",
        "group": "customers",
        "numbers": "20931\n4711",
        "due_on": "2026-12-15",
        "reason": "regular",
    }
    answer = await shop.post("/zaehler/anfragen/neu", form)
    assert answer.status_code == 422
    assert "Nicht gefunden: 4711" in answer.text
    answer = await shop.post(
        "/zaehler/anfragen/neu", form | {"numbers": "20931", "estimate": "on", "remind_on": "2026-12-08"}
    )
    assert answer.headers["location"] == f"/zaehler/anfragen/{made_one.request.id}"
    assert shop.owners.calls[-1][2] == {
        "title": "Jahresablesung", "due_on": "2026-12-15", "remind_on": "2026-12-08", "estimate": True, "reason": "regular",
        "customer_ids": [customer.customer.id],
    }  # fmt: skip


async def test_a_request_that_ends_yesterday_is_not_sent(shop: Shop) -> None:
    form = {"title": "Zu spät", "group": "all", "due_on": "2026-11-20", "remind_on": "2026-11-21", "reason": "regular"}
    answer = await shop.post("/zaehler/anfragen/neu", form)
    assert answer.status_code == 422
    assert 'id="due_on-error">Dieser Tag ist vorbei.' in answer.text
    assert 'id="remind_on-error">' in answer.text
    assert shop.owners.calls == []


async def test_a_request_shows_who_is_missing_and_reminds_them(shop: Shop) -> None:
    ids = await made.filled(shop)
    here = f"/zaehler/anfragen/{ids['request']}"
    missing = await shop.page(f"{here}?state=missing")
    assert "Seidel Optik" in missing
    assert "Weinhaus" not in missing
    assert "1 von 3 Zählern" in missing
    reminded = made.request(shop, "Jahresablesung 2026", id=ids["request"], version=2)
    shop.owners.answers["POST", f"/v1/requests/{ids['request']}/remind"] = answer_of(reminded)
    page = await flashes(shop, await shop.post(f"{here}/erinnern"))
    assert "Die Erinnerungen sind unterwegs." in page


async def test_a_file_is_looked_at_before_anything_is_stored(shop: Shop) -> None:
    looked_at = made.batch(shop, total=3, refused=1, problems=[made.problem(2, "unknown_meter", "meter", meter="Z9")])
    shop.owners.answers["POST", "/v1/batches"] = answer_of(looked_at)
    files = [("file", ("staende.csv", "Zähler;Stand\n1;2\n".encode(), "text/csv"))]
    answer = await shop.post("/zaehler/dateien", {"kind": "readings"}, files=files)
    assert answer.headers["location"] == f"/zaehler/dateien/{looked_at.batch.id}"
    sent = shop.owners.calls[-1][2]
    assert b'filename="staende.csv"' in sent
    assert b'name="kind"\r\n\r\nreadings' in sent
    page = await shop.page(answer.headers["location"])
    assert "Noch ist nichts gespeichert." in page
    assert "Den Zähler Z9 gibt es noch nicht." in page
    assert "2 Zeilen speichern" in page
    running = made.batch(shop, id=looked_at.batch.id, version=2, state="running", total=3, stored=1)
    shop.owners.answers["POST", f"/v1/batches/{looked_at.batch.id}/store"] = answer_of(running)
    page = await flashes(shop, await shop.post(f"/zaehler/dateien/{looked_at.batch.id}/speichern"))
    assert "1 von 3 Zeilen" in page
    assert 'http-equiv="refresh"' in page


async def test_an_empty_file_is_not_sent(shop: Shop) -> None:
    answer = await shop.post("/zaehler/dateien", {"kind": "meters"}, files=[("file", ("leer.csv", b"", "text/csv"))])
    assert answer.status_code == 422
    assert "Die Datei ist leer." in answer.text
    assert shop.owners.calls == []


async def test_all_problems_come_from_the_owner_and_the_first_ones_stand_without_it(shop: Shop) -> None:
    file = made.batch(
        shop, total=99, refused=40, problems=[made.problem(n, "not_a_number", "value") for n in range(20)]
    )
    await shop.told(file)
    here = f"/zaehler/dateien/{file.batch.id}"
    said = {"outcome": "refused", "message": "This lies in the future.", "params": {}}
    told = [{"line": 1000 + n, "code": "future", "field": "taken_at"} | said for n in range(40)]
    shop.owners.answers["GET", f"/v1/batches/{file.batch.id}/problems"] = {"problems": told, "next": 1039}
    page = await shop.page(here)
    assert "1039" in page
    assert 'href="?after=1039"' in page
    shop.owners.down = True
    assert "Das sind die ersten. Alle stehen in der Ergebnisdatei." in await shop.page(here)


async def test_each_reader_is_told_the_problems_in_their_language_also_while_meters_is_down(shop: Shop) -> None:
    file = made.batch(shop, total=3, refused=1, problems=[made.problem(2, "not_a_number", "value")])
    await shop.told(file)
    shop.owners.down = True
    await tell_sessions(shop, session_state(shop.merchant_id, f"english-{shop.cookie}", language="en"))
    here, headers = f"/zaehler/dateien/{file.batch.id}", {"cookie": cookies(f"english-{shop.cookie}")}
    assert "Das ist keine Zahl." in await shop.page(here)
    assert "This is not a number." in (await shop.client.get(here, headers=headers)).text


async def test_the_result_file_is_handed_on(shop: Shop) -> None:
    file = made.batch(shop, state="done", total=3, stored=3)
    await shop.told(file)
    shop.owners.answers["GET", f"/v1/batches/{file.batch.id}/result.csv"] = Response(
        b"Zeile;Ergebnis\r\n", media_type="text/csv"
    )
    answer = await shop.client.get(f"/zaehler/dateien/{file.batch.id}/ergebnis.csv")
    assert answer.content == b"Zeile;Ergebnis\r\n"
    assert "zaehlerstaende-ergebnis.csv" in answer.headers["content-disposition"]


async def test_stickers_carry_the_links_of_meters_that_have_one(shop: Shop) -> None:
    one = made.meter(shop, "A", place=meters_pb2.Place(street="Weg 1", post_code="1", city="Ort", detail="Keller"))
    revoked = made.meter(shop, "B")
    await shop.told(one, revoked)
    resources = {"links": [
        {"resource": f"meters.meter:{one.meter.id}", "url": "http://portal.example/z/geheim"},
        {"resource": f"meters.meter:{revoked.meter.id}", "url": None, "reason": "revoked"},
    ]}  # fmt: skip
    shop.owners.answers["POST", "/v1/capability-links"] = resources
    shop.owners.answers["POST", "/v1/stickers"] = Response(b"%PDF-1.7", media_type="application/pdf")
    answer = await shop.post("/zaehler/aufkleber", {"meter": [one.meter.id, revoked.meter.id, str(uuid4())]})
    assert answer.content == b"%PDF-1.7"
    assert [(token["audience"], token["right"]) for token in shop.owners.tokens] == [
        ("identity", "meters:edit"), ("meters", "meters:edit"),
    ]  # fmt: skip
    assert shop.owners.calls[-1][2]["items"] == [
        {"number": "A", "kind": "electricity", "place": "Weg 1, 1 Ort, Keller", "url": "http://portal.example/z/geheim"}
    ]


async def test_the_link_of_a_meter_is_shown_renewed_and_revoked(shop: Shop) -> None:
    there = made.meter(shop, "A")
    await shop.told(there)
    resource = f"meters.meter:{there.meter.id}"
    shop.owners.answers["POST", "/v1/capability-links"] = {
        "links": [{"resource": resource, "url": "http://portal.example/z/geheim"}]
    }
    assert "http://portal.example/z/geheim" in (await shop.post(f"/zaehler/{there.meter.id}/link")).text
    await shop.post(f"/zaehler/{there.meter.id}/link", {"renew": "on"})
    assert shop.owners.calls[-1][2] == {"resources": [resource], "renew": True}
    shop.owners.answers["POST", "/v1/capability-links/revoke"] = {}
    await shop.post(f"/zaehler/{there.meter.id}/link/widerrufen")
    assert shop.owners.calls[-1][1:] == ("/v1/capability-links/revoke", {"resources": [resource]})
    shop.owners.answers["POST", "/v1/capability-links"] = {
        "links": [{"resource": resource, "url": None, "reason": "revoked"}]
    }
    assert "Neuen Link" in (await shop.post(f"/zaehler/{there.meter.id}/link")).text
