"""The main job: an invoice becomes a receivable, is paid at the provider, and everybody is told."""

from typing import Any

from kontor.payments.v1 import payments_pb2 as pb


async def test_a_shared_invoice_becomes_an_open_receivable_with_the_methods_offered(world: Any) -> None:
    document = await world.invoice()
    [opened] = await world.told(pb.ReceivableOpened)
    assert opened.receivable.document_id == str(document)
    assert opened.receivable.open_minor == 11900
    assert [m.code for m in opened.receivable.methods] == ["card", "sepa_debit", "paypal", "transfer"]


async def test_paying_on_the_hosted_page_makes_the_invoice_paid_and_tells_it(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    answer = await world.choose(checkout, "success")
    assert answer.headers["location"] == world.return_url
    row = await world.becomes(document, "paid")
    assert (row["paid_minor"], row["open_minor"], row["last_method"]) == (11900, 0, "card")
    [succeeded] = await world.told(pb.PaymentSucceeded)
    assert succeeded.receivable.state == "paid"
    assert succeeded.payment.amount_minor == 11900


async def test_the_providers_page_names_the_invoice_and_the_merchant(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1042")
    checkout = await world.checkout(document)
    page = await world.provider.get(checkout["redirect_url"])
    assert "Rechnung RE-2026-1042 · Muster GmbH" in page.text
    assert "119,00\xa0€" in page.text
    english = await world.provider.get(checkout["redirect_url"] + "?lang=en")
    assert "€119.00" in english.text


async def test_the_providers_page_names_the_invoice_in_the_payers_language(world: Any) -> None:
    document = await world.invoice(number="RE-7")
    started = await world.pay(document, language="en")
    page = await world.provider.get(started.json()["redirect_url"])
    assert "Invoice RE-7 · Muster GmbH" in page.text
