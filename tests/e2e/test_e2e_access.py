"""How customers get in, what they see then, and how it ends."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from kontor_testing.waiting import until

from .people import Customer, fresh

PASSWORD = "Kupfer Regen Fahrrad 7"
both = pytest.mark.parametrize("platform", ["postgres", "rabbitmq"], indirect=True)
one = pytest.mark.parametrize("platform", ["postgres"], indirect=True)


def person(email, **said):
    return {"name": "Eva Kern", "email": email, "language": "de"} | said


def invite(merchant, customer):
    """The merchant gives the customer's one contact person access."""
    merchant.go(f"/kunden/{customer['id']}")
    merchant.page.get_by_role("button", name=re.compile("Zugang (wieder )?einrichten|Einladung erneut senden")).click()
    merchant.said("Die Einladung ist unterwegs.")


def linked(mail, part):
    return next(link for link in mail["links"] if part in link)


def accept(customer, platform, email):
    mail = platform.mail_to(email, "Zugang")
    customer.page.goto(linked(mail, "/einladung/"))
    customer.page.get_by_label("Passwort wählen").fill(PASSWORD)
    customer.page.get_by_label("Passwort wiederholen").fill(PASSWORD)
    customer.page.get_by_role("button", name="Zugang einrichten").click()
    customer.page.wait_for_url(re.compile(r"/brunner$"))


@pytest.fixture
def granted(erp, merchant, customer, platform):
    """A customer whose contact person has accepted and is logged in, with one invoice."""
    email = f"{fresh('eva').lower()}@kunde.example"
    buyer = erp.customer(contacts=[person(email)])
    invoice = erp.invoice(buyer["number"])
    invite(merchant, buyer)
    accept(customer, platform, email)
    return {"email": email, "buyer": buyer, "invoice": invoice}


