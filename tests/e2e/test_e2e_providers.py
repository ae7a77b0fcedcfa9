"""A merchant connects Stripe and PayPal (their doubles), is paid by card, direct debit and PayPal, sees the payout split, gives
money back, reads a bank statement, and ends both connections again."""

import json
import re
from datetime import date

import httpx
import pytest
from playwright.sync_api import expect

from kontor_testing.waiting import until

from .people import Customer, Merchant

SETTINGS = "/einstellungen/zahlungen"
# The demo merchant's, as MT940 writes it: bank code and number.
ACCOUNT = "12030000/202051"


@pytest.fixture
def merchant(platform, new_page):
    """Logged in just now: what is done to accounts at providers asks everybody else for their password."""
    made = Merchant(new_page(), platform.run["admin"])
    made.log_in(**platform.run["merchant"])
    made.page.wait_for_url(f"{made.admin}/")
    return made


@pytest.fixture
def double(platform):
    """Asks one of the doubles; its answer must be a good one."""

    def ask(provider, path, **sent):
        answer = httpx.post(platform.url(provider, f"/double/{provider}{path}"), timeout=30, **sent)
        assert answer.status_code < 300, answer.text
        return answer.text

    return ask


@pytest.fixture
def connected(merchant, double):
    """Both providers as the merchant connects them; what is still connected at the end is disconnected, for the tests that follow."""

    def keys(provider, **wanted):
        return re.findall(r'<code class="small">([^<]+)</code>', double(provider, "", data=wanted))

    stripe = connect(merchant, "stripe", "Stripe", keys("stripe", livemode="false"), keys("stripe", livemode="true"))
    # The other way: by signing in at the provider.
    paypal = connect(merchant, "paypal", "PayPal", None, keys("paypal", mode="live"))
    yield {"stripe": stripe, "paypal": paypal}
    for provider in ("stripe", "paypal"):
        disconnect(merchant, provider)


def connect(merchant, provider, name, test_keys, live_keys):
    """Through the four steps of the dialog. Answers the account's id at the provider."""
    page = merchant.page
    merchant.go(f"{SETTINGS}/{provider}")
    if test_keys:
        enter(page, test_keys)
    else:
        page.get_by_role("button", name=f"Bei {name} anmelden").click()
        page.get_by_role("link", name=f"Weiter zu {name}").click()
        page.get_by_role("button", name="Verbinden").click()
    merchant.said("Das Konto ist verbunden.")
    page.get_by_role("button", name="Testzahlung beginnen").click()
    page.get_by_role("link", name=f"Bei {name} bezahlen").click()
    page.get_by_role("button", name=re.compile("^(Erfolgreich|Zustimmen und) bezahlen$")).click()
    merchant.said("Die Testzahlung ist angekommen.")
    enter(page, live_keys)
    merchant.said("Das Konto ist verbunden.")
    page.get_by_role("button", name="Einschalten").click()
    merchant.said("Eingeschaltet.")
    return page.locator("dt", has_text="Händler-ID").locator("xpath=following-sibling::dd[1]").inner_text()


def enter(page, keys):
    """Types what the dialog asks for and presses Enter."""
    fields = page.locator("form[action$='/schluessel'] input[maxlength='1000']")
    for number, key in enumerate(keys):
        fields.nth(number).fill(key)
    fields.last.press("Enter")


def disconnect(merchant, provider):
    merchant.go(f"{SETTINGS}/{provider}/aufheben")
    # Without a connection this leads back to the dialog.
    if merchant.page.url.endswith("/aufheben"):
        merchant.page.get_by_role("button", name="Verknüpfung aufheben").click()
        merchant.said("Die Verknüpfung ist aufgehoben.")


def test_a_merchant_is_paid_through_both_providers_and_by_transfer(
    platform, erp, merchant, connected, double, new_page
):
    start, buyer = erp.last_position(), erp.customer()
    card, debit, paypal, transfer, unpaid = (erp.invoice(buyer["number"]) for _ in range(5))
    stripe, gateway = connected["stripe"], platform.run["gateway"]
    double_behaves(platform, stripe, settle_after_seconds=86_400)

    pay_by_card_at_the_second_attempt(Customer(new_page(java_script_enabled=False), gateway), card)
    payer = Customer(new_page(), gateway)
    pay_at(payer, debit, "SEPA-Lastschrift", "Erfolgreich bezahlen")
    expect(payer.state).to_have_text("unterwegs")
    double("stripe", f"/{stripe}/settle?livemode=true", json={"charge": newest_charge(platform, stripe)})
    expect(payer.state).to_have_text("vollständig bezahlt")
    pay_at(payer, paypal, "PayPal", "Zustimmen und bezahlen")
    expect(payer.state).to_have_text("vollständig bezahlt")

    payout = json.loads(double("stripe", f"/{stripe}/payout?livemode=true"))["id"]
    until(lambda: shown(merchant, f"/zahlungen/auszahlungen/{payout}", card["number"], debit["number"]))

    give_back(merchant, paypal, "50,00", credit_note=True)
    refund = erp.event(start, "payments.receivable.payment_refunded", paypal["id"])
    assert refund["data"]["refund"]["amount_minor"] == "5000"
    assert paypal["number"] in platform.mail_to(buyer["email"], "Erstattung: 50,00")["subject"]
    platform.mail_to(buyer["email"], "Gutschrift GS-")

    read_statement(merchant, transfer)
    booked = erp.event(start, "payments.receivable.payment_succeeded", transfer["id"])
    assert (booked["data"]["payment"]["provider"], booked["data"]["receivable"]["state"]) == ("statement", "paid")

    end_while_somebody_pays(merchant, payer, unpaid)
    # What came through it before can still be given back.
    give_back(merchant, card, "119,00", credit_note=False)
    assert (
        erp.event(start, "payments.receivable.payment_refunded", card["id"])["data"]["refund"]["state"] == "succeeded"
    )


