"""Quotes: one is asked about, chosen from and signed on a phone, with and without scripts; one is declined, one runs out and
is extended."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from .people import Customer, fresh

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LINES = [
    {"id": "1", "name": "Wärmepumpe 12 kW", "net_price": "10000.00", "tax_rate": "19"},
    {"id": "2", "name": "Pufferspeicher", "net_price": "1000.00", "tax_rate": "19", "optional": True, "group": "Zubehör"},
    {"id": "3", "name": "Thermostat", "net_price": "50.00", "tax_rate": "19", "quantity": "2", "optional": True, "group": "Zubehör",
     "quantity_min": "1", "quantity_max": "10"},
]  # fmt: skip


@pytest.fixture
def quote(erp):
    """Hands in a quote for a customer of its own and waits until it is shared."""

    def hand_in(kind="consumer", **said):
        data = {
            "type": "quote",
            "due_date": None,
            "valid_until": (date.today() + timedelta(days=30)).isoformat(),
            "lines": LINES,
        }
        customer = erp.customer(kind=kind)
        return erp.invoice(customer["number"], **{**data, "number": fresh("AN"), **said}) | {"mail": customer["email"]}

    return hand_in


def draw(page):
    pad = page.locator("[data-pad] svg")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 80)
    page.mouse.down()
    for n in range(1, 25):
        page.mouse.move(box["x"] + 40 + 7 * n, box["y"] + 80 - 35 * (n % 2))
    page.mouse.up()


def ask(page, text):
    """In the conversation on the document's page."""
    form = page.locator("form[action$='/kommentare']")
    form.locator("[name=text]").fill(text)
    form.get_by_role("button", name="Nachricht senden").click()


def answer(merchant, document, question, text):
    """Staff read the question on the document's page and answer it there."""
    merchant.go(f"/dokumente/{document['id']}")
    expect(merchant.page.locator("[data-part=talk]")).to_contain_text(question)
    merchant.page.get_by_label("Ihre Antwort").fill(text)
    merchant.page.get_by_role("button", name="Antwort senden").click()
    expect(merchant.page.locator("[data-part=talk]")).to_contain_text(text)


def test_a_quote_is_asked_about_chosen_from_and_signed_on_a_phone(platform, erp, quote, new_page, merchant):
    document, start = quote(), erp.last_position()
    page = new_page(**PHONE)
    Customer(page, platform.run["gateway"]).open(document["portal_url"])
    ask(page, "Passt sie in unseren Keller?")
    expect(page.locator("[data-part=talk]")).to_contain_text("Passt sie in unseren Keller?")
    answer(merchant, document, "Passt sie in unseren Keller?", "Ja, sie ist 90 cm breit.")
    expect(page.locator("[data-part=talk]")).to_contain_text("Ja, sie ist 90 cm breit.")
    merchant.go("/")
    board = merchant.page.locator("[data-part=panel-quotes]")
    expect(board).to_be_visible()
    expect(page.locator("[data-total]")).to_have_text(re.compile(r"11\.900,00"))
    page.get_by_label("Pufferspeicher", exact=True).check()
    expect(page.locator(".paybar strong")).to_have_text(re.compile(r"13\.090,00"))
    page.get_by_label("Mehr: Thermostat").click()
    expect(page.locator("[data-total]")).to_have_text(re.compile(r"13\.268,50"))
    page.get_by_label("Ihr Vor- und Nachname").fill("Erika Muster")
    for consent in page.locator("[name=consent]").all():
        consent.check()
    draw(page)
    merchant.page.evaluate("window.stillTheSame = true")
    page.get_by_role("button", name="Zahlungspflichtig bestellen").click()
    expect(page.get_by_text("Vielen Dank! Ihr Auftrag ist erteilt.")).to_be_visible()
    expect(page.get_by_text("Angenommen von Erika Muster").first).to_be_visible()
    expect(board.get_by_role("row").filter(has_text=document["number"])).to_contain_text("angenommen")
    assert merchant.page.evaluate("window.stillTheSame")
    accepted = erp.event(start, "documents.document.accepted", document["id"])
    told = str(accepted)
    assert "Erika Muster" in told
    assert "strokes" not in told
    expect(page.get_by_role("link", name=re.compile("Auftragsbestätigung")).first).to_be_visible()
    expect(merchant.listed(document["number"])).to_contain_text("13.268,50")


def test_a_quote_is_signed_with_a_typed_name_without_scripts(platform, erp, quote, new_page):
    document, start = quote(acceptance=["signature"]), erp.last_position()
    page = new_page(**PHONE, java_script_enabled=False)
    page.goto(document["portal_url"])
    page.get_by_role("button").first.click()
    page.get_by_label("Pufferspeicher", exact=True).check()
    page.get_by_role("button", name="Auswahl aktualisieren").click()
    expect(page.locator("[data-total]")).to_have_text(re.compile(r"13\.090,00"))
    page.get_by_label("Ihr Vor- und Nachname").fill("Erika Muster")
    for consent in page.locator("[name=consent]").all():
        consent.check()
    page.get_by_label("Ihr voller Name als Unterschrift").fill("Erika Muster")
    page.get_by_role("button", name="Zahlungspflichtig bestellen").click()
    expect(page.get_by_text("Angenommen von Erika Muster").first).to_be_visible()
    assert "Erika Muster" in str(erp.event(start, "documents.document.accepted", document["id"]))


def test_a_quote_is_declined_without_scripts(platform, erp, quote, new_page):
    document, start = quote(), erp.last_position()
    page = new_page(**PHONE, java_script_enabled=False)
    page.goto(document["portal_url"])
    page.get_by_role("button").first.click()
    page.get_by_text("Angebot ablehnen").click()
    page.get_by_label("Was möchten Sie uns mitteilen?").fill("Wir bauen erst nächstes Jahr.")
    page.get_by_role("button", name="Endgültig ablehnen").click()
    expect(page.get_by_text("Dieses Angebot wurde abgelehnt")).to_be_visible()
    assert "nächstes Jahr" in str(erp.event(start, "documents.document.declined", document["id"]))


def test_a_quote_runs_out_and_is_extended(platform, erp, quote, new_page):
    written, last = (date.today() - timedelta(days=days) for days in (9, 1))
    document = quote(issue_date=written.isoformat(), delivery_date=None, valid_until=last.isoformat())
    start = erp.last_position()
    page = new_page()
    Customer(page, platform.run["gateway"]).open(document["portal_url"])
    page.get_by_label("Wie viel Zeit brauchen Sie?").fill("Eine Woche")
    page.get_by_role("button", name="Um mehr Zeit bitten").click()
    expect(page.get_by_text("melden uns bei Ihnen")).to_be_visible()
    assert "Eine Woche" in str(erp.event(start, "extension_requested", document["id"]))
    until = (date.today() + timedelta(days=7)).isoformat()
    answer = erp.call("POST", f"/api/ingest/v1/documents/{document['external_id']}/extend", json={"valid_until": until})
    assert answer.status_code == 200, answer.text
    expect(page.get_by_role("button", name="Zahlungspflichtig bestellen")).to_be_visible()