@both
def test_an_invitation_leads_to_a_log_in_that_can_be_ended_elsewhere(granted, customer, new_page, erp):
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("Guten Tag, Eva Kern")
    elsewhere = Customer(new_page(), erp.gateway)
    elsewhere.log_in(granted["email"], PASSWORD)
    elsewhere.page.wait_for_url(re.compile(r"/brunner$"))
    customer.page.goto(f"{erp.gateway}/brunner/konto")
    expect(customer.page.get_by_text("Dieser Browser")).to_have_count(1)
    customer.page.get_by_role("button", name="Dort abmelden").click()
    expect(customer.page.get_by_role("status").filter(has_text="beendet").first).to_be_visible()
    elsewhere.page.goto(f"{erp.gateway}/brunner/dokumente")
    expect(elsewhere.page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    customer.page.get_by_role("button", name="Abmelden", exact=True).click()
    expect(customer.page.get_by_text("Sie sind abgemeldet.")).to_be_visible()
    customer.page.goto(f"{erp.gateway}/brunner/dokumente")
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("Anmelden")


@one
def test_an_invitation_is_used_up_by_accepting(granted, customer, platform):
    customer.page.goto(linked(platform.mail_to(granted["email"], "Zugang"), "/einladung/"))
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("Diese Einladung gilt nicht mehr")


@one
def test_a_forgotten_password_is_chosen_anew_by_mail(granted, new_page, erp, platform):
    forgetful = Customer(new_page(), erp.gateway)
    forgetful.page.goto(f"{erp.gateway}/brunner/anmelden")
    forgetful.page.get_by_role("link", name="Passwort vergessen?").click()
    forgetful.page.get_by_label("E-Mail-Adresse").fill(granted["email"])
    forgetful.page.get_by_role("button", name="Link per E-Mail schicken").click()
    expect(forgetful.page.get_by_role("heading", level=1)).to_have_text("Bitte sehen Sie in Ihrem Postfach nach")
    link = linked(platform.mail_to(granted["email"], "Ihr Passwort"), "/passwort/")
    forgetful.page.goto(link)
    forgetful.page.get_by_label("Neues Passwort", exact=True).fill("Ganz Anders 2026")
    forgetful.page.get_by_label("Neues Passwort wiederholen").fill("Ganz Anders 2026")
    forgetful.page.get_by_role("button", name="Passwort speichern").click()
    forgetful.page.wait_for_url(re.compile(r"/brunner$"))
    old, new = Customer(new_page(), erp.gateway), Customer(new_page(), erp.gateway)
    old.log_in(granted["email"], PASSWORD)
    expect(old.page.get_by_role("alert")).to_contain_text("E-Mail-Adresse oder Passwort ist falsch.")
    new.log_in(granted["email"], "Ganz Anders 2026")
    new.page.wait_for_url(re.compile(r"/brunner$"))
    new.page.goto(link)
    expect(new.page.get_by_role("heading", level=1)).to_have_text("Dieser Link gilt nicht mehr")


@one
def test_nobody_learns_which_addresses_exist(granted, page, platform):
    answers = []
    for email in (granted["email"], "niemand@nirgends.example"):
        page.goto(f"{platform.run['gateway']}/brunner/passwort-vergessen")
        page.get_by_label("E-Mail-Adresse").fill(email)
        page.get_by_role("button", name="Link per E-Mail schicken").click()
        answers.append(page.get_by_role("main").inner_text().replace(email, "…"))
    assert answers[0] == answers[1]


@one
def test_a_mailed_code_opens_all_documents_to_who_came_by_a_link(erp, customer, platform):
    buyer = erp.customer()
    first, second = erp.invoice(buyer["number"]), erp.invoice(buyer["number"])
    customer.open(first["portal_url"])
    hidden = customer.page.goto(f"{erp.gateway}/brunner/dokumente/{second['id']}")
    assert hidden.status == 404
    customer.page.goto(f"{erp.gateway}/brunner")
    customer.page.get_by_role("navigation").get_by_role("link", name="Dokumente").first.click()
    customer.page.get_by_role("link", name="Code per E-Mail schicken").click()
    customer.page.get_by_role("button", name="Code per E-Mail schicken").click()
    customer.page.get_by_label("Code aus der E-Mail").fill("000000")
    customer.page.get_by_role("button", name="Meine Dokumente öffnen").click()
    expect(customer.page.locator("#code-error")).to_contain_text("Der Code ist falsch")
    mail = platform.mail_to(buyer["email"], "Anmeldecode")
    customer.page.get_by_label("Code aus der E-Mail").fill(re.search(r"\n\s*(\d[\d ]{4,9}\d)\s*\r?\n", mail["text"])[1])
    customer.page.get_by_role("button", name="Meine Dokumente öffnen").click()
    for document in (first, second):
        expect(customer.page.get_by_role("link", name=document["number"])).to_be_visible()


@one
def test_another_customers_document_is_not_there(granted, customer, erp):
    foreign = erp.invoice()
    for path in ("", "?view=pdf", "/bezahlen", "/ueberweisung", "/zurueck"):
        answer = customer.page.request.get(f"{erp.gateway}/brunner/dokumente/{foreign['id']}{path}")
        assert answer.status == 404, path
        assert foreign["number"] not in answer.text()
    assert customer.page.request.get(f"{erp.gateway}/api/portal/v1/brunner/documents/{foreign['id']}").status == 404


@one
def test_one_log_in_reaches_two_customers(granted, erp, merchant, customer, platform):
    other = erp.customer(name="Zweite Firma OHG", contacts=[person(granted["email"])])
    invoice = erp.invoice(other["number"])
    invite(merchant, other)
    mail = platform.wait_for(
        lambda: [m for m in platform.messages() if granted["email"] in str(m["to"]) and "Zugang" in m["subject"]][:-1]
    )[0]
    customer.page.goto(linked(mail, "/einladung/"))
    # Who has a log-in already shows it with the password they know.
    customer.page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    customer.page.get_by_role("button", name="Zugang hinzufügen").click()
    customer.page.wait_for_url(re.compile(r"/brunner$"))
    customer.page.goto(f"{erp.gateway}/brunner/dokumente")
    for number in (granted["invoice"]["number"], invoice["number"]):
        expect(customer.page.get_by_role("link", name=number)).to_be_visible()
    customer.page.get_by_label("Kunde", exact=True).select_option(label=f"Zweite Firma OHG ({other['number']})")
    expect(customer.page.get_by_role("link", name=granted["invoice"]["number"])).to_have_count(0)
    expect(customer.page.get_by_role("link", name=invoice["number"])).to_be_visible()


@both
def test_a_revoked_grant_ends_access_at_once(granted, erp, merchant, customer):
    address = f"{erp.gateway}/brunner/dokumente/{granted['invoice']['id']}"
    assert customer.page.request.get(address, headers={"Accept": "application/json"}).status == 200
    merchant.go(f"/kunden/{granted['buyer']['id']}")
    merchant.page.locator("summary").filter(has_text="Zugang entziehen").click()
    merchant.page.get_by_role("button", name="Zugang entziehen").click()
    merchant.said("Zugang entzogen")
    assert customer.page.request.get(address, headers={"Accept": "application/json"}).status in (401, 404)
    customer.page.goto(address)
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    customer.log_in(granted["email"], PASSWORD)
    expect(customer.page.get_by_role("alert")).to_contain_text("E-Mail-Adresse oder Passwort ist falsch.")


@one
def test_a_revoked_link_ends_its_sessions_at_once_and_says_so(erp, merchant, customer):
    document = erp.invoice()
    customer.open(document["portal_url"])
    address = customer.page.url
    merchant.go(f"/dokumente/{document['id']}")
    merchant.page.locator("summary").filter(has_text="Widerrufen").click()
    merchant.page.get_by_role("button", name="Link widerrufen").click()
    merchant.said("Der Link gilt nicht mehr.")
    assert customer.page.request.get(address, headers={"Accept": "application/json"}).status == 401
    customer.page.goto(document["portal_url"])
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("Dieser Link gilt nicht mehr")


@one
def test_a_link_that_was_renewed_offers_the_new_one_by_mail(erp, merchant, customer, platform):
    buyer = erp.customer()
    document = erp.invoice(buyer["number"])
    mailed = platform.mail_to(buyer["email"], document["number"])
    merchant.go(f"/dokumente/{document['id']}")
    merchant.page.locator("summary").filter(has_text="Erneuern").click()
    merchant.page.get_by_role("button", name="Link erneuern").click()
    merchant.said("Es gibt einen neuen Link")
    customer.page.goto(linked(mailed, "/l/"))
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("Dieser Link gilt nicht mehr")
    customer.page.get_by_role("button", name="Neuen Link per E-Mail schicken").click()
    expect(customer.page.get_by_role("heading", level=1)).to_have_text("Bitte sehen Sie in Ihrem Postfach nach")
    customer.open(linked(platform.mail_to(buyer["email"], "neuer Link"), "/l/"))
    expect(customer.page.get_by_role("heading", level=1)).to_have_text(f"Rechnung {document['number']}")


@one
def test_a_link_that_never_was_is_said_to_be_unknown(page, platform):
    page.goto(f"{platform.run['gateway']}/l/development.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA")
    expect(page.get_by_role("heading", level=1)).to_have_text("Diesen Link kennen wir nicht")


@one
def test_a_stolen_form_does_nothing(granted, customer, erp):
    address = f"{erp.gateway}/brunner/konto/passwort"
    answer = customer.page.request.post(
        address, form={"old": PASSWORD, "password": "x" * 12, "again": "x" * 12},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://boese.example"},
    )  # fmt: skip
    assert answer.status == 403


@one
def test_the_browser_is_told_to_keep_nothing_and_to_run_nothing_foreign(granted, customer, erp):
    answer = customer.page.goto(f"{erp.gateway}/brunner/dokumente")
    assert "no-store" in answer.headers["cache-control"]
    assert "'unsafe-inline'" not in answer.headers["content-security-policy"].partition("style-src")[0]
    cookie = next(c for c in customer.page.context.cookies() if c["name"] == "__Host-kontor-brunner")
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")


@one
def test_a_revoked_api_key_is_refused_at_once(erp, merchant):
    merchant.go("/einstellungen/schluessel")
    name = fresh("ERP")
    merchant.page.get_by_label("Name").fill(name)
    merchant.page.get_by_label("Ereignisse lesen").check()
    merchant.page.get_by_role("button", name="Schlüssel anlegen").click()
    secret = merchant.page.locator(".secret code").first.inner_text()
    call = lambda: httpx.get(f"{erp.gateway}/api/events", headers={"Authorization": f"Bearer {secret}"}).status_code  # noqa: E731
    assert call() == 200
    merchant.go("/einstellungen/schluessel")
    assert secret not in merchant.page.content()
    row = merchant.page.get_by_role("row").filter(has_text=name)
    row.locator("summary").click()
    row.get_by_role("button", name="Schlüssel widerrufen").click()
    merchant.said("Der Schlüssel gilt nicht mehr.")
    assert until(call) == 401
