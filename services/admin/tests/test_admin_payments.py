"""Reported payments that wait for their document."""

from admin_shop import Shop


async def test_a_payment_that_waits_is_on_the_board_and_in_its_list(shop: Shop) -> None:
    await shop.told(
        shop.merchant(), shop.incoming_payment(), shop.incoming_payment(state="booked", document_number="RE-1")
    )
    for path in ("/", "/zahlungen/wartend"):
        page = await shop.page(path)
        assert "wartet auf Rechnung RE-77" in page
        assert "RE-1<" not in page
    assert "Eine ohne Rechnung" in await shop.page("/zahlungen")


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
