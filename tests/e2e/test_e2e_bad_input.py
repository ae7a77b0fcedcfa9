"""Bad input gets a 4xx with the field named, or a sentence by the field; nothing is changed and nothing lost."""

import re

import pytest
from playwright.sync_api import expect

from .people import fresh

pytestmark = pytest.mark.parametrize("platform", ["postgres"], indirect=True)

ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE i [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>&b;</ID></Invoice>"""
NETWORK = b"""<?xml version="1.0"?><!DOCTYPE i [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice>&a;</Invoice>"""


def refusal(erp, answer):
    """The problem, wherever the file got to."""
    found = answer.json() if answer.status_code != 202 else erp.ended(answer)["error"]
    assert found, answer.text
    assert 400 <= found["status"] < 500, found
    assert found["code"]
    assert found["detail"]
    return found


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<Invoice><ID>1</ID>", "xml_broken"),
        (b"<html/>", "xml_no_invoice"),
        (ENTITIES, "xml"),
        (NETWORK, "xml"),
        (b"<a>" * 100_000, "xml"),
        (b"%PDF-1.7\nkaputt", "pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"0" * 100, "type"),
        (b"MZ\x90\x00" + b"0" * 100, "type"),
        (b"", ""),
    ],
    ids=["cut", "no invoice", "entities", "network", "deep", "pdf", "picture", "program", "empty"],
)
def test_a_broken_or_hostile_file_is_refused_with_its_reason(platform, erp, content, code):
    problem = refusal(erp, erp.hand_in(content=content, headers={"Content-Type": "application/octet-stream"}))
    assert code in problem["code"], problem


def test_a_pdf_without_any_data_is_asked_for_it(platform, erp, page):
    page.set_content("<p>Rechnung</p>")
    answer = erp.hand_in(content=page.pdf(), headers={"Content-Type": "application/pdf"})
    assert refusal(erp, answer)["code"] == "data_missing"


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"totals": {"gross": "1.00"}}, "totals"),
        ({"currency": "XXQ"}, "currency"),
        ({"currency": "Euro"}, "currency"),
        ({"issue_date": "gestern"}, "issue_date"),
        ({"type": "rechnung"}, "type"),
        ({"lines": [{"name": "x", "quantity": "viel", "unit": "HUR", "net_price": "1"}]}, "lines"),
        ({"lines": []}, "lines"),
        ({"unbekannt": 1}, "unbekannt"),
        ({"number": "x\u0000y"}, "number"),
    ],
)
def test_wrong_data_names_its_field(platform, erp, said, field):
    problem = refusal(erp, erp.hand_in(json=erp.invoice_data(erp.customer()["number"], **said)))
    named = [problem.get("field") or "", *(e["field"] for e in problem.get("errors", []))]
    assert any(field in name for name in named), problem


def test_a_number_that_is_taken_is_refused_and_the_first_stays(platform, erp, customer):
    buyer = erp.customer()["number"]
    first = erp.invoice(buyer)
    again = erp.hand_in(json=erp.invoice_data(buyer, number=first["number"], external_id=fresh("anders")))
    problem = refusal(erp, again)
    assert problem["code"] == "duplicate_number"
    assert "number" in problem["field"]
    customer.open(first["portal_url"])
    expect(customer.page.get_by_role("heading", level=1)).to_have_text(f"Rechnung {first['number']}")


def test_json_that_is_none_is_said(platform, erp):
    answer = erp.hand_in(content=b"{kein json", headers={"Content-Type": "application/json"})
    assert refusal(erp, answer)["status"] in (400, 422)


def test_an_oversized_upload_is_refused(platform, erp):
    problem = refusal(erp, erp.hand_in(content=b"%PDF" + b"0" * 21_000_000))
    assert problem["status"] == 413


def test_an_unknown_key_and_none_are_told_apart_from_a_missing_right(platform, erp):
    path = "/api/ingest/v1/documents"
    assert erp.call("POST", path, headers={"Authorization": ""}, json={}).json()["status"] == 401
    assert erp.call("POST", path, headers={"Authorization": "Bearer kontor_x"}, json={}).json()["status"] == 401


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"amount": "-5.00"}, "amount"),
        ({"amount": "5,00"}, "amount"),
        ({"amount": "5.001"}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"paid_on": "31.12.2026"}, "paid_on"),
    ],
)
def test_a_wrong_payment_names_its_field_and_books_nothing(platform, erp, customer, said, field):
    document = erp.invoice()
    problem = refusal(erp, erp.pays(document, "5.00", **said))
    assert field in str(problem.get("field")) + str(problem.get("errors")), problem
    customer.open(document["portal_url"])
    expect(customer.state).to_have_text("offen")


def test_the_same_payment_id_with_another_amount_is_refused(platform, erp):
    document, payment = erp.invoice(), fresh("ZA")
    erp.pays(document, "5.00", external_id=payment)
    problem = refusal(erp, erp.pays(document, "6.00", external_id=payment))
    assert problem["field"] == "external_id"


def test_a_customer_with_a_wrong_address_names_the_field(platform, erp):
    answer = erp.call("PUT", f"/api/ingest/v1/customers/{fresh('K')}", json={"name": "X", "email": "kein at"})
    assert "email" in str(refusal(erp, answer))


def test_an_unknown_document_is_not_found(platform, erp):
    assert refusal(erp, erp.call("POST", "/api/ingest/v1/documents/gibtsnicht/cancel"))["status"] == 404


def test_fields_of_pages_say_what_is_wrong_with_them(platform, merchant):
    page = merchant.page
    merchant.go("/kunden/neu")
    page.locator("main form").first.evaluate("form => form.noValidate = true")
    page.get_by_label("E-Mail-Adresse").fill("kein at")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#name-error")).to_have_text("Bitte füllen Sie dieses Feld aus.")
    expect(page.locator("#email-error")).to_have_text("Diese E-Mail-Adresse ist ungültig.")
    expect(page.get_by_label("E-Mail-Adresse")).to_have_value("kein at")

    merchant.go("/einstellungen/firma")
    before = page.get_by_label("IBAN").input_value()
    page.get_by_label("IBAN").fill("DE00 1203 0000 0000 2020 51")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#iban-error")).to_be_visible()
    merchant.go("/einstellungen/firma")
    assert page.get_by_label("IBAN").input_value() == before


def test_an_unknown_placeholder_is_refused_at_its_field(platform, merchant):
    page = merchant.page
    merchant.go("/mails/texte")
    page.get_by_role("row").filter(has_text="Deutsch").first.get_by_role("link").click()
    kept = page.get_by_label("Text", exact=True).input_value()
    page.get_by_label("Text", exact=True).fill(kept + "\n[Kunde.schuhgroesse]")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#text-error")).to_contain_text("Kunde.schuhgroesse")
    page.reload()
    merchant.go(re.sub(r"^https?://[^/]+", "", page.url))
    assert page.get_by_label("Text", exact=True).input_value() == kept


def test_an_amount_that_is_none_is_said_at_its_field(platform, erp, merchant):
    document = erp.invoice()
    merchant.go(f"/dokumente/{document['id']}/buchen")
    merchant.page.get_by_label("Betrag in EUR").fill("viel")
    merchant.page.get_by_role("button", name="Buchen").click()
    expect(merchant.page.locator("#amount-error")).to_be_visible()
    expect(merchant.listed(document["number"])).to_contain_text("offen")
