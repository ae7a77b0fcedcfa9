"""Entering readings: by a session, by a write-only link; what is refused comes back as it was typed."""

import asyncio
from typing import Any

import pytest
import pytest_asyncio
from gateway_meters import invitation, meter, reading, register

from kontor.identity.v1 import identity_pb2
from kontor.meters.v1 import meters_pb2
from kontor_service.ids import uuid7

FORM = "/stadtwerk/zaehler/melden"
SHA = "a" * 64


@pytest_asyncio.fixture(loop_scope="module")
async def home(portal: Any) -> dict[str, Any]:
    """Two meters, the second with two tariffs."""
    merchant = await portal.merchant("stadtwerk")
    customer = await portal.customer(merchant)
    one = meter(merchant, customer, "1EMH001")
    two = meter(merchant, customer, "1EMH002", registers=[register(tariff="high"), register(tariff="low")])
    await portal.say(*(meters_pb2.MeterAdded(meter=each) for each in (one, two)))
    cookie = await portal.login("stadtwerk", merchant, customer)
    return {"merchant": merchant, "customer": customer, "cookie": cookie, "one": one, "two": two}


def outcome(
    portal: Any, of: Any, name: str, value: str = "", *findings: dict[str, Any], place: int = 0
) -> dict[str, Any]:
    """What the owner answers for one reading."""
    found = {"register_id": of.registers[place].id, "outcome": name, "findings": list(findings)}
    if name in ("stored", "questioned"):
        state = "valid" if name == "stored" else "to_be_checked"
        taken = reading(of, value, "2026-11-20T11:00:00Z", state=state, register_id=of.registers[place].id)
        found |= portal.result(meters_pb2.ReadingSnapshot(reading=taken))
    return found


def field(of: Any, name: str = "value", place: int = 0) -> str:
    return f"{name}-{of.registers[place].id}"


async def test_one_screen_has_all_meters_with_the_last_value_beside_the_field(portal: Any, home: Any) -> None:
    page = (await portal.page(FORM, home["cookie"])).text
    for shown in ("1EMH001", "1EMH002", "12.345,6", "am 01.01.2026", 'placeholder="000000,0"', 'inputmode="decimal"',
                  'capture="environment"', 'placeholder="TT.MM.JJJJ"'):  # fmt: skip
        assert shown in page, shown
    assert page.count('name="value-') == 3


async def test_what_was_taken_is_confirmed_one_by_one_and_in_the_copy_at_once(portal: Any, home: Any) -> None:
    answers = [outcome(portal, home["one"], "stored", "12400.5"), outcome(portal, home["two"], "stored", "77", place=1)]
    portal.owners.answer("POST", "/v1/readings", {"results": answers})
    typed = {field(home["one"]): "12.400,5", field(home["two"], place=1): "77", field(home["two"]): " "}
    page = await portal.post(FORM, home["cookie"], day="2026-11-20", key="k-1", **typed)
    assert page.status_code == 200
    for shown in ("Vielen Dank", "12.400,5 kWh", "77 kWh", "übernommen", "20. November 2026"):
        assert shown in page.text, shown
    assert portal.owners.asked_of("/v1/readings") == [{"readings": [
        {"register_id": home["one"].registers[0].id, "value": "12.400,5", "taken_on": "2026-11-20", "insist": False},
        {"register_id": home["two"].registers[1].id, "value": "77", "taken_on": "2026-11-20", "insist": False},
    ]}]  # fmt: skip
    api = await portal.json(f"/api/portal/v1/stadtwerk/meters/{home['one'].id}", home["cookie"])
    assert [one["value"] for one in api.json()["readings"]] == ["12400.5"]


async def test_the_forms_key_makes_two_clicks_one(portal: Any, home: Any) -> None:
    portal.owners.answer("POST", "/v1/readings", {"results": [outcome(portal, home["one"], "stored", "12400")]})
    shown = (await portal.page(FORM, home["cookie"])).text
    key = shown.split('name="key" value="')[1].split('"')[0]
    for _click in range(2):
        page = await portal.post(FORM, home["cookie"], key=key, day="2026-11-20", **{field(home["one"]): "12400"})
        assert page.status_code == 200
    sent = [headers["idempotency-key"] for _, path, _, headers in portal.owners.asked if path == "/v1/readings"]
    assert sent == [key, key]


