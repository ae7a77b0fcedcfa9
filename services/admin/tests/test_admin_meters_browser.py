"""Meters in a real browser: axe finds nothing, nothing overflows, the count and the progress come by themselves."""

import admin_meters as made
import pytest
from admin_shop import Shop, answer_of
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser
from starlette.responses import Response
from test_admin_browser import address, browser, logged_in

__all__ = ["browser"]

# A picture of one pixel: what it shows does not matter here.
_PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
async def test_axe_finds_nothing_on_any_page_about_meters_and_nothing_overflows(
    browser: Browser, shop: Shop, width: int, scheme: str
) -> None:
    ids = await made.filled(shop)
    shop.owners.answers["GET", f"/v1/readings/{ids['odd']}/photo"] = Response(_PHOTO, media_type="image/png")
    context = await logged_in(browser, shop, width, color_scheme=scheme)
    page = await context.new_page()
    for path in made.pages(ids):
        await page.goto(address(shop) + path)
        found = (await Axe().run(page)).response["violations"]
        assert [(path, v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
    await context.close()


async def test_the_progress_of_a_file_comes_without_a_reload(browser: Browser, shop: Shop) -> None:
    running = made.batch(shop, state="running", total=100, stored=10)
    await shop.told(running)
    context = await logged_in(browser, shop)
    page = await context.new_page()
    await page.goto(f"{address(shop)}/zaehler/dateien/{running.batch.id}")
    await page.get_by_text("10 von 100 Zeilen").wait_for()
    await shop.told(made.batch(shop, id=running.batch.id, version=2, state="running", total=100, stored=60))
    await page.get_by_text("60 von 100 Zeilen").wait_for()
    await shop.told(made.batch(shop, id=running.batch.id, version=3, state="done", total=100, stored=100))
    await page.locator(".state.paid").wait_for()
    assert await page.get_by_text("60 von 100 Zeilen").count() == 0
    await context.close()


async def test_a_meter_is_added_with_scripts_switched_off(browser: Browser, shop: Shop) -> None:
    added = made.meter(shop, "1EMH1")
    shop.owners.answers["POST", "/v1/meters"] = answer_of(added)
    context = await logged_in(browser, shop, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(address(shop) + "/zaehler")
    await page.get_by_role("link", name="Zähler anlegen").first.click()
    await page.get_by_role("link", name="Zwei Tarife").click()
    await page.fill("#number", "1EMH1")
    await page.get_by_role("button", name="Zählwerk hinzufügen").click()
    await page.fill("[id='registers[2].obis']", "1-0:2.8.0")
    await page.get_by_role("button", name="Zählwerk 1 entfernen").click()
    await page.get_by_role("button", name="Speichern").last.click()
    await page.get_by_role("heading", name="Zähler 1EMH1").wait_for()
    assert [register["obis"] for register in shop.owners.calls[-1][2]["registers"]] == ["1-0:1.8.2", "1-0:2.8.0"]
    await context.close()
