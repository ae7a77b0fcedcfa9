"""The page of a quote in a real browser: the total follows, the signature is drawn, axe finds nothing on phone and desk."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from gateway_quotes import RIGHTS, quote, selection
from gateway_stage import browsing
from playwright.async_api import Browser, Page, expect

from kontor.documents.v1 import documents_pb2
from kontor_testing.browser import async_chromium


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_chromium() as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def asked(portal: Any) -> dict[str, Any]:
    merchant = await portal.merchant(
        "brunner", name="Brunner Haustechnik", decline_reasons=["Zu teuer", "Kommt später"]
    )
    customer = await portal.customer(merchant, "Anna Seidel")
    id = await quote(portal, merchant, customer)
    cookie = await portal.login("brunner", merchant, customer, rights=RIGHTS)
    return {"merchant": merchant, "customer": customer, "id": id, "cookie": cookie, "here": f"/brunner/dokumente/{id}"}


def choice(portal: Any, asked: dict[str, Any], chosen: documents_pb2.Selection) -> None:
    """What the owner answers to the next choice."""
    path = f"/v1/documents/{asked['id']}/selection"
    state = documents_pb2.DocumentSnapshot(
        document=documents_pb2.Document(
            id=asked["id"], merchant_id=asked["merchant"], epoch=1, customer_id=asked["customer"], number="AN-2026-17",
            type="quote", state="shared", issue_date="2026-11-01", valid_until="2999-12-31", currency="EUR", revision=1, version=9,
            acceptance=["signature"], selection=chosen, content_sha256="d" * 64, thread_id=asked["id"],
        )
    )  # fmt: skip
    portal.owners.answer("PUT", path, portal.result(state, selection={}))


def accepts(portal: Any, asked: dict[str, Any]) -> str:
    path = f"/v1/documents/{asked['id']}/acceptance"
    portal.owners.answer(
        "POST", path, {"state": "accepted", "revision": 1, "asked_minor": 0, "order_confirmation_id": None}
    )
    return path


async def flaws(page: Page, width: int) -> list[Any]:
    found = (await Axe().run(page)).response["violations"]
    wide = await page.evaluate("document.documentElement.scrollWidth")
    return [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] + [wide] * (wide > width)


async def draw(page: Page) -> None:
    await page.locator("[data-pad] svg").scroll_into_view_if_needed()
    box = await page.locator("[data-pad] svg").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 40, box["y"] + box["height"] * 0.6)
    await page.mouse.down()
    for n in range(1, 25):
        await page.mouse.move(box["x"] + 40 + 7 * n, box["y"] + box["height"] * (0.6 - 0.25 * (n % 2)))
    await page.mouse.up()


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
async def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, portal: Any, asked: dict[str, Any], width: int, scheme: str
) -> None:
    context = await browsing(browser, portal, asked["cookie"], width, color_scheme=scheme)
    page = await context.new_page()
    await page.goto(asked["here"])
    await page.get_by_text("Angebot ablehnen").click()
    assert await flaws(page, width) == []
    await page.get_by_label("Tippen").check()
    await page.get_by_label("Ihr Vor- und Nachname").fill("")
    await page.locator("[data-accept]").click()
    await page.get_by_role("alert").first.wait_for()
    assert await flaws(page, width) == [], "with errors"
    decision = documents_pb2.Decision(name="Anna Seidel", revision=1)
    await quote(
        portal, asked["merchant"], asked["customer"], id=asked["id"], version=3, outcome="accepted", decision=decision
    )
    await page.goto(asked["here"])
    assert await flaws(page, width) == [], "accepted"
    await context.close()


async def test_the_total_follows_at_once_and_the_button_waits_for_it(
    browser: Browser, portal: Any, asked: dict[str, Any]
) -> None:
    context = await browsing(browser, portal, asked["cookie"], 390, has_touch=True)
    page = await context.new_page()
    await page.goto(asked["here"])
    await page.get_by_label("Ihr Vor- und Nachname").fill("A. Seidel")
    choice(portal, asked, selection(thermostats="5", net=1519505))
    await page.get_by_label("Mehr: Heizkörperthermostat").click()
    await expect(page.locator(".paybar strong")).to_have_text(re.compile(r"18\.082,11"))
    await expect(page.locator("[data-total]")).to_have_text(re.compile(r"18\.082,11"))
    await expect(page.locator(".binding")).to_contain_text("5 Stück Heizkörperthermostat")
    await expect(page.locator("[data-choice=net-5]")).to_have_text(re.compile("345,00"))
    await expect(page.locator("[data-said]")).to_contain_text("18.082,11")
    assert await page.get_by_label("Ihr Vor- und Nachname").input_value() == "A. Seidel"
    assert await page.locator("[name=total]").get_attribute("value") == "1808211"
    assert await page.get_by_label("Heizkörperthermostat, funkgesteuert", exact=True).is_checked()
    await context.close()


async def test_a_drawn_signature_goes_up_as_strokes_and_can_be_cleared(
    browser: Browser, portal: Any, asked: dict[str, Any]
) -> None:
    path = accepts(portal, asked)
    context = await browsing(browser, portal, asked["cookie"], 390)
    page = await context.new_page()
    await page.goto(asked["here"])
    await page.get_by_label("Ich habe die Allgemeinen").check()
    await draw(page)
    await page.get_by_role("button", name="Löschen").click()
    assert await page.locator("[name=strokes]").input_value() == ""
    await draw(page)
    assert len(json.loads(await page.locator("[name=strokes]").input_value())[0]) > 10
    await page.get_by_role("button", name="Zahlungspflichtig bestellen").click()
    await page.get_by_text("Vielen Dank! Ihr Auftrag ist erteilt.").wait_for()
    (body,) = portal.owners.asked_of(path)
    assert body["signature"]["kind"] == "drawn"
    assert body["consents"] == ["agb-3"]
    await context.close()


async def test_the_keyboard_alone_accepts_with_a_typed_name(
    browser: Browser, portal: Any, asked: dict[str, Any]
) -> None:
    path = accepts(portal, asked)
    context = await browsing(browser, portal, asked["cookie"])
    page = await context.new_page()
    await page.goto(asked["here"])
    await page.get_by_label("Ich habe die Allgemeinen").press("Space")
    await page.get_by_label("Zeichnen").press("ArrowRight")
    await page.get_by_label("Ihr voller Name als Unterschrift").press_sequentially("Anna Seidel")
    await page.locator("[data-accept]").press("Enter")
    await page.get_by_text("Vielen Dank! Ihr Auftrag ist erteilt.").wait_for()
    (body,) = portal.owners.asked_of(path)
    assert body["signature"] == {"kind": "typed", "text": "Anna Seidel"}
    await context.close()


async def test_an_open_page_says_that_the_quote_was_amended_and_keeps_what_is_typed(
    browser: Browser, portal: Any, asked: dict[str, Any]
) -> None:
    context = await browsing(browser, portal, asked["cookie"])
    page = await context.new_page()
    await page.goto(asked["here"])
    await page.get_by_label("Ihr Vor- und Nachname").fill("Anna Seidel-Groß")
    await quote(portal, asked["merchant"], asked["customer"], id=asked["id"], version=4, revision=2)
    await page.get_by_text("Dieses Angebot hat sich geändert").wait_for()
    assert await page.locator("[data-accept]").is_disabled()
    assert await page.get_by_label("Ihr Vor- und Nachname").input_value() == "Anna Seidel-Groß"
    await context.close()


async def test_without_scripts_a_choice_is_updated_and_a_typed_name_accepts(
    browser: Browser, portal: Any, asked: dict[str, Any]
) -> None:
    path = accepts(portal, asked)
    context = await browsing(browser, portal, asked["cookie"], 390, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(asked["here"])
    assert not await page.locator("[data-pad]").is_visible()
    await page.get_by_label("Ihr voller Name als Unterschrift").fill("Anna Seidel")
    choice(portal, asked, selection(without=("5",), net=1370610))
    await page.get_by_label("Pufferspeicher 300 l", exact=True).uncheck()
    await page.get_by_role("button", name="Auswahl aktualisieren").click()
    await expect(page.locator("[data-total]")).to_have_text(re.compile(r"16\.310,26"))
    assert await page.get_by_label("Ihr voller Name als Unterschrift").input_value() == "Anna Seidel"
    if await page.get_by_label("Ich habe die Allgemeinen").count():
        await page.get_by_label("Ich habe die Allgemeinen").check()
    await page.locator("[data-accept]").click()
    await page.get_by_text("Vielen Dank! Ihr Auftrag ist erteilt.").wait_for()
    (body,) = portal.owners.asked_of(path)
    assert [line["selected"] for line in body["selection"]["lines"]] == [True, False, False, False, False]
    await context.close()