async def test_what_is_doubted_may_be_insisted_on_and_nothing_typed_is_lost(portal: Any, home: Any) -> None:
    falling = {"code": "falling", "severity": "warning", "values": {"before": "12345.6", "before_on": "2026-01-01"}}
    answers = [outcome(portal, home["one"], "asks_back", "", falling), outcome(portal, home["two"], "stored", "50")]
    portal.owners.answer("POST", "/v1/readings", {"results": answers})
    typed = {field(home["one"]): "12.100", field(home["two"]): "50", f"day-{home['one'].id}": "2026-11-19"}
    page = await portal.post(FORM, home["cookie"], day="2026-11-20", key="k-1", **typed)
    assert page.status_code == 422
    for shown in ('value="12.100"', "1. Januar 2026", "12.345,6)", "Der Wert stimmt trotzdem", 'value="19.11.2026"',
                  "50 kWh"):  # fmt: skip
        assert shown in page.text, shown
    assert f'name="{field(home["two"])}"' not in page.text, "what was taken is not asked for again"
    assert 'name="key" value="k-1"' not in page.text
    portal.owners.answer("POST", "/v1/readings", {"results": [outcome(portal, home["one"], "questioned", "12100")]})
    typed = {field(home["one"]): "12.100", field(home["one"], "insist"): "on"}
    page = await portal.post(FORM, home["cookie"], day="2026-11-20", key="k-2", **typed)
    assert page.status_code == 200
    assert "wird geprüft" in page.text
    assert portal.owners.asked_of("/v1/readings")[-1]["readings"][0]["insist"] is True
    assert "wird geprüft" in (await portal.page("/stadtwerk/zaehler", home["cookie"])).text


async def test_a_blocker_cannot_be_insisted_on(portal: Any, home: Any) -> None:
    future = {"code": "future", "severity": "blocker", "values": {}}
    portal.owners.answer("POST", "/v1/readings", {"results": [outcome(portal, home["one"], "refused", "", future)]})
    page = await portal.post(FORM, home["cookie"], day="2027-01-01", key="k", **{field(home["one"]): "12400"})
    assert page.status_code == 422
    assert "in der Zukunft" in page.text
    assert "Der Wert stimmt trotzdem" not in page.text


async def test_photos_go_up_first_and_are_kept_when_a_reading_comes_back(portal: Any, home: Any) -> None:
    portal.owners.answer("POST", "/v1/photos", {"sha256": SHA}, 201)
    jump = {"code": "jump", "severity": "warning", "values": {}}
    portal.owners.answer("POST", "/v1/readings", {"results": [outcome(portal, home["one"], "asks_back", "", jump)]})
    files = {f"photo-{home['one'].id}": ("IMG_1.HEIC", b"a picture of a phone" * 100, "image/heic")}
    page = await portal.post_files(
        FORM, home["cookie"], files, day="2026-11-20", key="k", **{field(home["one"]): "99999"}
    )
    assert page.status_code == 422
    assert "Foto vorhanden" in page.text
    assert f'name="shot-{home["one"].id}" value="{SHA}"' in page.text
    assert b"a picture of a phone" * 100 in portal.owners.asked_of("/v1/photos")[0]
    assert portal.owners.asked_of("/v1/readings")[0]["readings"][0]["photo_sha256"] == SHA


async def test_a_picture_that_is_none_is_refused_at_its_field_and_nothing_is_stored(portal: Any, home: Any) -> None:
    portal.owners.answer("POST", "/v1/photos", {"code": "not_an_image", "detail": "no image"}, 422)
    files = {f"photo-{home['one'].id}": ("invoice.pdf", b"%PDF", "application/pdf")}
    page = await portal.post_files(
        FORM, home["cookie"], files, day="2026-11-20", key="k", **{field(home["one"]): "12400"}
    )
    assert page.status_code == 422
    assert "kein Bild" in page.text
    assert 'value="12400"' in page.text
    assert portal.owners.asked_of("/v1/readings") == []


