"""The meters' pages in a real browser: axe finds nothing, nothing overflows, scripts only improve."""

import re
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from gateway_meters import reading
from gateway_stage import browsing, furnished, manager
from PIL import Image
from playwright.async_api import Browser, Page

from kontor.meters.v1 import meters_pb2
from kontor_testing.browser import async_chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_chromium() as opened:
        yield opened


async def flaws(page: Page, width: int) -> list[Any]:
    """What axe finds, and whether the page is wider than the window."""
    found = (await Axe().run(page)).response["violations"]
    wide = await page.evaluate("document.documentElement.scrollWidth")
    return [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] + [wide] * (wide > width)


def asks_back(home: dict[str, Any]) -> dict[str, Any]:
    """Of two readings one is doubted, the other taken."""
    falling = {"code": "falling", "severity": "warning", "values": {"before": "12345.6", "before_on": "2026-10-31"}}
    return {"results": [
        {"register_id": home["power"].registers[0].id, "outcome": "asks_back", "findings": [falling]},
        {"register_id": home["gas"].registers[0].id, "outcome": "stored", "findings": []},
    ]}  # fmt: skip


async def typed(page: Page, home: dict[str, Any]) -> None:
    await page.fill(f"[name='value-{home['power'].registers[0].id}']", "12.100")
    await page.fill(f"[name='value-{home['gas'].registers[0].id}']", "5.100,5")
    await page.click(".send .button")
    await page.locator(".taken").wait_for()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
async def test_axe_finds_nothing_on_any_page_and_nothing_overflows(
    browser: Browser, portal: Any, width: int, scheme: str
) -> None:
    home = await furnished(portal)
    values = [{"from": f"2026-06-21T{n // 4:02d}:{n % 4 * 15:02d}:00+02:00", "value": "0.2"} for n in range(96)]
    portal.owners.answer(
        "GET", f"/v1/series/{home['power'].registers[2].series_id}/days/2026-06-21", {"unit": "kWh", "values": values}
    )
    portal.owners.answer(
        "POST", "/v1/links/inspect", {"slug": "stadtwerk", "resource": f"meters.meter:{home['gas'].id}"}
    )
    portal.owners.answer("POST", "/v1/readings", asks_back(home))
    context = await browsing(browser, portal, home["cookie"], width, color_scheme=scheme)
    page = await context.new_page()
    here = f"/stadtwerk/zaehler/{home['power'].id}"
    for path in ("/stadtwerk", "/stadtwerk/zaehler", here, f"{here}?day=2026-06-21", f"{here}?years=1",
                 f"/stadtwerk/zaehler/{home['gas'].id}", "/stadtwerk/zaehler?q=nothing",
                 f"/stadtwerk/zaehler/{home['water'].id}", "/z/secret", "/stadtwerk/zaehler/melden"):  # fmt: skip
        await page.goto(path)
        assert await flaws(page, width) == [], path
    await typed(page, home)
    assert await flaws(page, width) == [], "readings that came back"
    for status in (404, 410):
        portal.owners.answer("POST", "/v1/links/inspect", {"code": "x"}, status)
        await page.goto("/z/secret")
        assert await flaws(page, width) == [], f"link {status}"
    await context.close()
    await with_forty(browser, portal, home["merchant"], width, scheme)


async def with_forty(browser: Browser, portal: Any, merchant: str, width: int, scheme: str) -> None:
    context = await browsing(browser, portal, await manager(portal, merchant), width, color_scheme=scheme)
    page = await context.new_page()
    for path in ("/stadtwerk/zaehler", "/stadtwerk/zaehler/melden"):
        await page.goto(path)
        assert await flaws(page, width) == [], path
    assert await page.locator("input[inputmode=decimal]").count() == 40
    await context.close()


async def test_readings_are_entered_without_scripts(browser: Browser, portal: Any) -> None:
    home = await furnished(portal)
    portal.owners.answer("POST", "/v1/readings", asks_back(home))
    context = await browsing(browser, portal, home["cookie"], 360, java_script_enabled=False)
    page = await context.new_page()
    await page.goto("/stadtwerk/zaehler")
    await page.locator(".asked").get_by_role("link", name="Zählerstände melden").click()
    assert await page.locator("fieldset.meter").count() == 2
    await page.goto("/stadtwerk/zaehler/melden")
    assert await page.locator("input[type=file]").first.is_visible()
    await typed(page, home)
    doubted = page.locator(f"[name='value-{home['power'].registers[0].id}']")
    assert await doubted.input_value() == "12.100"
    questioned = {"register_id": home["power"].registers[0].id, "outcome": "questioned", "findings": []}
    portal.owners.answer("POST", "/v1/readings", {"results": [questioned]})
    await page.get_by_label("Der Wert stimmt trotzdem").check()
    await page.click(".send .button")
    await page.get_by_text("wird geprüft").first.wait_for()
    assert portal.owners.asked_of("/v1/readings")[-1]["readings"][0]["insist"] is True
    await context.close()


