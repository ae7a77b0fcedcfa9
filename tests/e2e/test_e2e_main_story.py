"""The main story: an invoice comes in, reaches the customer, is opened, read and paid, and everyone knows."""

import io
import json
import re
from pathlib import Path

import httpx
import pikepdf
from playwright.sync_api import expect

from kontor_testing.waiting import until

from .people import Customer, fresh, let_settle

REAL = Path(__file__).parents[3] / "shared/data"


def without_reload(page):
    """Marks the open page; the answer says whether it is still the same one."""
    page.evaluate("window.stillTheSame = true")
    return lambda: page.evaluate("window.stillTheSame === true")


class TestIn:
    def test_an_erp_hands_in_data_and_learns_where_the_document_is(self, erp):
        buyer = erp.customer()
        answer = erp.hand_in(json=erp.invoice_data(buyer["number"], number="RE-neu-" + buyer["number"]))
        assert answer.status_code == 202
        assert answer.json()["status_url"].startswith(erp.gateway)
        document = erp.shared(answer)
        assert document["number"] == "RE-neu-" + buyer["number"]
        assert document["amount_due"] == {"minor_units": 11900, "currency": "EUR"}
        assert re.match(rf"{erp.gateway}/l/\S+$", document["portal_url"])

    def test_the_same_bytes_are_the_same_document_and_changed_ones_are_refused_once_it_is_shared(self, erp):
        data = erp.invoice_data(erp.customer()["number"])
        first = erp.shared(erp.hand_in(json=data))
        assert erp.shared(erp.hand_in(json=data))["id"] == first["id"]
        changed = erp.hand_in(json=data | {"due_date": "2030-01-31"})
        ended = changed.json() if changed.status_code != 202 else erp.ended(changed)["error"]
        assert ended["status"] == 409
        assert first["id"] in str(ended)

    def test_an_idempotency_key_makes_one_of_two_calls(self, erp):
        data, key = erp.invoice_data(erp.customer()["number"]), {"Idempotency-Key": fresh("schluessel")}
        first, second = erp.hand_in(json=data, headers=key), erp.hand_in(json=data, headers=key)
        assert first.json()["id"] == second.json()["id"]

    def test_large_amounts_are_booked_summed_and_paid(self, erp, merchant):
        turbine = {"name": "Turbine", "tax_category": "Z", "tax_rate": "0"}
        for currency, amount in (("EUR", "21474836.48"), ("HUF", "99000000000.00"), ("HUF", "99000000000.00")):
            document = erp.invoice(currency=currency, lines=[turbine | {"net_price": amount}])
            assert document["amount_due"] == {"minor_units": int(amount.replace(".", "")), "currency": currency}
        merchant.go("/")
        expect(merchant.page.locator("main")).to_contain_text(re.compile(r"198\.000\.000\.000,00\s(Ft|HUF)"))
        after = erp.last_position()
        assert erp.pays(document, "99000000000.00", currency="HUF").json()["status"] == "booked"
        paid = erp.event(after, "payments.receivable.", document["id"])
        assert paid["data"]["receivable"]["state"] == "paid"

    def test_an_amount_beyond_all_sums_is_refused_with_its_field(self, erp):
        line = {"name": "Turbine", "net_price": "1000000000000", "tax_category": "Z", "tax_rate": "0"}
        answer = erp.hand_in(json=erp.invoice_data(erp.customer()["number"], lines=[line]))
        problem = answer.json()
        assert (answer.status_code, problem["code"], problem["field"]) == (422, "amount_too_large", "totals.line_net")

    def test_an_xrechnung_becomes_a_document_of_the_customer_whose_number_it_says(self, erp, customer):
        buyer = erp.customer()["number"]
        number = fresh("XR")
        content = customer.einvoice(erp.invoice(buyer), number)
        document = erp.shared(erp.hand_in(content=content, headers={"Content-Type": "application/xml"}))
        assert (document["number"], document["amount_due"]["minor_units"]) == (number, 11900)
        assert document["customer_number"] == buyer

    def test_a_zugferd_pdf_becomes_a_document_and_keeps_its_bytes(self, erp, customer, new_page):
        number = fresh("ZF")
        content = zugferd(customer.einvoice(erp.invoice(), number), new_page())
        document = erp.shared(erp.hand_in(content=content, headers={"Content-Type": "application/pdf"}))
        assert (document["number"], document["amount_due"]["minor_units"]) == (number, 11900)
        customer.open(document["portal_url"])
        assert pdf_of(customer) == content

    def test_invoices_that_nobody_here_wrote_are_read_and_matched_by_customer_number_alone(self, erp):
        for path in [*sorted(REAL.glob("xrechnung/01.01a-*.xml")), *sorted(REAL.glob("zugferd/*.pdf"))[:2]]:
            status = erp.ended(erp.hand_in(content=path.read_bytes(), headers={"X-Kontor-File-Name": path.name}))
            assert status["status"] == "processed", (path, status["error"])
            assert status["document"]["type"] == "invoice"
            assert status["document"]["portal_url_reason"] == "unmatched"

    def test_a_pdf_with_its_data_beside_keeps_its_bytes(self, erp, customer, page):
        page.set_content("<h1>Rechnung</h1>")
        own = page.pdf()
        data = erp.invoice_data(erp.customer()["number"])
        document = erp.shared(
            erp.hand_in(files={"file": ("Rechnung.pdf", own, "application/pdf")}, data={"data": json.dumps(data)})
        )
        customer.open(document["portal_url"])
        assert pdf_of(customer) == own


