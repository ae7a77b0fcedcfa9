"""Every page: fits the screen, speaks one language, breaks no rule of axe, and works without scripts."""

import os
import re

import pytest
from playwright.sync_api import expect

from .looks import foreign_words, speak, wrong_with
from .people import Customer, Merchant

pytestmark = pytest.mark.parametrize("platform", ["postgres"], indirect=True)

# Axe looks at the admin's pages in the tests of its service; all looks of the whole are part of `make proof`.
LOOKS = [(360, "light", "de", True), (1440, "dark", "en", False)]
BY_AXE = {"portal", "public", "foreign"}
if os.environ.get("KONTOR_PROOF"):
    BY_AXE.add("admin")
    LOOKS += [(1440, "dark", "en", True), (1440, "light", "de", False), (360, "dark", "en", False)]


@pytest.fixture(scope="module")
def places(platform, erp, browser):
    """Every address, by who may see it; states that are rarely seen among them."""
    context = browser.new_context(locale="de-DE")
    context.set_default_timeout(30_000)
    portal, admin = platform.run["gateway"], platform.run["admin"]
    customer = Customer(context.new_page(), portal)
    customer.log_in(platform.run["customer"]["email"], platform.run["customer"]["password"])
    customer.page.wait_for_url(re.compile("/brunner$"))
    staff = Merchant(context.new_page(), admin)
    staff.log_in(**platform.run["merchant"])
    staff.page.wait_for_url(f"{admin}/")
    found = customer.page.request.get(f"{portal}/api/portal/v1/brunner/documents?limit=50").json()["documents"]
    by_number = {entry["number"]: f"{portal}/brunner/dokumente/{entry['id']}" for entry in found}
    open_one, paid, late = (by_number[number] for number in ("RE-2026-1042", "RE-2026-0815", "RE-2026-0971"))
    customer.page.goto(f"{portal}/brunner/passwort-vergessen?email={platform.run['customer']['email']}")
    customer.page.get_by_role("button", name="Link per E-Mail schicken").click()
    mailed = platform.mail_to(platform.run["customer"]["email"], "Ihr Passwort")
    reset = next(link for link in mailed["links"] if "/passwort/" in link)
    customer.page.goto(f"{open_one}/bezahlen")
    customer.page.get_by_role("button", name="Weiter").click()
    customer.page.wait_for_url(re.compile("/pay/"))
    hosted = customer.page.url
    mail = platform.messages()[0]["id"]
    staff.go("/freigabe")
    first, last = (staff.page.locator("tbody strong a").nth(n).get_attribute("href") for n in (0, -1))
    assign = staff.page.get_by_role("link", name="Zuordnen").first.get_attribute("href")
    staff.go("/kunden?q=20931")
    one = staff.page.locator("tbody strong a").first.get_attribute("href")
    staff.go(one)
    person = staff.page.locator('.person a[href*="/personen/"]').first.get_attribute("href")
    shown = f"/dokumente/{open_one.rpartition('/')[2]}"
    staff.go("/mails")
    again = staff.page.get_by_role("link", name="Erneut senden").first.get_attribute("href")
    kept = context.storage_state()
    context.close()
    portal_pages = [
        f"{portal}/brunner", *(f"{portal}/brunner/{path}" for path in (
            "dokumente", "dokumente?type=invoice", "dokumente?q=gibtsnicht", "konto", "code",
        )), open_one, f"{open_one}?view=pdf", f"{open_one}/bezahlen", f"{open_one}/ueberweisung", paid, late,
        by_number["AN-2026-0311"], by_number["LS-2026-0611"], by_number["W-118"],
    ]  # fmt: skip
    public = [
        *(f"{portal}/brunner/{path}" for path in ("anmelden", "passwort-vergessen", "code")),
        platform.run["customer"]["link"], reset, f"{admin}/anmelden", f"{admin}/passwort-vergessen",
    ]  # fmt: skip
    admin_pages = [
        admin + path for path in (
            "/", "/dokumente", "/dokumente?q=gibtsnicht", shown, f"{shown}?ansicht=pdf", f"{shown}/buchen", first, last, f"{first}/teilen",
            assign, "/freigabe", "/hochladen", "/kunden", one, f"{one}/bearbeiten", "/kunden/neu", person, f"{one}/personen/neu",
            "/zahlungen", "/mails", again, "/mails/texte", "/mails/texte/document_shared:invoice/de", "/einstellungen",
            "/einstellungen/aussehen", "/einstellungen/firma", "/einstellungen/dokumente", "/einstellungen/zahlungen",
            "/einstellungen/schluessel", "/konto", "/fragen", "/mails/eingang", "/angebote", "/angebote/neu", "/angebote/vorlagen",
            "/einstellungen/team", "/einstellungen/zusatzdokumente", "/einstellungen/zusatzdokumente/neu",
        )
    ]  # fmt: skip
    foreign = [
        hosted, hosted.partition("/pay/")[0] + "/sandbox", platform.run["mail"], f"{platform.run['mail']}/messages/{mail}",
    ]  # fmt: skip
    return {"session": kept, "portal": portal_pages, "public": public, "admin": admin_pages, "foreign": foreign}