async def test_a_picture_is_drawn_smaller_before_it_goes_up(browser: Browser, portal: Any) -> None:
    home = await furnished(portal)
    portal.owners.answer("POST", "/v1/photos", {"sha256": "a" * 64}, 201)
    portal.owners.answer("POST", "/v1/readings", asks_back(home))
    large = BytesIO()
    Image.effect_noise((3000, 2000), 80).convert("RGB").save(large, "JPEG", quality=95)
    context = await browsing(browser, portal, home["cookie"])
    page = await context.new_page()
    await page.goto("/stadtwerk/zaehler/melden")
    field = page.locator(f"[name='photo-{home['gas'].id}']")
    await field.set_input_files({"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": large.getvalue()})
    await page.wait_for_function(
        "name => document.querySelector(`[name='${name}']`).files[0].name === 'photo.jpg'",
        arg=f"photo-{home['gas'].id}",
    )
    await typed(page, home)
    sent = portal.owners.asked_of("/v1/photos")[0]
    jpeg = sent[sent.index(b"\xff\xd8") :]
    assert max(Image.open(BytesIO(jpeg)).size) == 1600
    assert len(sent) < len(large.getvalue()) / 2
    await context.close()


async def test_what_a_browser_cannot_read_goes_up_as_it_is(browser: Browser, portal: Any) -> None:
    home = await furnished(portal)
    portal.owners.answer("POST", "/v1/photos", {"sha256": "a" * 64}, 201)
    portal.owners.answer("POST", "/v1/readings", asks_back(home))
    context = await browsing(browser, portal, home["cookie"])
    page = await context.new_page()
    await page.goto("/stadtwerk/zaehler/melden")
    heic = b"\x00\x00\x00\x18ftypheic" + b"x" * 3_000_000
    await page.locator(f"[name='photo-{home['power'].id}']").set_input_files(
        {"name": "IMG_2.HEIC", "mimeType": "image/heic", "buffer": heic}
    )
    await typed(page, home)
    assert heic in portal.owners.asked_of("/v1/photos")[0]
    await page.get_by_text("Foto vorhanden").wait_for()
    await context.close()


async def test_an_open_page_shows_a_reading_as_soon_as_it_is_accepted(browser: Browser, portal: Any) -> None:
    home = await furnished(portal)
    waiting = reading(home["gas"], "5000", "2026-11-01T11:00:00Z", state="to_be_checked")
    await portal.say(meters_pb2.ReadingQuestioned(reading=waiting))
    context = await browsing(browser, portal, home["cookie"])
    page = await context.new_page()
    await page.goto(f"/stadtwerk/zaehler/{home['gas'].id}")
    row = page.locator("tr", has_text="5.000,000")
    await row.locator(".state.open").wait_for()
    accepted = meters_pb2.Reading()
    accepted.CopyFrom(waiting)
    accepted.state, accepted.version = "valid", 2
    await portal.say(meters_pb2.ReadingAccepted(reading=accepted))
    await row.locator(".state.paid").wait_for()
    assert await row.locator(".state.open").count() == 0
    await context.close()


async def test_no_page_of_a_link_leads_elsewhere_with_its_secret(browser: Browser, portal: Any) -> None:
    home = await furnished(portal)
    portal.owners.answer(
        "POST", "/v1/links/inspect", {"slug": "stadtwerk", "resource": f"meters.meter:{home['gas'].id}"}
    )
    context = await browser.new_context(base_url=portal.url.replace("127.0.0.1", "localhost"), locale="de-DE")
    page = await context.new_page()
    seen: list[tuple[str, dict[str, str]]] = []
    page.on("request", lambda request: seen.append((request.url, request.headers)))
    await page.goto("/z/very-secret")
    others = [(url, headers) for url, headers in seen if not url.endswith("/z/very-secret")]
    assert others, "the page has styles and scripts"
    assert not any("very-secret" in url or "very-secret" in headers.get("referer", "") for url, headers in others)
    assert await context.cookies() == []
    assert not re.search(r"4\.?711", await page.content())
    await context.close()
