"""Reported payments that wait for their document."""

import re

from admin_shop import Shop


async def test_a_payment_that_waits_is_on_the_board_and_in_its_list(shop: Shop) -> None:
    await shop.told(
        shop.merchant(), shop.incoming_payment(), shop.incoming_payment(state="booked", document_number="RE-1")
    )
    for path in ("/", "/zahlungen/wartend"):
        page = await shop.page(path)
        assert 'wartet auf Rechnung <span class="nowrap">RE-77</span>' in page
        assert "RE-1<" not in page
    assert "Eine Zahlung ohne Rechnung" in await shop.page("/zahlungen")


async def test_the_invoices_that_a_payment_may_be_for_are_offered_those_of_its_amount_first(shop: Shop) -> None:
    payment = shop.incoming_payment(amount_minor=5000)
    one, fitting = [shop.document(number) for number in ("RE-1", "RE-2")]
    await shop.told(
        payment, one, fitting, shop.receivable(one.document.id, document_number="RE-1", due_date="2026-11-01"),
        shop.receivable(fitting.document.id, document_number="RE-2", open_minor=5000),
    )  # fmt: skip
    url = f"/zahlungen/wartend/{payment.incoming_payment.id}/zuordnen"
    page = await shop.page(url)
    assert page.index("RE-2") < page.index("RE-1")
    assert "RE-1" not in await shop.page(f"{url}?q=RE-2")
    shop.owners.answers["POST", f"/v1/incoming-payments/{payment.incoming_payment.id}/assign"] = {}
    answer = await shop.post(url, {"document_id": fitting.document.id})
    assert answer.headers["location"] == "/zahlungen/wartend"
    assert shop.owners.calls[-1][2] == {"document_id": fitting.document.id}


async def test_a_payment_is_offered_no_credit_note(shop: Shop) -> None:
    payment, note, invoice = (
        shop.incoming_payment(),
        shop.document("RE-5-GS", type="credit_note"),
        shop.document("RE-5"),
    )
    await shop.told(
        payment, note, invoice, shop.receivable(invoice.document.id, document_number="RE-5"),
        shop.receivable(note.document.id, document_number="RE-5-GS", state="credit", open_minor=0, credit_minor=11900),
    )  # fmt: skip
    page = await shop.page(f"/zahlungen/wartend/{payment.incoming_payment.id}/zuordnen?q=RE-5")
    assert (invoice.document.id in page, note.document.id in page) == (True, False)


async def test_a_payment_is_refused_with_a_reason(shop: Shop) -> None:
    payment = shop.incoming_payment().incoming_payment.id
    path = f"/v1/incoming-payments/{payment}/refuse"
    shop.owners.answers["POST", path] = {}
    await shop.post(f"/zahlungen/wartend/{payment}/ablehnen", {"reason": " "})
    assert shop.owners.calls == []
    await shop.post(f"/zahlungen/wartend/{payment}/ablehnen", {"reason": "Nicht unsere"})
    assert shop.owners.calls == [("POST", path, {"reason": "Nicht unsere"})]


async def test_refused_payments_are_shown_with_the_reason(shop: Shop) -> None:
    await shop.told(shop.incoming_payment(state="refused", error="by_staff", reason="Nicht unsere"))
    assert "Nicht unsere" in await shop.page("/zahlungen/wartend?state=refused")
    assert "Nicht unsere" not in await shop.page("/zahlungen/wartend")


async def test_what_is_left_of_a_credit_note_is_paid_out_with_day_and_reference(shop: Shop) -> None:
    note = shop.document("GS-1", type="credit_note")
    account = {"open_minor": 0, "due_minor": 0, "credit_minor": 11900, "offset_minor": 1900, "credit_left_minor": 10000}
    await shop.told(note, shop.receivable(note.document.id, state="credit", **account))
    page = await shop.page(f"/dokumente/{note.document.id}")
    assert "Guthaben" in page
    assert "<summary>Auszahlung erfassen</summary>" in page
    assert "100,00\xa0€ wurden an den Kunden ausgezahlt:" in page
    [day] = re.findall(r'<input id="booked_on"[^>]*>', page)
    assert re.findall('value="([^"]*)"', day) != [""]
    assert 'type="date"' not in day
    path = f"/v1/documents/{note.document.id}/payouts"
    shop.owners.answers["POST", path] = {}
    await shop.post(f"/dokumente/{note.document.id}/auszahlung", {"booked_on": "21.11.2026", "reference": "Bank 7"})
    assert shop.owners.calls == [("POST", path, {"reference": "Bank 7", "booked_on": "2026-11-21"})]
