"""A quote that is accepted on condition of a payment: a receivable over what it asks for, as long as the promise stands."""

import pytest

QUOTE = {
    "type": "quote", "number": "AN-1", "payment_reference": "AN-1", "outcome": "promised", "asked_minor": 2_380,
    "due_date": "",
}  # fmt: skip


async def test_a_promised_quote_asks_for_its_deposit_and_is_payable(world):
    document = await world.invoice(**QUOTE)
    row = await world.receivable(document)
    assert (row["state"], row["due_minor"], row["document_type"]) == ("open", 2_380, "quote")
    assert (await world.pay(document)).status_code in (200, 201)


async def test_a_quote_that_nobody_has_accepted_asks_for_nothing(world):
    document = await world.invoice(**QUOTE)
    other = world.document(**(QUOTE | {"number": "AN-2", "outcome": "", "asked_minor": 0}))
    await world.hear(other)
    rows = await world.sql("SELECT document_number FROM receivable")
    assert [row["document_number"] for row in rows] == [(await world.receivable(document))["document_number"]]


@pytest.mark.parametrize("change", [{"outcome": "", "asked_minor": 0}, {"outcome": "expired"}, {"state": "withdrawn"}])
async def test_money_for_a_promise_that_is_over_is_owed_back(world, change):
    document = await world.invoice(**QUOTE)
    await world.erp(document, "23.80", document_number="AN-1")
    assert await world.state(document) == "paid"
    await world.hear(world.document(document, **(QUOTE | change)))
    row = await world.receivable(document)
    assert (row["state"], row["due_minor"], row["overpaid_minor"]) == ("cancelled", 0, 2_380)