@pytest.fixture
def speaking(platform, places, new_page, language):
    speak(new_page(storage_state=places["session"]), platform.run, language)
    yield
    speak(new_page(storage_state=places["session"]), platform.run, "de")


@pytest.mark.parametrize(("width", "scheme", "language", "by_axe"), LOOKS)
def test_every_page_fits_and_speaks_one_language(platform, places, new_page, speaking, width, scheme, language, by_axe):
    options = {
        "viewport": {"width": width, "height": 800}, "color_scheme": scheme,
        "locale": "de-DE" if language == "de" else "en-GB", "reduced_motion": "reduce",
    }  # fmt: skip
    heard, wrong = [], {}
    known, unknown = new_page(storage_state=places["session"], **options), new_page(**options)
    # The link page would press its button by itself and be gone.
    unknown.add_init_script("HTMLFormElement.prototype.requestSubmit = () => {}")
    for page in (known, unknown):
        page.on("console", lambda message: heard.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: heard.append(str(error)))
    for kind, page in (("portal", known), ("admin", known), ("public", unknown), ("foreign", unknown)):
        for address in places[kind]:
            # The mail sink is for developers and English; the sandbox stands for a foreign system.
            own = language if kind != "foreign" else ""
            found = wrong_with(page, address, width, own, heard, by_axe and kind in BY_AXE)
            found += [f"says {word!r}" for word in foreign_words(page, language)] if own else []
            if found:
                wrong[address] = found
    assert not wrong, "\n".join(f"{address}\n    " + "\n    ".join(found) for address, found in wrong.items())


def test_without_scripts_one_logs_in_opens_reads_and_pays(platform, erp, new_page):
    customer = Customer(new_page(java_script_enabled=False), erp.gateway)
    customer.log_in(platform.run["customer"]["email"], platform.run["customer"]["password"])
    expect(customer.page.get_by_role("heading", level=1)).to_contain_text("Anna Seidel")
    document = erp.invoice("20931")
    customer.page.goto(f"{erp.gateway}/brunner/dokumente")
    customer.page.get_by_role("searchbox").fill(document["number"])
    customer.page.get_by_role("button", name="Anzeigen").click()
    customer.page.get_by_role("link", name=document["number"]).click()
    customer.choose("Karte")
    customer.at_provider("Erfolgreich bezahlen")
    customer.back_at(document)
    expect(customer.state).to_have_text("vollständig bezahlt")


def test_the_list_is_searched_filtered_sorted_and_paged(platform, new_page, erp):
    customer = Customer(new_page(), erp.gateway)
    customer.log_in(platform.run["customer"]["email"], platform.run["customer"]["password"])
    customer.page.wait_for_url(re.compile("/brunner$"))
    page = customer.page
    page.goto(f"{erp.gateway}/brunner/dokumente")
    page.get_by_role("link", name=re.compile("^Angebote")).click()
    expect(page.get_by_role("link", name="Angebot AN-2026-0311")).to_be_visible()
    expect(page.get_by_role("link", name="Rechnung RE-2026-1042")).to_have_count(0)
    page.goto(f"{erp.gateway}/brunner/dokumente?q=0815")
    expect(page.get_by_role("row").filter(has_text="RE-2026-0815")).to_be_visible()
    expect(page.get_by_role("link", name="Rechnung RE-2026-1042")).to_have_count(0)
    page.goto(f"{erp.gateway}/brunner/dokumente?type=invoice")
    page.get_by_role("link", name="Betrag").click()
    amounts = [
        float(text.split(" ")[0].replace("\u00a0€", "").replace(".", "").replace(",", "."))
        for text in (cell.inner_text().split("\n")[0] for cell in page.locator("td.amount").all())
    ]
    assert amounts == sorted(amounts, reverse=True)


def test_who_uses_the_keyboard_reaches_everything(platform, erp, customer):
    customer.open(erp.invoice()["portal_url"])
    page = customer.page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt")).to_be_focused()
    page.get_by_role("link", name="Jetzt bezahlen").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wie möchten Sie bezahlen?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Wie möchten Sie bezahlen?")).to_be_hidden()
