"""One document, and what staff do with it."""

from uuid import uuid4

import pytest
from admin_shop import NOW, Shop, answer_of, cookies, session_state, tell_sessions

from kontor.documents.v1 import documents_pb2
from kontor.payments.v1 import payments_pb2


async def test_another_merchants_document_is_not_there(shop: Shop) -> None:
    foreign = shop.document("RE-9", merchant_id=str(uuid4()))
    await shop.told(foreign)
    assert "RE-9" not in await shop.page("/dokumente")
    for path in ("", "/teilen", "/buchen", "/zuordnen", f"/datei/{uuid4()}"):
        await shop.page(f"/dokumente/{foreign.document.id}{path}", 404)
    assert (await shop.client.get(f"/api/admin/v1/documents/{foreign.document.id}")).status_code == 404


async def test_a_document_page_shows_lines_and_taxes(shop: Shop) -> None:
    invoice = shop.document("RE-1", content_sha256="ab" * 32)
    shop.owners.answers["GET", f"/v1/content/{'ab' * 32}"] = CONTENT
    await shop.told(invoice)
    page = await shop.page(f"/dokumente/{invoice.document.id}")
    for words in (
        "Monteurstunde",
        "2,5 Stunden",
        "64,00\u00a0€",
        "160,00\u00a0€",
        "19\u00a0% Umsatzsteuer auf 160,00\u00a0€",
        "190,40\u00a0€",
    ):
        assert words in page


async def test_a_document_page_stands_while_its_owner_is_away(shop: Shop) -> None:
    shared = documents_pb2.Moment(what="shared", at=NOW)
    invoice = shop.document("RE-1", content_sha256="ab" * 32, moments=[shared])
    shop.owners.down = True
    await shop.told(invoice)
    page = await shop.page(f"/dokumente/{invoice.document.id}")
    assert "Die Positionen können gerade nicht angezeigt werden." in page
    assert "Der vollständige Verlauf kann gerade nicht angezeigt werden." in page
    assert "<strong>Geteilt</strong>" in page