def zugferd(xml, page):
    """A PDF with the XML embedded as ZUGFeRD names it."""
    page.set_content("<h1>Rechnung</h1>")
    with pikepdf.open(io.BytesIO(page.pdf())) as pdf:
        pdf.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(
            pdf, xml, mime_type="text/xml", relationship=pikepdf.Name.Alternative
        )
        made = io.BytesIO()
        pdf.save(made)
    return made.getvalue()


def pdf_of(customer):
    """The bytes behind the download button."""
    with customer.page.expect_download() as download:
        customer.page.get_by_role("link", name="PDF herunterladen").click()
    return Path(download.value.path()).read_bytes()


class TestSharedAndOpened:
    def test_a_german_mail_arrives_with_logo_and_link(self, erp, platform):
        buyer = erp.customer()
        document = erp.invoice(buyer["number"])
        mail = platform.mail_to(buyer["email"], document["number"])
        assert mail["subject"] == f"Ihre Rechnung {document['number']} von Brunner Haustechnik GmbH"
        assert "Zu bezahlen: 119,00\u00a0€" in mail["text"]
        assert document["portal_url"] in mail["links"]
        assert '<html lang="de"' in mail["html"]
        assert re.search(r"<img[^>]+src=\"(data|cid):", mail["html"])
        assert "&amp;zwnj;" not in mail["html"]

    def test_an_english_customer_gets_an_english_mail(self, erp, platform):
        buyer = erp.customer(language="en")
        document = erp.invoice(buyer["number"])
        assert platform.mail_to(buyer["email"], document["number"])["subject"].startswith("Your invoice")

    def test_a_scanner_that_gets_the_link_neither_reads_nor_consumes_it(self, erp, customer, merchant):
        document = erp.invoice()
        for _ in range(3):
            scanned = httpx.get(document["portal_url"])
            assert scanned.status_code == 200
            assert "set-cookie" not in {name for name in scanned.headers if "kontor-brunner" in scanned.headers[name]}
            assert document["number"] not in scanned.text
        row = merchant.listed(document["number"])
        expect(row).to_contain_text("noch nicht geöffnet")
        customer.open(document["portal_url"])
        expect(customer.page.get_by_role("heading", level=1)).to_have_text(f"Rechnung {document['number']}")
        with customer.page.expect_response(re.compile("/gelesen$")):
            customer.page.keyboard.press("PageDown")
        expect(merchant.page.get_by_role("row").filter(has_text=document["number"])).not_to_contain_text(
            "noch nicht geöffnet"
        )

    def test_the_link_page_has_one_button_and_the_address_keeps_no_token(self, erp, new_page):
        document = erp.invoice()
        quiet = new_page(java_script_enabled=False)
        quiet.goto(document["portal_url"])
        assert quiet.get_by_role("button").all_inner_texts() == ["Rechnung öffnen"]
        quiet.get_by_role("button").click()
        assert quiet.url == document["portal_url"].split("/l/")[0] + f"/brunner/dokumente/{document['id']}"
        token = document["portal_url"].rpartition("/")[2]
        assert token not in quiet.content()