async def test_a_form_that_is_too_large_is_not_read(portal: Any, home: Any) -> None:
    host, _, port = portal.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    headers = {
        "Host": f"{host}:{port}", "Cookie": home["cookie"]["cookie"], "Content-Length": "314572800",
        "Content-Type": "multipart/form-data; boundary=x",
    }  # fmt: skip
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"POST {FORM} HTTP/1.1\r\n{head}\r\n".encode())
    assert b"413" in await reader.readline()
    writer.close()


async def test_with_meters_down_what_was_typed_stays(portal: Any, home: Any) -> None:
    portal.owners.down = True
    page = await portal.post(FORM, home["cookie"], day="2026-11-20", key="k", **{field(home["one"]): "12400"})
    assert page.status_code == 503
    assert 'value="12400"' in page.text
    assert 'name="key" value="k"' in page.text, "the next try is the same command"
    assert "Es ist nichts verloren" in page.text


async def test_too_many_readings_come_back_with_when_to_send_them_again(portal: Any, home: Any) -> None:
    portal.owners.answer("POST", "/v1/readings", {"code": "too_many_requests", "detail": "too many"}, 429)
    page = await portal.post(FORM, home["cookie"], day="2026-11-20", key="k-1", **{field(home["one"]): "12400"})
    assert (page.status_code, page.headers["retry-after"]) == (429, "300")
    assert 'value="12400"' in page.text


async def test_a_picture_that_is_too_large_for_its_owner_is_named_at_its_field(portal: Any, home: Any) -> None:
    portal.owners.answer("POST", "/v1/photos", {"code": "file_too_large", "detail": "too large"}, 413)
    files = {f"photo-{home['one'].id}": ("a.heic", b"x", "image/heic")}
    page = await portal.post_files(FORM, home["cookie"], files, day="2026-11-20", key="k", **{field(home["one"]): "1"})
    assert page.status_code == 422
    assert "höchstens 25 MB" in page.text


async def test_one_meter_of_very_many_is_read_by_itself(portal: Any, home: Any) -> None:
    many = [meter(home["merchant"], home["customer"], f"V-{n:03}") for n in range(120)]
    await portal.say(*(meters_pb2.MeterAdded(meter=one) for one in many))
    asked = invitation(home["customer"], many[118], many[119])
    await portal.say(meters_pb2.ReadingInvitationSent(invitation=asked))
    alone = (await portal.page(f"{FORM}?meter={many[119].id}", home["cookie"])).text
    assert alone.count('name="value-') == 1
    assert "V-119" in alone
    assert (await portal.page(f"{FORM}?invitation={asked.id}", home["cookie"])).text.count('name="value-') == 2
    first = (await portal.page(FORM, home["cookie"])).text
    assert first.count('id="meter-') == 100
    assert 'rel="next"' in first


async def test_a_second_click_finds_what_the_first_one_did_though_nothing_is_asked_for_any_more(
    portal: Any, home: Any
) -> None:
    asked = invitation(home["customer"], home["one"])
    await portal.say(meters_pb2.ReadingInvitationSent(invitation=asked))
    address = f"{FORM}?invitation={asked.id}"
    assert "1EMH001" in (await portal.page(address, home["cookie"])).text
    portal.owners.answer("POST", "/v1/readings", {"results": [outcome(portal, home["one"], "stored", "12400")]})
    done = invitation(home["customer"], home["one"], id=asked.id, version=2, state="done", asked="read")
    await linked(portal, f"meters.invitation:{asked.id}")
    typed = {"day": "2026-11-20", "key": "k", field(home["one"]): "12400"}
    for _click in range(2):
        by_session = await portal.post(address, home["cookie"], **typed)
        by_link = await portal.page("/z/secret", method="POST", data=typed)
        for page in (by_session, by_link):
            assert page.status_code == 200
            assert "übernommen" in page.text
        await portal.say(meters_pb2.ReadingInvitationChanged(invitation=done))
    again = await portal.page(address, home["cookie"])
    assert (again.status_code, again.headers["location"]) == (303, "/stadtwerk/zaehler")


