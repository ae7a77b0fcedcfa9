"""Who only loads a document's page, as mail scanners do with scripts and all, has not read it; a person has."""

from typing import Any

from gateway_stage import browsing
from playwright.async_api import Page

from kontor_testing.browser import async_chromium
from kontor_testing.waiting import eventually

# What was on the page: the document as it is, and no comment.
SEEN = {"revision": 1, "comment_number": 0}
# Resolves once the page's script listens.
_LISTENS = """() => {
  const script = performance.getEntriesByType("resource").find((one) => one.name.includes("/seen."));
  return script && import(script.name).then(() => true);
}"""


async def opened(page: Page, document: str) -> None:
    await page.goto(f"/brunner/dokumente/{document}")
    await page.wait_for_function(_LISTENS)


async def test_a_browser_that_opens_and_leaves_has_not_read_and_one_that_is_used_has(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer)
    cookie = await portal.login("brunner", merchant, customer)
    told = f"/v1/documents/{document}/opened"
    portal.owners.answer("POST", told, {})
    async with async_chromium() as browser:
        page = await (await browsing(browser, portal, cookie)).new_page()
        await opened(page, document)
        # As those do who make a picture of the whole page.
        await page.evaluate("scrollTo(0, document.body.scrollHeight)")
        await page.goto("/brunner/dokumente")
        assert portal.owners.asked_of(told) == []
        await opened(page, document)
        await page.keyboard.press("PageDown")
        await eventually(lambda: portal.owners.asked_of(told) == [SEEN])


async def test_who_looks_at_the_page_for_some_seconds_has_read_it(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer)
    cookie = await portal.login("brunner", merchant, customer)
    told = f"/v1/documents/{document}/opened"
    portal.owners.answer("POST", told, {})
    async with async_chromium() as browser:
        page = await (await browsing(browser, portal, cookie)).new_page()
        await page.clock.install(time=0)
        await page.clock.pause_at(1000)
        await page.goto(f"/brunner/dokumente/{document}")
        await page.clock.run_for(7000)
        assert portal.owners.asked_of(told) == []

        async def told_after_a_while() -> bool:
            await page.clock.run_for(9000)
            return bool(portal.owners.asked_of(told) == [SEEN])

        await eventually(told_after_a_while)