class TestRead:
    def test_the_page_says_lines_totals_due_date_discount_and_methods(self, erp, customer):
        document = erp.invoice(
            cash_discounts=[{"days": 10, "percent": "2"}],
            allowances_charges=[{"amount": "10.00", "reason": "Treuerabatt", "tax_category": "S", "tax_rate": "19"}],
        )
        customer.open(document["portal_url"])
        page = customer.page
        row = page.get_by_role("row").filter(has_text="Beratung")
        expect(row).to_contain_text("100,00 €")
        for words in ("Treuerabatt", "-10,00 €", "90,00 €", "17,10 €", "107,10 €", "mit 2 % Skonto", "104,96 €"):
            expect(page.get_by_role("main")).to_contain_text(words)
        expect(page.get_by_text("fällig am").first).to_be_visible()
        expect(page.get_by_text("Karte · SEPA-Lastschrift · PayPal · Überweisung")).to_be_visible()

    def test_pdf_and_xrechnung_are_there(self, erp, customer):
        document = erp.invoice()
        customer.open(document["portal_url"])
        customer.page.get_by_role("link", name="PDF", exact=True).click()
        expect(customer.page.locator("object[type='application/pdf']")).to_be_visible()
        assert pdf_of(customer).startswith(b"%PDF-")
        customer.page.get_by_role("link", name="Übersicht", exact=True).last.click()
        with customer.page.expect_download() as xml:
            customer.page.get_by_role("link", name="XRechnung (XML)").click()
        content = Path(xml.value.path()).read_bytes()
        assert document["number"].encode() in content
        assert b"xrechnung" in content.lower()

    def test_related_documents_lead_to_each_other(self, erp, customer):
        buyer = erp.customer()["number"]
        quote = erp.shared(erp.hand_in(json=erp.invoice_data(buyer, type="quote", due_date=None)))
        invoice = erp.invoice(buyer, references=[{"kind": "quote", "number": quote["number"]}])
        customer.open(invoice["portal_url"])
        customer.page.get_by_role("link", name=f"Angebot {quote['number']}").click()
        expect(customer.page.get_by_role("heading", level=1)).to_have_text(f"Angebot {quote['number']}")