async def test_what_sends_by_itself_is_asked_for_only_on_its_own_screen(portal: Any, home: Any) -> None:
    smart = meter(home["merchant"], home["customer"], "SMART-1", registers=[register(interval=True)])
    both = meter(
        home["merchant"], home["customer"], "BOTH-1", registers=[register(interval=True), register(tariff="low")]
    )
    await portal.say(*(meters_pb2.MeterAdded(meter=one) for one in (smart, both)))
    page = (await portal.page(FORM, home["cookie"])).text
    assert "SMART-1" not in page
    assert field(both) not in page
    assert field(both, place=1) in page
    assert field(smart) in (await portal.page(f"{FORM}?meter={smart.id}", home["cookie"])).text


async def test_nothing_typed_is_said_so(portal: Any, home: Any) -> None:
    page = await portal.post(FORM, home["cookie"], day="2026-11-20", key="k")
    assert page.status_code == 422
    assert "mindestens einen Zählerstand" in page.text
    assert portal.owners.asked_of("/v1/readings") == []


async def test_a_register_of_somebody_else_is_never_handed_on(portal: Any, home: Any) -> None:
    neighbour = await portal.customer(home["merchant"], "Nachbar", "K-2")
    theirs = meter(home["merchant"], neighbour, "GEHEIM-1")
    await portal.say(meters_pb2.MeterAdded(meter=theirs))
    page = await portal.post(FORM, home["cookie"], day="2026-11-20", key="k", **{field(theirs): "1"})
    assert page.status_code == 422
    assert portal.owners.asked_of("/v1/readings") == []


