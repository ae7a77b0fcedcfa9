"""Two invoices of one customer, paid at once by card through a pay link that the ERP has asked for."""

from playwright.sync_api import expect


def test_two_invoices_are_paid_at_once_without_log_in(erp, customer):
    buyer = erp.customer()
    documents = [erp.invoice(buyer["number"]) for _ in range(2)]
    wanted = {"documents": [document["external_id"] for document in documents]}
    made = erp.call("POST", "/api/ingest/v1/pay-links", json=wanted)
    assert made.status_code == 201, made.text
    assert made.json()["amount"] == {"minor_units": 23800, "currency": "EUR"}

    after, page = erp.last_position(), customer.page
    page.goto(made.json()["url"])
    for words in (*(document["number"] for document in documents), "238,00 €"):
        expect(page.get_by_role("main")).to_contain_text(words)
    page.get_by_role("radio", name="Karte").check()
    page.get_by_role("button", name="Weiter").click()
    customer.at_provider("Erfolgreich bezahlen")
    expect(page.get_by_role("main")).to_contain_text("Alles ist bezahlt")
    assert page.url == made.json()["url"]
    for document in documents:
        paid = erp.event(after, "payments.receivable.payment_succeeded", document["id"])
        assert paid["data"]["receivable"]["state"] == "paid"
        assert paid["data"]["payment"]["amount_minor"] == "11900"

    assert erp.call("POST", f"/api/ingest/v1/pay-links/{made.json()['id']}/revoke").json()["revoked"] is True
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dieser Link gilt nicht mehr")
