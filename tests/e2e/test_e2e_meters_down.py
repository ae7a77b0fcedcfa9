"""While meters does not answer: its pages render, what was typed is kept, and the action says to try again."""

import re

import pytest
from playwright.sync_api import expect

from kontor_testing.people import Customer, Erp, Merchant


@pytest.fixture(scope="module")
def without_meters(tmp_path_factory, start_platform, browser):
    """A platform whose owner of meters is gone; a customer and staff are logged in from before."""
    folder = tmp_path_factory.mktemp("kontor-meters-down")
    folder.chmod(0o755)
    running = start_platform(folder)
    context = browser.new_context(locale="de-DE")
    context.set_default_timeout(15_000)
    customer = Customer(context.new_page(), running.run["gateway"])
    customer.log_in(running.run["customer"]["email"], running.run["customer"]["password"])
    customer.page.wait_for_url(re.compile("/brunner$"))
    staff = Merchant(context.new_page(), running.run["admin"])
    staff.log_in(**running.run["merchant"])
    staff.page.wait_for_url(f"{staff.admin}/")
    running.stop()
    running.start("--without", "meters")
    yield running, customer, staff
    context.close()
    running.stop()


def test_pages_show_what_they_know_and_entering_says_try_again(without_meters):
    _running, customer, staff = without_meters
    page = customer.page
    page.goto(f"{customer.gateway}/brunner/zaehler")
    name = page.locator("table.meters a.strong").first
    expect(name).to_be_visible()
    name.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto(f"{customer.gateway}/brunner/zaehler/melden")
    field = page.locator("input[inputmode=decimal]").first
    field.fill("123456")
    page.get_by_role("button", name="Zählerstände senden").click()
    expect(page.get_by_role("alert")).to_contain_text("gerade nicht")
    expect(page.locator("input[inputmode=decimal]").first).to_have_value("123456")

    for path in ("", "/pruefen", "/anfragen", "/anfragen/neu", "/dateien", "/ablesen", "/aufkleber", "/neu"):
        assert staff.page.request.get(f"{staff.admin}/zaehler{path}").status == 200, path


def test_another_system_is_told_that_nothing_was_taken(without_meters):
    running, _customer, _staff = without_meters
    erp = Erp(running.run["gateway"], running.run["api_key"])
    reading = {"meter": "x", "obis": "1-0:1.8.0", "value": "1", "taken_at": "2026-01-01"}
    answer = erp.call("POST", "/api/ingest/v1/readings", json={"readings": [reading]})
    assert (answer.status_code, answer.json()["code"]) == (503, "owner_unavailable")