class TestPaid:
    def test_paid_by_card_and_everyone_knows_without_reload(self, erp, platform, customer, merchant, new_page):
        buyer = erp.customer()
        document, before = erp.invoice(buyer["number"]), erp.last_position()
        beside = Customer(new_page(), erp.gateway)
        beside.open(document["portal_url"])
        same = without_reload(beside.page)
        row = merchant.listed(document["number"])
        expect(row).to_contain_text("offen")
        same_list = without_reload(merchant.page)

        customer.pay(document)

        expect(customer.state).to_have_text("vollständig bezahlt")
        assert "Jetzt bezahlen" not in customer.page.content()
        expect(beside.page.get_by_role("link", name="Jetzt bezahlen")).to_have_count(0)
        expect(beside.state).to_have_text("vollständig bezahlt")
        assert same()
        word = merchant.page.get_by_role("row").filter(has_text=document["number"]).locator(".state")
        expect(word).to_have_text("vollständig bezahlt")
        assert is_green(word)
        assert same_list()
        mail = platform.mail_to(buyer["email"], "Zahlung erhalten")
        assert "119,00 €" in mail["subject"]
        event = erp.event(before, "payments.receivable.payment_succeeded.v1", document["id"])
        assert event["data"]["payment"]["amount_minor"] == "11900"

    def test_a_declined_card_charges_nothing_and_another_try_pays(self, erp, customer):
        document = erp.invoice()
        customer.open(document["portal_url"])
        customer.choose("Karte")
        customer.at_provider("Ablehnen lassen")
        expect(customer.page.get_by_role("alert")).to_contain_text("abgelehnt")
        customer.page.get_by_role("button", name="Erfolgreich bezahlen").click()
        customer.back_at(document)
        expect(customer.state).to_have_text("vollständig bezahlt")

    def test_a_confirmation_at_the_bank_is_asked_for(self, erp, customer):
        document = erp.invoice()
        customer.open(document["portal_url"])
        customer.choose("Karte")
        customer.at_provider("Bezahlen mit Bestätigung bei der Bank")
        customer.page.get_by_role("button", name="Ja, bestätigen").click()
        customer.back_at(document)
        expect(customer.state).to_have_text("vollständig bezahlt")

    def test_who_turns_back_finds_the_button_again(self, erp, customer):
        document = erp.invoice()
        customer.pay(document, "Abbrechen und zurück")
        expect(customer.state).to_have_text("offen")
        expect(customer.page.get_by_role("link", name="Jetzt bezahlen").first).to_be_visible()

    def test_a_debit_is_on_its_way_and_not_green_until_it_settles(self, erp, platform, customer, merchant):
        buyer = erp.customer()
        document = erp.invoice(buyer["number"])
        address = customer.pay(document, "Geht später ein (SEPA)", "SEPA-Lastschrift")
        expect(customer.state).to_have_text("unterwegs")
        assert not is_green(customer.state)
        expect(customer.page.get_by_role("link", name="Jetzt bezahlen")).to_have_count(0)
        expect(merchant.listed(document["number"]).locator(".state")).to_have_text("unterwegs")
        assert "unterwegs" in platform.mail_to(buyer["email"], "Zahlung unterwegs")["subject"]
        same = without_reload(customer.page)
        let_settle(address)
        expect(customer.state).to_have_text("vollständig bezahlt")
        assert same()
        expect(merchant.page.get_by_role("row").filter(has_text=document["number"]).locator(".state")).to_have_text(
            "vollständig bezahlt"
        )

    def test_a_debit_that_fails_opens_the_invoice_again(self, erp, platform, customer):
        buyer = erp.customer()
        document = erp.invoice(buyer["number"])
        address = customer.pay(document, "Schlägt später fehl (SEPA)", "SEPA-Lastschrift")
        expect(customer.state).to_have_text("unterwegs")
        let_settle(address, "failed")
        expect(customer.state).to_have_text("offen")
        expect(customer.page.get_by_role("link", name="Jetzt bezahlen").first).to_be_visible()
        platform.mail_to(buyer["email"], "Zahlung fehlgeschlagen")

    def test_a_bank_transfer_says_reference_and_code(self, erp, customer):
        document = erp.invoice()
        customer.open(document["portal_url"])
        customer.choose("Überweisung")
        page = customer.page
        expect(page.get_by_role("heading", level=1)).to_have_text("Per Überweisung bezahlen")
        for words in ("DE02 1203 0000 0000 2020 51", "Brunner Haustechnik GmbH", document["number"], "119,00 €"):
            expect(page.get_by_role("main")).to_contain_text(words)
        expect(page.get_by_role("img", name="Zahlungscode für Ihre Banking-App")).to_be_visible()
        told = page.request.get(f"{erp.gateway}/api/portal/v1/brunner/documents/{document['id']}/transfer").json()
        payload = told["epc"].split("\n")
        assert payload[:4] == ["BCD", "002", "1", "SCT"]
        assert payload[5:8] == ["Brunner Haustechnik GmbH", "DE02120300000000202051", "EUR119.00"]
        assert document["number"] in payload[10]


