"""A part is down, things come in the wrong order, the platform starts again: nothing is half done, nothing is lost."""

import re

import pytest
from playwright.sync_api import expect

from kontor_testing.platform import platform_folder
from kontor_testing.waiting import until

from .people import Customer, Erp, Merchant, fresh

UNKNOWN = {"name": "Noch unbekannt", "address": {"line1": "Weg 3", "post_code": "86150", "city": "Augsburg"}}
OWNERS_DOWN = ("documents", "payments", "notifications", "meters")


@pytest.fixture(scope="module")
def fragile(start_platform):
    """A platform of its own that may be stopped."""
    with platform_folder() as folder:
        running = start_platform(folder)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def down(fragile, browser):
    """The owners of documents, money, mails and meters do not answer. Customers and staff are logged in from before."""
    erp = Erp(fragile.run["gateway"], fragile.run["api_key"])
    document = erp.invoice()
    contexts = [browser.new_context(locale="de-DE") for _ in range(3)]
    for context in contexts:
        context.set_default_timeout(30_000)
    by_link, customer = (Customer(context.new_page(), erp.gateway) for context in contexts[:2])
    by_link.open(document["portal_url"])
    customer.log_in(fragile.run["customer"]["email"], fragile.run["customer"]["password"])
    customer.page.wait_for_url(re.compile("/brunner$"))
    staff = Merchant(contexts[2].new_page(), fragile.run["admin"])
    staff.log_in(**fragile.run["merchant"])
    staff.page.wait_for_url(f"{staff.admin}/")
    fragile.stop()
    fragile.start(*(word for owner in OWNERS_DOWN for word in ("--without", owner)))
    yield erp, document, by_link, customer, staff
    for context in contexts:
        context.close()


def test_pages_of_meters_show_what_they_know_and_entering_says_try_again(down):
    _erp, _document, _by_link, customer, staff = down
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


def test_another_system_is_told_that_no_reading_was_accepted(down):
    erp = down[0]
    reading = {"meter": "x", "obis": "1-0:1.8.0", "value": "1", "taken_at": "2026-01-01"}
    answer = erp.call("POST", "/api/ingest/v1/readings", json={"readings": [reading]})
    assert (answer.status_code, answer.json()["code"]) == (503, "owner_unavailable")


def test_with_the_owners_down_pages_render_actions_say_try_again_and_once_they_are_up_it_is_paid(down, fragile):
    erp, document, customer, _, staff = down
    page = customer.page
    page.reload()
    expect(page.get_by_role("row").filter(has_text="Beratung")).to_be_visible()
    customer.choose("Karte")
    expect(page.get_by_role("alert")).to_contain_text(
        "Das Bezahlen ist gerade nicht möglich. Es wurde nichts abgebucht"
    )

    answer = page.request.post(
        f"{erp.gateway}/api/portal/v1/brunner/documents/{document['id']}/checkouts", data={"method": "card"},
        headers={"Origin": erp.gateway, "Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert (answer.status, answer.json()["code"]) == (503, "owner_unavailable"), answer.text()
    refused = erp.hand_in(json=erp.invoice_data("egal"))
    assert (refused.status_code, refused.json()["code"]) == (503, "owner_unavailable")

    expect(staff.listed(document["number"])).to_contain_text("offen")
    staff.go(f"/dokumente/{document['id']}")
    expect(staff.page.get_by_role("heading", level=1)).to_contain_text(document["number"])
    staff.page.locator("summary").filter(has_text="Als bezahlt markieren").click()
    staff.page.get_by_role("button", name="Ja, bezahlt").click()
    expect(staff.page.get_by_role("main").or_(staff.page.get_by_role("status")).first).to_be_visible()
    expect(staff.page.get_by_text("Ein Teil der Plattform antwortet nicht").first).to_be_visible()
    for path in (
        "/",
        "/dokumente",
        "/freigabe",
        "/kunden",
        "/zahlungen",
        "/mails",
        "/mails/texte",
        "/einstellungen/zahlungen",
    ):
        assert staff.page.request.get(f"{staff.admin}{path}").status == 200, path

    fragile.stop()
    fragile.start()
    page.goto(f"{erp.gateway}/brunner/dokumente/{document['id']}")
    expect(customer.state).to_have_text("offen")
    customer.choose("Karte")
    customer.at_provider("Erfolgreich bezahlen")
    customer.back_at(document)
    expect(customer.state).to_have_text("vollständig bezahlt")


def test_a_restart_keeps_documents_payments_sessions_and_mails(fragile, new_page):
    erp = Erp(fragile.run["gateway"], fragile.run["api_key"])
    buyer = erp.customer()
    paid = erp.invoice(buyer["number"])
    customer = Customer(new_page(), erp.gateway)
    customer.pay(paid)
    fragile.mail_to(buyer["email"], "Zahlung erhalten")
    told, mails = erp.last_position(), len(fragile.messages())
    before = dict(fragile.run)
    fragile.stop()
    fragile.start()
    assert fragile.run == before
    customer.page.reload()
    expect(customer.state).to_have_text("vollständig bezahlt")
    assert (erp.last_position(), len(fragile.messages())) == (told, mails)
    assert erp.invoice(buyer["number"])["portal_url"]


def test_a_payment_before_its_document_is_parked_and_then_matched(erp, customer):
    number = fresh("SPAET")
    early = erp.pays({"external_id": number}, "19.00")
    assert (early.status_code, early.json()["status"]) == (200, "parked"), early.text
    document = erp.invoice(number=number)
    customer.open(document["portal_url"])
    expect(customer.state).to_have_text("teilweise bezahlt")
    expect(customer.page.locator('[data-part="payment"] .sum')).to_have_text("100,00 €")


def test_a_document_before_its_customer_waits_and_is_shared_when_it_comes(erp, platform):
    number = fresh("NEUKUNDE")
    answer = erp.hand_in(json=erp.invoice_data(number, buyer=UNKNOWN))
    assert erp.ended(answer)["document"]["portal_url_reason"] == "unmatched"
    buyer = erp.customer(number=number)
    document = erp.shared(answer)
    assert re.search("/l/", document["portal_url"])
    assert document["number"] in platform.mail_to(buyer["email"])["subject"]


def test_the_same_webhook_three_times_pays_once(erp, customer):
    document = erp.invoice()
    customer.open(document["portal_url"])
    customer.choose("Karte")
    customer.page.get_by_text("Fehlverhalten des Anbieters").click()
    customer.page.get_by_label("Nachricht an den Händler").select_option(label="dreifach")
    customer.at_provider("Erfolgreich bezahlen")
    customer.back_at(document)
    expect(customer.state).to_have_text("vollständig bezahlt")
    assert "Zu viel bezahlt" not in customer.page.content()


def test_a_provider_that_never_reports_is_asked(erp, customer):
    document = erp.invoice()
    customer.open(document["portal_url"])
    customer.choose("Karte")
    customer.page.get_by_text("Fehlverhalten des Anbieters").click()
    customer.page.get_by_label("Nachricht an den Händler").select_option(label="gar nicht")
    customer.at_provider("Erfolgreich bezahlen")
    customer.back_at(document)
    expect(customer.state).to_have_text("vollständig bezahlt")


def test_the_erp_booking_what_was_paid_in_the_portal_is_an_overpayment_that_both_see(erp, customer):
    document = erp.invoice()
    customer.pay(document)
    expect(customer.state).to_have_text("vollständig bezahlt")
    erp.pays(document, "119.00")
    assert until(lambda: "Zu viel bezahlt: 119,00" in customer.page.content().replace("\u00a0", " "))
