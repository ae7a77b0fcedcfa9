"""The form of a quote in a real browser: nothing typed is lost, and nothing is saved that nobody asked for."""

import asyncio

from admin_shop import Shop
from playwright.async_api import Browser, Page, Route
from test_admin_browser import address, browser, logged_in

__all__ = ["browser"]

_PLAN = {"name": "Plan.pdf", "media_type": "application/pdf", "sha256": "ef" * 32, "size": 2048}
_NAME = "[name='lines[0].name']"


async def new_quote(browser: Browser, shop: Shop) -> Page:
    context = await logged_in(browser, shop)
    page = await context.new_page()
    await page.goto(address(shop) + "/angebote/neu")
    return page


async def test_what_is_typed_while_a_file_goes_up_stays(browser: Browser, shop: Shop) -> None:
    shop.owners.answers["POST", "/v1/quote-files"] = _PLAN
    page, typed = await new_quote(browser, shop), asyncio.Event()

    async def hold(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await page.route("**/angebote/neu", hold)
    file = {"name": "Plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    await page.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
    await page.locator(_NAME).press_sequentially("Kessel")
    typed.set()
    await page.get_by_role("button", name="Plan.pdf entfernen").wait_for()
    assert await page.locator(_NAME).input_value() == "Kessel"
    assert await page.evaluate("document.activeElement.name") == "lines[0].name"
    await page.context.close()


async def test_a_button_whose_answer_is_lost_does_what_it_says_and_saves_nothing(browser: Browser, shop: Shop) -> None:
    page = await new_quote(browser, shop)

    async def lose(route: Route) -> None:
        await (route.abort() if route.request.resource_type == "fetch" else route.continue_())

    await page.route("**/angebote/neu", lose)
    await page.locator(_NAME).fill("Kessel")
    await page.get_by_role("button", name="Zeile hinzufügen").click()
    await page.locator("[name='lines[1].name']").wait_for()
    assert await page.locator(_NAME).input_value() == "Kessel"
    assert not [path for _method, path, _body in shop.owners.calls if path == "/v1/submissions"]
    await page.context.close()