class TestKnown:
    def test_parts_from_the_erp_and_by_hand_leave_the_right_amount_open_everywhere(self, erp, customer, merchant):
        document = erp.invoice()
        customer.open(document["portal_url"])
        assert erp.pays(document, "19.00").json()["status"] == "booked"
        expect(customer.state).to_have_text("teilweise bezahlt")
        expect(customer.page.locator('[data-part="payment"] .sum')).to_have_text("100,00 €")
        row = merchant.listed(document["number"])
        expect(row).to_contain_text("teilweise bezahlt")
        expect(row).to_contain_text("offen 100,00 €")

        row.get_by_role("link").first.click()
        merchant.page.get_by_role("link", name="Zahlung buchen").click()
        merchant.page.get_by_label("Betrag in EUR").fill("40,00")
        merchant.page.get_by_role("button", name="Buchen").click()
        merchant.said("Zahlung gebucht.")
        expect(customer.page.locator('[data-part="payment"] .sum')).to_have_text("60,00 €")

        merchant.page.locator("summary").filter(has_text="Als bezahlt markieren").click()
        merchant.page.get_by_role("button", name="Ja, bezahlt").click()
        expect(merchant.page.locator('[data-part="state"] .state').first).to_have_text("vollständig bezahlt")
        expect(customer.state).to_have_text("vollständig bezahlt")

    def test_the_same_payment_of_the_erp_counts_once(self, erp, customer):
        document = erp.invoice()
        for _ in range(2):
            assert erp.pays(document, "19.00", external_id="ZA-" + document["number"]).status_code == 200
        customer.open(document["portal_url"])
        expect(customer.page.locator('[data-part="payment"] .sum')).to_have_text("100,00 €")

    def test_too_much_is_paid_in_full_and_said_to_both(self, erp, customer, merchant):
        document = erp.invoice()
        erp.pays(document, "120.00")
        customer.open(document["portal_url"])
        expect(customer.state).to_have_text("vollständig bezahlt")
        expect(customer.page.get_by_text("Zu viel bezahlt: 1,00 €")).to_be_visible()
        merchant.listed(document["number"]).get_by_role("link").first.click()
        expect(merchant.page.get_by_role("main")).to_contain_text("Überzahlt")

    def test_a_paid_invoice_is_not_charged_again(self, erp, customer, new_page):
        document = erp.invoice()
        slow = Customer(new_page(), erp.gateway)
        slow.open(document["portal_url"])
        slow.page.goto(slow.page.url + "/bezahlen")
        customer.pay(document)
        slow.page.get_by_role("button", name="Weiter").click()
        slow.back_at(document)
        expect(slow.page.get_by_role("status").filter(has_text="bereits bezahlt").first).to_be_visible()
        csrf = {"Origin": erp.gateway, "Sec-Fetch-Site": "same-origin"}
        path = f"{erp.gateway}/api/portal/v1/brunner/documents/{document['id']}/checkouts"
        answer = slow.page.request.post(path, data={"method": "card"}, headers=csrf)
        assert (answer.status, answer.json()["status"]) == (200, "already_paid"), answer.text()

    def test_two_open_ways_to_pay_end_in_one_payment(self, erp, customer, new_page):
        document = erp.invoice()
        other = Customer(new_page(), erp.gateway)
        for one in (customer, other):
            one.open(document["portal_url"])
            one.choose("Karte")
            one.page.wait_for_url(re.compile("/pay/"))
        if customer.page.url != other.page.url:
            customer.page.get_by_role("button", name="Erfolgreich bezahlen").click()
            expect(customer.page.get_by_text("beendet").first).to_be_visible()
        other.at_provider("Erfolgreich bezahlen")
        other.back_at(document)
        expect(other.state).to_have_text("vollständig bezahlt")
        assert "Zu viel bezahlt" not in other.page.content()

    def test_a_cancelled_invoice_asks_for_nothing(self, erp, customer):
        document = erp.invoice()
        customer.open(document["portal_url"])
        answer = erp.call(
            "POST", f"/api/ingest/v1/documents/{document['external_id']}/cancel", json={"reason": "Irrtum"}
        )
        assert answer.status_code == 200, answer.text
        expect(customer.state).to_have_text("storniert")
        expect(customer.page.get_by_role("link", name="Jetzt bezahlen")).to_have_count(0)

    def test_a_withdrawn_invoice_is_gone(self, erp, customer):
        document = erp.invoice()
        customer.open(document["portal_url"])
        address = customer.page.url
        erp.call("POST", f"/api/ingest/v1/documents/{document['external_id']}/withdraw")
        assert until(lambda: customer.page.request.get(address).status in (401, 403, 410))


def is_green(word):
    red, green, blue = map(int, re.findall(r"\d+", word.evaluate("e => getComputedStyle(e).color"))[:3])
    return green > red and green > blue
