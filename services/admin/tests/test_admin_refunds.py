"""A payment's page, giving its money back, and disputes."""

import re
from typing import Any
from uuid import uuid4

from admin_shop import NOW, Shop, answer_of


def refund(**values: Any) -> dict[str, Any]:
    return {
        "id": "r1", "amount_minor": 1900, "state": "succeeded", "reason": "defect", "note": "Kratzer", "requested_by": "Eva",
        "requested_at": NOW, "ended_at": NOW,
    } | values  # fmt: skip


async def known(shop: Shop, **values: Any) -> tuple[str, Any]:
    """A paid invoice's payment, and the path by which its money goes back."""
    invoice = shop.document("RE-1")
    paid = shop.payment(invoice.document.id, left_minor=11900, **values)
    receivable = shop.receivable(invoice.document.id, state="paid", open_minor=0, paid_minor=11900)
    await shop.told(invoice, receivable, paid)
    return f"/v1/payments/{paid.payment.id}/refund", paid


async def test_a_payments_page_says_gross_fee_net_payout_and_its_history(shop: Shop) -> None:
    _, paid = await known(
        shop, fee_minor=195, net_minor=11705, payout_id="po_77", provider_reference="py_1", refunds=[refund()]
    )
    page = await shop.page(f"/zahlungen/{paid.payment.id}")
    for said in (
        "119,00\xa0€",
        "-1,95\xa0€",
        "117,05\xa0€",
        "po_77",
        "py_1",
        "Mangel oder Reklamation · Kratzer · Eva",
    ):
        assert said in page, said


async def test_the_list_shows_fee_net_and_payout_and_is_narrowed_by_them(shop: Shop) -> None:
    await known(shop, fee_minor=195, net_minor=11705, payout_id="po_77")
    await known(shop, provider="staff", method="transfer")
    page = await shop.page("/zahlungen")
    assert "-1,95\xa0€" in page
    assert "117,05\xa0€" in page
    assert "po_77" in await shop.page("/zahlungen?payout=paid")
    assert "po_77" not in await shop.page("/zahlungen?payout=waiting")
    assert "po_77" not in await shop.page("/zahlungen?provider=staff")


async def test_money_is_given_back_in_part_with_reason_and_credit_note(shop: Shop) -> None:
    path, paid = await known(shop)
    here = f"/zahlungen/{paid.payment.id}"
    form = await shop.page(f"{here}/erstatten")
    assert 'value="119,00"' in form
    [key] = re.findall(r'name="key" value="([^"]+)"', form)
    shop.owners.answers["POST", path] = answer_of(
        shop.payment(paid.payment.document_id, id=paid.payment.id, version=2, state="refund_pending")
    )
    sent = {"amount": "19,00", "reason": "defect", "note": "Kratzer", "credit_note": "on", "key": key}
    answer = await shop.post(f"{here}/erstatten", sent)
    assert answer.headers["location"] == here
    wanted = {
        "amount_minor": 1900,
        "reason": "defect",
        "note": "Kratzer",
        "credit_note": True,
        "reference": "",
        "by_hand": False,
    }
    assert shop.owners.calls == [("POST", path, wanted)]
    assert "Erstattung unterwegs" in await shop.page(here)


async def test_what_kontor_cannot_give_back_is_recorded_once_staff_say_that_they_did(shop: Shop) -> None:
    path, paid = await known(shop)
    here = f"/zahlungen/{paid.payment.id}/erstatten"
    assert 'name="by_hand"' not in await shop.page(here)
    shop.owners.refuse("POST", path, 422, code="refund_by_hand", detail="Bitte dort erstatten", field="by_hand")
    sent = {"amount": "19,00", "reason": "defect", "key": "k"}
    form = (await shop.post(here, sent)).text
    assert 'id="by_hand-error"' in form
    assert "Erstattung erfassen" in form
    _, at_acquirer = await known(shop, provider="paylink")
    assert "Erstattung erfassen" in await shop.page(f"/zahlungen/{at_acquirer.payment.id}/erstatten")


async def test_too_much_is_said_at_the_field_and_nothing_typed_is_lost(shop: Shop) -> None:
    path, paid = await known(shop)
    shop.owners.refuse("POST", path, 422, code="refund_too_much", detail="Nur noch 100.00 EUR", field="amount_minor")
    answer = await shop.post(
        f"/zahlungen/{paid.payment.id}/erstatten", {"amount": "500", "reason": "goodwill", "note": "Gern", "key": "k"}
    )
    assert answer.status_code == 422
    assert 'id="amount-error"' in answer.text
    assert "Nur noch 100.00 EUR" in answer.text
    assert "Gern" in answer.text


async def test_what_came_through_no_provider_is_recorded_as_given_back(shop: Shop) -> None:
    path, paid = await known(shop, provider="erp", method="transfer")
    form = await shop.page(f"/zahlungen/{paid.payment.id}/erstatten")
    assert "kam nicht über einen Zahlungsanbieter" in form
    shop.owners.answers["POST", path] = answer_of(shop.payment(paid.payment.document_id, id=paid.payment.id, version=2))
    sent = {"amount": "119", "reason": "withdrawn", "reference": "Bank 12", "key": "k"}
    await shop.post(f"/zahlungen/{paid.payment.id}/erstatten", sent)
    assert shop.owners.calls[-1][2]["reference"] == "Bank 12"


async def test_a_foreign_payment_is_not_there(shop: Shop) -> None:
    paid = shop.payment(str(uuid4()), merchant_id=str(uuid4()), left_minor=11900)
    await shop.told(paid)
    for path in ("", "/erstatten"):
        page = await shop.page(f"/zahlungen/{paid.payment.id}{path}", 404)
        assert "119,00" not in page, path
    sent = {"amount": "119", "reason": "goodwill", "key": "k"}
    answer = await shop.post(f"/zahlungen/{paid.payment.id}/erstatten", sent)
    assert (answer.status_code, shop.owners.calls) == (404, [])


async def test_a_dispute_is_a_task_with_its_deadline_and_the_providers_page(shop: Shop) -> None:
    _, paid = await known(shop, state="disputed", disputed_minor=11900)
    await shop.told(shop.dispute(paid))
    for path in ("/", "/zahlungen/anfechtungen", f"/zahlungen/{paid.payment.id}"):
        page = await shop.page(path)
        assert 'href="http://127.0.0.1:8020/sandbox"' in page, path
        assert "30. Nov" in page, path


async def test_a_decided_dispute_is_no_task(shop: Shop) -> None:
    _, paid = await known(shop)
    await shop.told(shop.dispute(paid, state="lost"))
    assert "Angefochtene Zahlungen" not in await shop.page("/")
    assert "verloren" in await shop.page("/zahlungen/anfechtungen")
    assert "verloren" not in await shop.page("/zahlungen/anfechtungen?state=won")


async def test_scripts_read_a_payment_with_its_refunds_and_disputes(shop: Shop) -> None:
    _, paid = await known(shop, refunds=[refund()])
    await shop.told(shop.dispute(paid))
    found = (await shop.client.get(f"/api/admin/v1/payments/{paid.payment.id}")).json()
    assert [one["amount_minor"] for one in found["payment"]["refunds"]] == [1900]
    assert [one["state"] for one in found["disputes"]] == ["needs_response"]
    listed = (await shop.client.get("/api/admin/v1/disputes")).json()
    assert [one["document_number"] for one in listed["entries"]] == ["RE-1"]
