"""The gallery in a real browser: axe finds nothing, nothing overflows, scripts only improve."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Route

from kontor_testing.browser import async_chromium


@pytest.fixture
async def browser():
    async with async_chromium() as opened:
        yield opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_and_nothing_overflows(browser: Browser, gallery: str, scheme: str) -> None:
    for path, width in (
        ("/", 1440),
        ("/?accent=ffcc00", 320),
        ("/document", 1440),
        ("/document?accent=ffcc00", 320),
        ("/charts", 1440),
        ("/charts?accent=ffcc00", 320),
        ("/l/x", 320),
        ("/gone", 320),
    ):
        context = await browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce"
        )  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(gallery + path)
        found = (await Axe().run(page)).response["violations"]
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await context.close()


async def test_an_open_page_loses_its_pay_button_when_it_is_paid(browser: Browser) -> None:
    from kontor_gallery import create_app
    from kontor_testing.serving import serving

    app = create_app()
    async with serving(app) as address:
        page = await browser.new_page()
        await page.goto(address.replace("127.0.0.1", "localhost") + "/document")
        await page.get_by_text("Jetzt bezahlen").first.wait_for()
        app.state.paid = True
        app.state.hub.publish({"all"})
        await page.get_by_text("vollständig bezahlt").wait_for()
        assert await page.get_by_text("Jetzt bezahlen").count() == 0
        assert await page.get_by_text("Die Seite wurde aktualisiert.").count() == 1
        await page.close()


async def test_news_that_a_busy_server_did_not_answer_is_fetched_again(browser: Browser) -> None:
    from kontor_gallery import create_app
    from kontor_testing.serving import serving

    app, refused = create_app(), []

    async def refuse_once(route: Route) -> None:
        refused.append(route.request.url)
        await route.fulfill(status=503)

    async with serving(app) as address:
        page = await browser.new_page()
        await page.goto(address.replace("127.0.0.1", "localhost") + "/document")
        await page.get_by_text("Jetzt bezahlen").first.wait_for()
        await page.route("**/document", refuse_once, times=1)
        app.state.paid = True
        app.state.hub.publish({"all"})
        await page.get_by_text("vollständig bezahlt").wait_for()
        assert len(refused) == 1
        await page.close()


async def test_a_file_that_is_printed_twice_is_fetched_once(browser: Browser, gallery: str) -> None:
    counting = "<script>print = () => { const { dataset } = parent.document.body; dataset.prints = 1 + +(dataset.prints ?? 0) }</script>"
    fetched: list[str] = []

    async def answer(route: Route) -> None:
        fetched.append(route.request.url)
        await route.fulfill(body=counting, content_type="text/html")

    page = await browser.new_page()
    await page.route("**/file.pdf", answer)
    await page.goto(gallery + "/document")
    await page.wait_for_selector("html.with-scripts")
    button = page.locator("[data-print]")
    await button.evaluate("button => { button.dataset.print = '/file.pdf' }")
    for times in ("1", "2", "3"):
        await button.click()
        await page.wait_for_selector(f"body[data-prints='{times}']")
    assert len(fetched) == 1
    await page.close()


async def test_paying_opens_at_the_side_with_scripts_and_as_a_page_without(browser: Browser, gallery: str) -> None:
    page = await browser.new_page()
    await page.goto(gallery + "/document")
    await page.wait_for_selector("html.with-scripts")
    await page.get_by_text("Jetzt bezahlen").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("Wie möchten Sie bezahlen?").wait_for()
    await page.keyboard.press("Escape")
    assert await page.get_by_role("dialog").count() == 0
    context = await browser.new_context(java_script_enabled=False)
    plain = await context.new_page()
    await plain.goto(gallery + "/document")
    await plain.get_by_text("Jetzt bezahlen").first.click()
    assert plain.url.endswith("/l/pay")
    await context.close()


async def test_a_date_is_typed_as_it_is_written_or_chosen_from_a_calendar(browser: Browser, gallery: str) -> None:
    page = await browser.new_page()
    await page.goto(gallery)
    await page.wait_for_selector("html.with-scripts")
    field, calendar = page.get_by_label("Tag"), page.locator("#day + .pick input")
    assert await field.input_value() == "28.11.2026"
    assert await field.get_attribute("placeholder") == "TT.MM.JJJJ"
    await field.fill("3.12.2026")
    await page.get_by_role("button", name="Aus einem Kalender wählen").click()
    assert await calendar.input_value() == "2026-12-03"
    await calendar.evaluate(
        "day => { day.value = '2026-12-24'; day.dispatchEvent(new Event('change', { bubbles: true })) }"
    )
    assert await field.input_value() == "24.12.2026"
    await page.close()


async def test_a_file_that_is_too_large_is_said_before_it_is_sent(browser: Browser, gallery: str) -> None:
    page = await browser.new_page()
    await page.goto(gallery)
    await page.wait_for_selector("html.with-scripts")
    for size, said in ((1001, "Die Datei ist größer als 1\xa0kB."), (1000, "")):
        content = {"name": "a.csv", "mimeType": "text/csv", "buffer": b"x" * size}
        await page.set_input_files("#file", content)  # type: ignore[arg-type]
        assert await page.locator("#file").evaluate("field => field.validationMessage") == said
    await page.close()


async def test_without_a_connection_what_was_typed_stays(browser: Browser, gallery: str) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    await page.goto(gallery)
    await page.wait_for_selector("html.with-scripts")
    await page.fill("#amount", "12,50")
    await context.set_offline(True)
    await page.keyboard.press("Enter")
    note = page.get_by_role("alert").filter(has_text="Sie sind offline.")
    await note.wait_for()
    assert await page.input_value("#amount") == "12,50"
    await context.set_offline(False)
    await note.wait_for(state="detached")
    await page.keyboard.press("Enter")
    await page.get_by_text("1250").wait_for()
    assert await page.get_by_text("1250").count() == 1
    await context.close()


async def test_a_computer_without_network_reaches_the_server_that_runs_on_it(browser: Browser, gallery: str) -> None:
    page = await browser.new_page()
    await page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    await page.goto(gallery)
    await page.wait_for_selector("html.with-scripts")
    await page.fill("#amount", "12,50")
    await page.keyboard.press("Enter")
    await page.get_by_text("1250").wait_for()
    assert await page.get_by_text("1250").count() == 1
    await page.close()


async def test_a_form_can_be_sent_by_keyboard_in_a_real_browser(browser: Browser, gallery: str) -> None:
    page = await browser.new_page()
    await page.goto(gallery)
    await page.fill("#amount", "12,50")
    await page.keyboard.press("Enter")
    await page.get_by_text("1250").wait_for()
    assert await page.get_by_text("1250").count() == 1
    await page.close()


async def test_the_first_tab_stop_leads_to_the_content(browser: Browser, gallery: str) -> None:
    page = await browser.new_page()
    await page.goto(gallery)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
