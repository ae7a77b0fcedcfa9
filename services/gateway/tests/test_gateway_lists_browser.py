"""The documents list and an open document in a real browser: axe finds nothing, nothing overflows, filters work by keyboard."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from gateway_stage import browsing
from playwright.async_api import Browser, expect

from kontor.documents.v1 import documents_pb2
from kontor_testing.browser import async_chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_chromium() as opened:
        yield opened


async def stocked(portal: Any) -> tuple[str, dict[str, str]]:
    """A supplier's documents of all kinds; one of them, and the cookie."""
    merchant = await portal.merchant("brunner", types=("invoice", "quote", "purchase_order", "delivery_note"))
    customer = await portal.customer(merchant, roles=["customer", "supplier"])
    order = {"references": [documents_pb2.Reference(kind="sales_order", number="AU-2026-0402")]}
    await portal.document(merchant, customer, "AN-1", type="quote", outcome="declined", issue_date="2025-02-01")
    await portal.document(
        merchant, customer, "BE-1", type="purchase_order", roles=["supplier"], issue_date="2026-02-01"
    )
    await portal.document(merchant, customer, "GS-1", direction="incoming", roles=["supplier"], issue_date="2026-03-01")
    document = await portal.document(merchant, customer, "RE-1", direction="outgoing", **order)
    await portal.document(merchant, customer, "RE-2", issue_date="2026-11-02", **order)
    return document, await portal.login("brunner", merchant, customer, subject="contact:1")


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (768, "dark"), (1100, "light"), (1440, "dark")])
async def test_axe_finds_nothing_and_nothing_overflows(browser: Browser, portal: Any, width: int, scheme: str) -> None:
    document, cookie = await stocked(portal)
    context = await browsing(browser, portal, cookie, width, color_scheme=scheme)
    page = await context.new_page()
    for path in ("", "?from=31.02.2026", "?label=AU-2026-0402&direction=outgoing", f"/{document}"):
        await page.goto(f"/brunner/dokumente{path}")
        found = (await Axe().run(page)).response["violations"]
        assert [(v["id"], [node["html"] for node in v["nodes"]]) for v in found] == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
    await context.close()


async def test_a_typed_day_narrows_the_list_and_stays_in_its_field(browser: Browser, portal: Any) -> None:
    _, cookie = await stocked(portal)
    context = await browsing(browser, portal, cookie)
    page = await context.new_page()
    await page.goto("/brunner/dokumente")
    await page.get_by_text("Weitere Filter").click()
    await page.get_by_label("Von", exact=True).fill("1.11.2026")
    await page.keyboard.press("Enter")
    await expect(page.locator("table.documents tbody tr")).to_have_count(2)
    await expect(page.get_by_label("Von", exact=True)).to_have_value("1.11.2026")
    await context.close()