async def test_the_same_as_json(portal: Any, home: Any) -> None:
    portal.owners.answer("POST", "/v1/readings", {"results": [outcome(portal, home["one"], "stored", "12400")]})
    body = {"readings": [{"register_id": home["one"].registers[0].id, "value": "12400", "taken_on": "2026-11-20"}]}
    headers = home["cookie"] | {"idempotency-key": "i-1"}
    answer = await portal.client.post("/api/portal/v1/stadtwerk/readings", json=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["results"][0]["outcome"] == "stored"
    assert "snapshot" not in answer.text
    wrong = {"readings": [{"register_id": "x", "value": "", "taken_on": "2026-11-20"}]}
    refused = await portal.client.post("/api/portal/v1/stadtwerk/readings", json=wrong, headers=headers)
    assert refused.status_code == 422
    portal.owners.answer("POST", "/v1/photos", {"sha256": SHA}, 201)
    photo = await portal.client.post(
        "/api/portal/v1/stadtwerk/photos", files={"file": ("a.jpg", b"jpeg", "image/jpeg")}, headers=home["cookie"]
    )
    assert (photo.status_code, photo.json()) == (201, {"sha256": SHA})


async def linked(portal: Any, resource: str) -> None:
    portal.owners.answer("POST", "/v1/links/inspect", {"slug": "stadtwerk", "document_id": None, "resource": resource})


async def test_a_sticker_shows_the_meter_and_nothing_of_its_past(portal: Any, home: Any) -> None:
    await linked(portal, f"meters.meter:{home['one'].id}")
    page = await portal.page("/z/token-of-the-sticker")
    assert page.status_code == 200
    for shown in ("1EMH001", "Strom", "Lindenweg 4", "Firma stadtwerk"):
        assert shown in page.text, shown
    for hidden in ("12.345,6", "12345", "1EMH002", "token-of-the-sticker", "Seidel"):
        assert hidden not in page.text, hidden
    assert "set-cookie" not in page.headers
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"


async def test_a_reading_by_link_needs_no_session_and_no_cookie(portal: Any, home: Any) -> None:
    await linked(portal, f"meters.meter:{home['one'].id}")
    stored = {"register_id": home["one"].registers[0].id, "outcome": "stored", "findings": []}
    portal.owners.answer("POST", "/v1/readings", {"results": [stored]})
    data = {"day": "2026-11-20", "key": "k", field(home["one"]): "12400"}
    page = await portal.page("/z/secret", method="POST", data=data)
    assert page.status_code == 200
    assert "12400 kWh" in page.text
    assert "set-cookie" not in page.headers
    assert "location" not in page.headers
    asked = next(one for one in portal.owners.permits if "link" in one)
    assert {name: asked[name] for name in ("link", "audience", "right")} == {
        "link": "secret", "audience": "meters", "right": "meters:enter",
    }  # fmt: skip
    foreign = await portal.page("/z/secret", method="POST", data=data, headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403


async def test_a_doubted_reading_by_link_tells_nothing_of_what_was_before(portal: Any, home: Any) -> None:
    await linked(portal, f"meters.meter:{home['one'].id}")
    falling = {"code": "falling", "severity": "warning", "values": {"before": "54321.0", "before_on": "2026-01-01"}}
    back = {"register_id": home["one"].registers[0].id, "outcome": "asks_back", "findings": [falling]}
    portal.owners.answer("POST", "/v1/readings", {"results": [back]})
    page = await portal.page("/z/secret", method="POST", data={"day": "2026-11-20", field(home["one"]): "1"})
    assert page.status_code == 422
    assert "Der Wert stimmt trotzdem" in page.text
    assert "54321" not in page.text.replace(".", "")
    assert "1. Januar" not in page.text


async def test_the_link_of_a_mail_has_all_meters_that_are_asked_for(portal: Any, home: Any) -> None:
    asked = invitation(home["customer"], home["one"], home["two"])
    await portal.say(meters_pb2.ReadingInvitationSent(invitation=asked))
    await linked(portal, f"meters.invitation:{asked.id}")
    page = (await portal.page("/z/secret")).text
    assert page.count('name="value-') == 3
    assert "15. Dezember 2026" in page
    done = invitation(home["customer"], home["one"], home["two"], id=asked.id, version=2, state="done", asked="read")
    await portal.say(meters_pb2.ReadingInvitationChanged(invitation=done))
    page = await portal.page("/z/secret")
    assert page.status_code == 200
    assert "Hier ist nichts einzutragen" in page.text


async def test_a_link_that_is_over_or_unknown_has_a_page_that_says_so(portal: Any, home: Any) -> None:
    for status, words in ((410, "gilt nicht mehr"), (404, "kennen wir nicht"), (403, "nicht zur Verfügung")):
        await portal.merchant("stadtwerk", id=home["merchant"], portal_enabled=status != 403, version=1000 - status)
        portal.owners.answer("POST", "/v1/links/inspect", {"code": "x", "slug": "stadtwerk"}, status)
        for method in ("GET", "POST"):
            page = await portal.page("/z/secret", method=method)
            assert page.status_code == status
            assert words in page.text
            for word in ("Firma stadtwerk", "mailto:hallo@stadtwerk.example", "tel:+49 821 123"):
                assert word in page.text
            assert ('href="/stadtwerk/anmelden"' in page.text) == (status != 403)
    await portal.merchant("stadtwerk", id=home["merchant"], version=1000)
    await linked(portal, f"meters.meter:{uuid7()}")
    assert "Hier ist nichts einzutragen" in (await portal.page("/z/secret")).text
    portal.owners.answer("POST", "/v1/links/inspect", {"slug": "stadtwerk", "document_id": str(uuid7())})
    assert (await portal.page("/z/secret")).status_code == 404


@pytest.mark.parametrize("access", ["off", "default"])
async def test_a_link_ends_while_the_portal_is_off_for_its_customer(portal: Any, home: Any, access: str) -> None:
    await linked(portal, f"meters.meter:{home['one'].id}")
    assert home["one"].number in (await portal.page("/z/secret")).text
    state = identity_pb2.Customer(
        id=home["customer"], merchant_id=home["one"].merchant_id, epoch=1, version=2, portal_access=access
    )
    await portal.say(identity_pb2.CustomerChanged(customer=state))
    for method in ("GET", "POST"):
        page = await portal.page("/z/secret", method=method)
        assert page.status_code == 403
        assert "Dieses Portal steht Ihnen zurzeit nicht zur Verfügung." in page.text
        assert "mailto:hallo@stadtwerk.example" in page.text
        assert home["one"].number not in page.text


async def test_another_merchants_meter_is_not_shown_by_a_link(portal: Any, home: Any) -> None:
    other = await portal.merchant("anderswo")
    theirs = meter(other, await portal.customer(other), "GEHEIM-1")
    await portal.say(meters_pb2.MeterAdded(meter=theirs))
    await linked(portal, f"meters.meter:{theirs.id}")
    assert "GEHEIM-1" not in (await portal.page("/z/secret")).text