async def test_an_action_while_the_owner_is_away_is_a_503_in_words(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    await shop.told(invoice)
    shop.owners.down = True
    answer = await shop.post(f"/dokumente/{invoice.document.id}/zurueckziehen")
    assert answer.status_code == 503
    assert "Es wurde nichts geändert" in answer.text


async def test_marking_as_paid_is_asked_for_this_member_of_staff_and_seen_at_once(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    open_one = shop.receivable(invoice.document.id)
    await shop.told(invoice, open_one)
    paid = shop.receivable(
        invoice.document.id,
        id=open_one.receivable.id,
        version=2,
        state="paid",
        open_minor=0,
        paid_minor=11900,
        paid_at=NOW,
    )
    shop.owners.answers["POST", f"/v1/documents/{invoice.document.id}/mark-paid"] = answer_of(paid)
    answer = await shop.post(f"/dokumente/{invoice.document.id}/bezahlt", {"method": "transfer"})
    assert answer.status_code == 303
    asked = shop.owners.tokens[-1]
    assert (asked["audience"], asked["right"]) == ("payments", "payments:book")
    assert asked["session_hash"] == session_state(shop.merchant_id, shop.cookie)["hash"]
    assert "vollständig bezahlt" in await shop.page(f"/dokumente/{invoice.document.id}")


async def test_a_payment_is_booked_once_however_often_the_form_is_sent(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    receivable = shop.receivable(invoice.document.id)
    await shop.told(invoice, receivable)
    path = f"/v1/documents/{invoice.document.id}/bookings"
    booked = shop.receivable(invoice.document.id, id=receivable.receivable.id, version=2)
    shop.owners.answers["POST", path] = answer_of(booked)
    form = {"amount": "1.234,50", "booked_on": "2026-11-20", "method": "transfer", "key": "one-key"}
    for _ in range(2):
        assert (await shop.post(f"/dokumente/{invoice.document.id}/buchen", form)).status_code == 303
    _method, _path, body = next(call for call in shop.owners.calls if call[1] == path)
    assert body["amount_minor"] == 123450
    assert body["booked_on"] == "2026-11-20"


async def test_a_wrong_amount_is_said_beside_its_field_and_nothing_is_booked(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    await shop.told(invoice, shop.receivable(invoice.document.id))
    answer = await shop.post(
        f"/dokumente/{invoice.document.id}/buchen", {"amount": "viel", "booked_on": "2026-11-20", "method": "cash"}
    )
    assert answer.status_code == 422
    assert 'id="amount-error">Bitte geben Sie einen Betrag ein, zum Beispiel 1.234,56.' in answer.text
    assert 'value="viel"' in answer.text
    assert not [call for call in shop.owners.calls if call[0] == "POST"]


async def test_an_unusual_booking_is_asked_back_and_done_when_confirmed(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    await shop.told(invoice, shop.receivable(invoice.document.id))
    path = f"/v1/documents/{invoice.document.id}/bookings"
    shop.owners.refuse(
        "POST", path, 409, code="booking_unusual", field="amount_minor", detail="Das ist mehr als die offenen 119,00 €."
    )
    form = {"amount": "200,00", "booked_on": "2026-11-20", "method": "cash"}
    answer = await shop.post(f"/dokumente/{invoice.document.id}/buchen", form)
    assert (answer.status_code, shop.owners.calls[-1][2]["confirmed"]) == (409, False)
    assert "Das ist mehr als die offenen 119,00 €." in answer.text
    assert "Trotzdem buchen" in answer.text
    assert 'name="confirmed" value="20000 2026-11-20"' in answer.text
    shop.owners.answers["POST", path] = answer_of(shop.receivable(invoice.document.id, version=2))
    await shop.post(f"/dokumente/{invoice.document.id}/buchen", form | {"confirmed": "20000 2026-11-20"})
    assert shop.owners.calls[-1][2]["confirmed"] is True


async def test_a_booking_is_cancelled_with_its_reason_which_the_page_then_shows(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    booked = shop.payment(invoice.document.id, provider="staff", method="cash")
    by_card = shop.payment(invoice.document.id)
    await shop.told(invoice, shop.receivable(invoice.document.id), booked, by_card)
    here = f"/dokumente/{invoice.document.id}"
    assert (await shop.page(here)).count("buchung-stornieren") == 1
    path = f"/v1/payments/{booked.payment.id}/cancel"
    shop.owners.answers["POST", path] = answer_of(shop.receivable(invoice.document.id, version=2))
    form = {"payment_id": booked.payment.id, "reason": "Falsche Rechnung"}
    assert (await shop.post(f"{here}/buchung-stornieren", form)).status_code == 303
    assert shop.owners.calls[-1][:3] == ("POST", path, {"reason": "Falsche Rechnung"})
    calls = len(shop.owners.calls)
    await shop.post(f"{here}/buchung-stornieren", form | {"reason": ""})
    assert len(shop.owners.calls) == calls
    told = {
        "id": booked.payment.id,
        "version": 2,
        "state": "cancelled",
        "reason": "Falsche Rechnung",
        "cancelled_by": "Eva",
    }
    await shop.told(shop.payment(invoice.document.id, provider="staff", method="cash", **told))
    page = await shop.page(here)
    assert "Eva: Falsche Rechnung" in page
    assert "storniert" in page


async def test_a_direct_debit_and_what_was_offset_are_shown_to_staff(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    credit = payments_pb2.Credit(document_id=str(uuid4()), document_number="GS-1", amount_minor=1900)
    owed = {"state": "direct_debit", "open_minor": 0, "pending_minor": 10000, "due_minor": 10000, "credits": [credit]}
    await shop.told(invoice, shop.receivable(invoice.document.id, **owed))
    page = await shop.page(f"/dokumente/{invoice.document.id}")
    assert "wird eingezogen" in page
    assert "100,00\xa0€" in page
    assert "Gutschrift GS-1</a>: -19,00\xa0€" in page
    assert "Als bezahlt markieren" in page
    assert "Sind 100,00\xa0€ vollständig per Überweisung eingegangen?" in page


async def test_what_an_owner_refuses_is_asked_for_and_shown_in_german(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    await shop.told(invoice)
    shop.owners.refuse(
        "POST",
        f"/v1/documents/{invoice.document.id}/cancel",
        409,
        code="wrong_state",
        detail="Das geht jetzt nicht mehr.",
    )
    answer = await shop.post(f"/dokumente/{invoice.document.id}/stornieren")
    flash = await shop.client.get(
        answer.headers["location"],
        headers={"cookie": f"{cookies(shop.cookie)}; {answer.headers['set-cookie'].split(';')[0]}"},
    )
    assert "Das geht jetzt nicht mehr." in flash.text
    assert shop.owners.languages[-1] == "de"


async def test_a_file_is_shown_as_what_it_is_and_never_as_a_page(shop: Shop) -> None:
    files = [
        {
            "id": "11111111-1111-1111-1111-111111111111",
            "name": "Rechnung ü.pdf",
            "media_type": "application/pdf",
            "role": "pdf",
        },
        {
            "id": "22222222-2222-2222-2222-222222222222",
            "name": "x.html",
            "media_type": "text/html",
            "role": "attachment",
        },
    ]
    invoice = shop.document("RE-1", files=files)
    await shop.told(invoice)
    for file in files:
        shop.owners.answers["GET", f"/v1/documents/{invoice.document.id}/files/{file['id']}"] = {"any": "bytes"}
    pdf = await shop.client.get(f"/dokumente/{invoice.document.id}/datei/{files[0]['id']}")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == "inline; filename*=UTF-8''Rechnung%20%C3%BC.pdf"
    assert "frame-ancestors 'self'" in pdf.headers["content-security-policy"]
    html = await shop.client.get(f"/dokumente/{invoice.document.id}/datei/{files[1]['id']}")
    assert html.headers["content-type"] == "application/octet-stream"
    assert html.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("merchant", "document", "customer", "reason"),
    [
        ({}, {}, {}, "Link anzeigen"),
        ({"portal_enabled": False}, {}, {}, "weil das Portal ausgeschaltet ist"),
        ({}, {"type": "quote"}, {}, "weil das Portal Dokumente dieser Art nicht zeigt"),
        ({}, {"state": "waiting"}, {}, "weil das Dokument nicht geteilt ist"),
        ({}, {}, {"portal_access": "off"}, "weil dieser Kunde keinen Zugang zum Portal hat"),
        ({"portal_access_default": False}, {}, {}, "weil dieser Kunde keinen Zugang zum Portal hat"),
        ({}, {"customer_id": ""}, {}, "weil das Dokument keinem Kunden zugeordnet ist"),
    ],
)
async def test_where_there_is_no_link_the_reason_is_shown(
    shop: Shop, merchant: dict[str, object], document: dict[str, object], customer: dict[str, object], reason: str
) -> None:
    buyer = shop.customer("1", "Seidel", **customer)
    invoice = shop.document("RE-1", **{"customer_id": buyer.customer.id, **document})
    await shop.told(shop.merchant(version=2, **merchant), buyer, invoice)
    assert reason in await shop.page(f"/dokumente/{invoice.document.id}")


async def test_the_link_is_shown_and_kept_nowhere(shop: Shop) -> None:
    buyer = shop.customer("1", "Seidel")
    invoice = shop.document("RE-1", customer_id=buyer.customer.id)
    await shop.told(buyer, invoice)
    path = f"/v1/customers/{buyer.customer.id}/documents/{invoice.document.id}/link"
    shop.owners.answers["GET", path] = {"url": "http://portal.example/l/secret", "reason": None}
    answer = await shop.post(f"/dokumente/{invoice.document.id}/link")
    assert "http://portal.example/l/secret" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "secret" not in await shop.page(f"/dokumente/{invoice.document.id}")


async def test_who_may_only_read_is_offered_nothing_to_do(shop: Shop) -> None:
    buyer = shop.customer("1", "Seidel")
    invoice = shop.document("RE-1", customer_id=buyer.customer.id)
    await shop.told(buyer, invoice, shop.receivable(invoice.document.id))
    await tell_sessions(
        shop, session_state(shop.merchant_id, "reader", rights=["documents:read", "account"], role="read_only")
    )
    page = await shop.client.get(f"/dokumente/{invoice.document.id}", headers={"cookie": cookies("reader")})
    assert page.status_code == 200
    assert "<form" not in page.text


CONTENT = {
    "type": "invoice", "currency": "EUR", "seller": {"name": "Brunner"}, "buyer": {"name": "Seidel"},
    "lines": [{"name": "Monteurstunde", "quantity": "2.5", "unit": "HUR", "net_price": "64.00", "net": "160.00"}],
    "tax_breakdown": [{"category": "S", "rate": "19", "taxable_amount": "160.00", "tax_amount": "30.40"}],
    "totals": {"net": "160.00", "tax": "30.40", "gross": "190.40", "due": "190.40"},
}  # fmt: skip


async def test_a_mail_about_several_documents_is_shown_on_each(shop: Shop) -> None:
    one, other = shop.document("RE-1"), shop.document("RE-2")
    ids = [one.document.id, other.document.id]
    await shop.told(
        one,
        other,
        shop.mail(kind="document_shared", document_id=ids[0], document_ids=ids, recipient="both@example.com"),
    )
    for document_id in ids:
        assert "both@example.com" in await shop.page(f"/dokumente/{document_id}")


async def test_a_documents_payments_lead_to_giving_their_money_back(shop: Shop) -> None:
    invoice = shop.document("RE-1")
    paid = shop.payment(invoice.document.id, currency="USD", failure="other_currency", left_minor=11900)
    gone = shop.payment(invoice.document.id, state="refunded", left_minor=0)
    await shop.told(invoice, shop.receivable(invoice.document.id), paid, gone)
    page = await shop.page(f"/dokumente/{invoice.document.id}")
    assert f"/zahlungen/{paid.payment.id}/erstatten" in page
    assert f"/zahlungen/{gone.payment.id}/erstatten" not in page
