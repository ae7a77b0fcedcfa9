"""The merchant's side: uploading, releasing, sharing, settings, customers, links, keys, mails."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from kontor_testing.waiting import until

from .people import Merchant, fresh

pytestmark = pytest.mark.parametrize("platform", ["postgres"], indirect=True)


@pytest.fixture
def release_by_hand(merchant):
    """Automatic release is off while this test runs."""
    _automatic(merchant, False)
    yield
    _automatic(merchant, True)


def _automatic(merchant, on):
    merchant.go("/einstellungen")
    merchant.page.get_by_label("Dokumente teilen, sobald nichts dagegen spricht").set_checked(on)
    merchant.page.get_by_role("button", name="Speichern").click()
    merchant.said("Gespeichert.")


STRAY = {"name": "Fremd KG", "address": {"line1": "Weg 2", "post_code": "86150", "city": "Augsburg"}}


def waiting(erp, customer, **said):
    """An invoice that waits for its release."""
    status = erp.ended(erp.hand_in(json=erp.invoice_data(customer, **said)))
    assert status["status"] == "processed", status["error"]
    assert status["document"]["state"] == "waiting"
    return status["document"]


def row(merchant, number):
    return merchant.page.get_by_role("row").filter(has_text=number)


def test_staff_logs_in_and_out(platform, new_page):
    staff = Merchant(new_page(), platform.run["admin"])
    staff.go("/dokumente")
    expect(staff.page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    staff.log_in(platform.run["merchant"]["email"], "falsch")
    expect(staff.page.get_by_role("alert")).to_contain_text("E-Mail-Adresse oder Passwort ist falsch.")
    staff.log_in(**platform.run["merchant"])
    expect(staff.page.get_by_role("navigation").get_by_role("link", name="Freigabe")).to_be_visible()
    staff.go("/konto")
    staff.page.get_by_role("button", name="Abmelden", exact=True).click()
    staff.go("/")
    expect(staff.page.get_by_role("heading", level=1)).to_have_text("Anmelden")


def test_several_files_are_uploaded_and_the_broken_one_says_why(platform, erp, merchant, customer, tmp_path):
    numbers = [fresh("UP"), fresh("UP")]
    known = erp.invoice()
    files = []
    for number in numbers:
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_bytes(customer.einvoice(known, number))
    files.append(tmp_path / "kaputt.xml")
    files[-1].write_text("<Invoice>")
    merchant.go("/hochladen")
    merchant.page.get_by_label("Dateien", exact=True).set_input_files(files)
    for number in numbers:
        expect(merchant.page.get_by_role("link", name=f"Rechnung {number}")).to_be_visible()
    broken = merchant.page.locator("[data-result]").filter(has_text="kaputt.xml")
    expect(broken).to_contain_text("abgelehnt")
    expect(broken.locator(".wrong")).to_contain_text("XML")


def test_the_release_list_sorts_by_what_stands_against_it(platform, erp, merchant, release_by_hand):
    ready = waiting(erp, erp.customer()["number"])
    silent = waiting(erp, erp.customer(email="")["number"])
    stray = waiting(erp, fresh("FREMD"), buyer=STRAY)
    merchant.go("/freigabe")
    expect(row(merchant, ready["number"])).to_contain_text("bereit")
    expect(row(merchant, silent["number"])).to_contain_text("Keine E-Mail-Adresse")
    expect(row(merchant, stray["number"])).to_contain_text("wartet auf Kunde FREMD")


def test_the_unmatched_is_assigned_by_hand_and_released_together_with_others(platform, erp, merchant, release_by_hand):
    buyer = erp.customer()
    first, second = (waiting(erp, buyer["number"]) for _ in range(2))
    stray = waiting(erp, fresh("FREMD"), buyer=STRAY)
    merchant.go("/freigabe")
    row(merchant, stray["number"]).get_by_role("link", name="Zuordnen").click()
    merchant.page.get_by_role("searchbox").fill(buyer["number"])
    merchant.page.get_by_role("searchbox").press("Enter")
    merchant.page.get_by_role("row").filter(has_text=buyer["number"]).get_by_role("button", name="Zuordnen").click()
    merchant.said("Zugeordnet.")
    merchant.go("/freigabe?gruppe=ready")
    boxes = merchant.page.get_by_role("checkbox", name=re.compile(r"-\d+ auswählen"))
    for box in boxes.all():
        box.uncheck()
    for document in (first, second, stray):
        merchant.page.get_by_role("checkbox", name=f"{document['number']} auswählen").check()
    merchant.page.get_by_role("button", name="Ausgewählte freigeben").click()
    for document in (first, second, stray):
        expect(merchant.listed(document["number"])).to_contain_text("offen")
    mail = platform.mail_to(buyer["email"], "neue Dokumente")
    assert all(document["number"] in mail["text"] for document in (first, second, stray))


def test_sharing_by_hand_takes_own_words_and_another_address(platform, erp, merchant, release_by_hand):
    document = waiting(erp, erp.customer()["number"])
    address = f"{fresh('anders').lower()}@kunde.example"
    merchant.go(f"/dokumente/{document['id']}/teilen")
    merchant.page.get_by_label("Empfänger").fill(address)
    merchant.page.get_by_label("Betreff").fill("Wie am Telefon besprochen: [Invoice.number]")
    text = merchant.page.get_by_label("Text", exact=True)
    text.fill("Hallo,\n\ndie Rechnung wie besprochen.\n\n[PORTAL][Document.customerportal_url][/PORTAL]")
    merchant.page.get_by_role("button", name="Fertige E-Mail ansehen").click()
    shown = merchant.page.get_by_role("main")
    expect(shown).to_contain_text(f"Wie am Telefon besprochen: {document['number']}")
    merchant.page.get_by_role("button", name="Freigeben und senden").click()
    merchant.said("Geteilt. Die E-Mail ist unterwegs.")
    mail = platform.mail_to(address)
    assert mail["subject"] == f"Wie am Telefon besprochen: {document['number']}"
    assert "die Rechnung wie besprochen." in mail["text"]
    assert any("/l/" in link for link in mail["links"])


def test_a_document_is_withdrawn_and_another_cancelled(platform, erp, merchant, customer):
    gone, void = erp.invoice(), erp.invoice()
    merchant.go(f"/dokumente/{gone['id']}")
    merchant.page.locator("summary").filter(has_text="Zurückziehen").click()
    merchant.page.get_by_role("button", name="Zurückziehen").click()
    merchant.said("Zurückgezogen")
    customer.page.goto(gone["portal_url"])
    expect(customer.page.get_by_role("main")).not_to_contain_text(gone["number"])
    merchant.go(f"/dokumente/{void['id']}")
    merchant.page.locator("summary").filter(has_text="Stornieren").click()
    merchant.page.get_by_label("Grund").last.fill("Doppelt")
    merchant.page.get_by_role("button", name="Dokument stornieren").click()
    merchant.said("Storniert")
    customer.open(void["portal_url"])
    expect(customer.state).to_have_text("storniert")


def test_colour_and_logo_reach_the_portal(platform, erp, merchant, customer, new_page):
    picture = new_page(viewport={"width": 150, "height": 60})
    picture.set_content("<body style='background:#a03'>")
    merchant.go("/einstellungen/aussehen")
    before = merchant.page.get_by_label("Akzentfarbe").input_value()
    merchant.page.get_by_label("Akzentfarbe").fill("#aa0033")
    merchant.page.get_by_label("Neues Logo").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": picture.screenshot()}
    )
    merchant.page.get_by_role("button", name="Speichern").click()
    merchant.said("Gespeichert.")
    customer.open(erp.invoice()["portal_url"])
    logo = customer.page.locator(".bar img")
    expect(logo).to_have_js_property("naturalHeight", 60)
    colour = customer.page.locator(".button.main").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == "rgb(170, 0, 51)"
    merchant.go("/einstellungen/aussehen")
    merchant.page.get_by_label("Akzentfarbe").fill(before)
    merchant.page.get_by_role("button", name="Speichern").click()
    merchant.said("Gespeichert.")


def test_while_the_portal_is_off_no_page_of_it_opens(platform, erp, merchant, customer):
    document = erp.invoice()
    customer.open(document["portal_url"])
    address = customer.page.url
    switch = lambda on: _setting(merchant, "Das Portal ist eingeschaltet", on)  # noqa: E731
    switch(False)
    try:
        assert until(lambda: customer.page.request.get(address).status in (403, 404))
        assert httpx.get(f"{erp.gateway}/brunner/anmelden").status_code in (403, 404)
    finally:
        switch(True)
    assert until(lambda: customer.page.request.get(address).status == 200)


def _setting(merchant, label, on):
    merchant.go("/einstellungen")
    merchant.page.get_by_label(label).set_checked(on)
    merchant.page.get_by_role("button", name="Speichern").click()
    merchant.said("Gespeichert.")


def test_a_customer_with_persons_is_made_by_hand_invited_again_and_revoked(platform, merchant):
    page, number, email = merchant.page, fresh("HAND"), f"{fresh('ute').lower()}@kunde.example"
    merchant.go("/kunden")
    page.get_by_role("link", name="Kunden anlegen").first.click()
    page.get_by_label("Name oder Firma").fill("Handgemacht e. K.")
    page.get_by_label("Kundennummer").fill(number)
    page.get_by_role("button", name="Speichern").click()
    merchant.said("Kunde angelegt.")
    page.get_by_role("link", name="Person hinzufügen").first.click()
    page.get_by_label("Name", exact=True).fill("Ute Hand")
    page.get_by_label("E-Mail-Adresse").fill(email)
    page.get_by_label("Zugang zum Portal einrichten").check()
    page.get_by_role("button", name="Speichern").click()
    merchant.said("Gespeichert.")
    platform.mail_to(email, "Ihr Zugang")
    page.get_by_role("button", name="Einladung erneut senden").click()
    merchant.said("Die Einladung ist unterwegs.")
    until(lambda: [m for m in platform.messages() if email in str(m["to"])][1:])
    page.locator("summary").filter(has_text="Zugang entziehen").click()
    page.get_by_role("button", name="Zugang entziehen").click()
    merchant.said("Zugang entzogen")
    expect(page.locator(".person .state")).to_have_text("entzogen")


def test_the_customers_link_opens_all_documents_until_it_is_renewed(platform, erp, merchant, customer, new_page):
    buyer = erp.customer()
    documents = [erp.invoice(buyer["number"]) for _ in range(2)]
    merchant.go(f"/kunden/{buyer['id']}")
    merchant.page.get_by_role("button", name="Link anzeigen").click()
    link = merchant.page.locator(".secret code").inner_text()
    customer.open(link)
    for document in documents:
        expect(customer.page.get_by_role("link", name=document["number"]).first).to_be_visible()
    merchant.go(f"/kunden/{buyer['id']}")
    merchant.page.locator("summary").filter(has_text="Erneuern").click()
    merchant.page.get_by_role("button", name="Link erneuern").click()
    merchant.said("Es gibt einen neuen Link")
    late = new_page()
    late.goto(link)
    expect(late.get_by_role("heading", level=1)).to_have_text("Dieser Link gilt nicht mehr")


def test_a_mail_that_went_wrong_is_sent_again_to_the_right_address(platform, erp, merchant):
    buyer = erp.customer()
    document = erp.invoice(buyer["number"])
    platform.mail_to(buyer["email"], document["number"])
    merchant.go(f"/mails?q={document['number']}")
    found = merchant.page.get_by_role("row").filter(has_text=buyer["email"])
    expect(found).to_contain_text("gesendet")
    found.get_by_role("link", name="Erneut senden").click()
    right = f"{fresh('richtig').lower()}@kunde.example"
    merchant.page.get_by_label("Empfänger").fill(right)
    merchant.page.get_by_role("button", name="Senden", exact=True).click()
    merchant.said(f"Die E-Mail an {right} ist unterwegs.")
    assert document["number"] in platform.mail_to(right)["subject"]


def test_an_own_mail_text_is_used_from_then_on(platform, erp, merchant):
    page = merchant.page
    merchant.go("/mails/texte")
    page.get_by_role("row").filter(has_text="Ihre [Invoice.type] [Invoice.number]").get_by_role("link").click()
    page.get_by_label("Betreff").fill("Neue Post: [Invoice.number]")
    page.get_by_role("button", name="Speichern").click()
    merchant.said("Gespeichert.")
    try:
        buyer = erp.customer()
        document = erp.invoice(buyer["number"])
        assert platform.mail_to(buyer["email"])["subject"] == f"Neue Post: {document['number']}"
    finally:
        page.locator("summary").filter(has_text="Standardtext wiederherstellen").click()
        page.get_by_role("button", name="Standardtext verwenden").click()
        merchant.said("Es gilt wieder der Standardtext.")


def test_a_hidden_file_is_not_in_the_portal(platform, erp, merchant, customer):
    document = erp.invoice()
    merchant.go(f"/dokumente/{document['id']}")
    merchant.page.locator("li").filter(has_text=f"{document['number']}.xml").get_by_role("button").click()
    merchant.said("Die Datei ist im Portal nicht mehr zu sehen.")
    customer.open(document["portal_url"])
    shown = customer.page.request.get(f"{erp.gateway}/api/portal/v1/brunner/documents/{document['id']}").text()
    assert f"{document['number']}.pdf" in shown
    assert f"{document['number']}.xml" not in shown
