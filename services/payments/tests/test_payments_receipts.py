"""The receipt of a payment: a PDF that names what was paid, for those who may see it."""

import io
from typing import Any
from uuid import uuid4

from pypdf import PdfReader

from kontor_testing.waiting import eventually

_PAYMENTS = "SELECT p.id FROM payment p JOIN receivable r ON r.id = p.receivable_id WHERE r.document_id = $1"


async def receipt(world: Any, document: Any, headers: dict[str, str], **params: str) -> Any:
    [row] = await world.sql(_PAYMENTS, document)
    return await world.http.get(f"/v1/payments/{row['id']}/receipt", headers=headers, params=params)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    return " ".join("".join(page.extract_text() for page in pages).split())


async def test_it_names_every_document_of_one_payment_and_the_sum(world: Any) -> None:
    await world.customer_named("Bau AG")
    first, second = await world.invoice(), await world.invoice(gross_minor=5000, amount_due_minor=5000)
    checkout = (await world.pay(first, second)).json()
    await world.choose(checkout, "success")
    await world.becomes(second, "paid")
    text = text_of(await receipt(world, second, world.payer()))
    assert "Zahlungsbeleg" in text
    assert all(f"RE-{str(document)[-6:]}" in text for document in (first, second))
    assert "169,00" in text
    assert "Bau AG" in text
    assert "Payment receipt" in text_of(await receipt(world, first, world.payer(), language="en"))


async def test_money_that_came_shortly_after_midnight_was_received_on_the_new_day(world: Any) -> None:
    document = await world.invoice()
    await world.choose(await world.checkout(document), "success")
    await world.becomes(document, "paid")
    await world.sql("UPDATE payment SET settled_at = '2026-07-20T22:30:00Z'")
    assert "21. Juli 2026" in text_of(await receipt(world, document, world.payer()))


async def test_there_is_none_before_the_money_has_arrived_and_for_nobody_else(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document, "sepa_debit")
    await world.choose(checkout, "pending")
    await world.becomes(document, "on_its_way")
    early = await receipt(world, document, world.payer())
    assert (early.status_code, early.json()["code"]) == (409, "no_receipt")
    await world.settle(checkout)
    await world.becomes(document, "paid")
    assert (await receipt(world, document, world.payer(customers=[uuid4()]))).status_code == 404
    assert text_of(await receipt(world, document, world.payer()))


async def test_it_says_what_was_given_back(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success")
    await world.becomes(document, "paid")
    await world.refund_at_provider(checkout, 2000)

    async def refunded() -> bool:
        return bool((await world.receivable(document))["refunded_minor"])

    await eventually(refunded)
    assert "davon erstattet" in text_of(await receipt(world, document, world.payer()))