def pay_by_card_at_the_second_attempt(payer, document):
    payer.page.goto(document["portal_url"])
    payer.page.get_by_role("button").first.click()
    payer.choose("Karte")
    payer.page.get_by_role("button", name="Ablehnen lassen").click()
    payer.page.get_by_role("button", name="Abbrechen und zurück").click()
    payer.back_at(document)
    expect(payer.page.get_by_role("main")).to_contain_text("Die Karte wurde abgelehnt.")
    payer.choose("Karte")
    payer.page.get_by_role("button", name="Erfolgreich bezahlen").click()
    payer.back_at(document)
    expect(payer.state).to_have_text("vollständig bezahlt")


def pay_at(payer, document, method, button):
    payer.open(document["portal_url"])
    payer.choose(method)
    payer.page.get_by_role("button", name=button).click()
    payer.back_at(document)


def give_back(merchant, document, amount, *, credit_note):
    page = merchant.page
    merchant.go(f"/zahlungen?q={document['number']}")
    came = page.get_by_role("row").filter(has_text=document["number"]).filter(has_text="eingegangen")
    came.get_by_role("link").first.click()
    page.get_by_role("link", name="Geld zurückzahlen").click()
    page.get_by_label("Betrag in EUR").fill(amount)
    page.get_by_label("Gutschrift dazu erstellen").set_checked(credit_note)
    page.get_by_role("button", name="Zurückzahlen").click()


def read_statement(merchant, document):
    """A bank statement tells of the document's transfer; what is certain is booked at once."""
    page = merchant.page
    merchant.go("/kontoauszuege")
    statement = {"name": "auszug.sta", "mimeType": "text/plain", "buffer": mt940(document)}
    page.locator("input[type=file]").set_input_files(statement)
    page.get_by_role("button", name="Datei einlesen").click()
    merchant.said("Ein Kontoauszug wurde eingelesen.")
    until(lambda: shown(merchant, "/umsaetze?art=certain", document["number"]))
    page.get_by_role("button", name=re.compile("sicheren Zahlungseing")).click()


def end_while_somebody_pays(merchant, payer, document):
    """The merchant reads what will happen; then the open payment page is closed."""
    payer.open(document["portal_url"])
    payer.choose("Karte")
    address, page = payer.page.url, merchant.page
    merchant.go(f"{SETTINGS}/stripe/aufheben")
    expect(page.get_by_role("main")).to_contain_text("Eine offene Bezahlseite wird geschlossen.")
    page.get_by_role("button", name="Verknüpfung aufheben").click()
    merchant.said("Die Verknüpfung ist aufgehoben.")
    until(lambda: "Erfolgreich bezahlen" not in httpx.get(address).text)


def double_behaves(platform, account, **behaviour):
    answer = httpx.put(platform.url("stripe", f"/double/behaviour/{account}"), json=behaviour, timeout=30)
    assert answer.status_code == 204, answer.text


def newest_charge(platform, account):
    found = httpx.get(platform.url("stripe", f"/double/stripe/{account}/objects/ch?livemode=true"), timeout=30).json()
    return found["data"][0]["id"]


def shown(merchant, path, *numbers):
    """Whether the page tells of all these documents by now."""
    merchant.go(path)
    text = merchant.page.inner_text("main")
    return all(number in text for number in numbers)


def mt940(document):
    """A statement with one transfer, which names the document."""
    day = date.today().strftime("%y%m%d")
    return (
        f":20:STARTUMS\r\n:25:{ACCOUNT}\r\n:28C:1/1\r\n:60F:C{day}EUR1000,00\r\n:61:{day}{day[2:]}CR119,00N166NONREF\r\n"
        f":86:166?00GUTSCHRIFT?20SVWZ+{document['number']}?32Firma Kunde\r\n:62F:C{day}EUR1119,00\r\n-\r\n"
    ).encode()
