"""A quote that is accepted on condition of a payment: a receivable over what it asks for, as long as the promise stands."""

import pytest

from kontor_testing.waiting import eventually

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


OVER = pytest.mark.parametrize(
    "change",
    [{"outcome": "", "asked_minor": 0}, {"outcome": "expired"}, {"outcome": "superseded"}, {"state": "withdrawn"}],
    ids=["amended", "expired", "superseded", "withdrawn"],
)


@OVER
async def test_money_for_a_promise_that_is_over_is_owed_back(world, change):
    document = await world.invoice(**QUOTE)
    await world.erp(document, "23.80", document_number="AN-1")
    assert await world.state(document) == "paid"
    await world.hear(world.document(document, **(QUOTE | change)))
    row = await world.receivable(document)
    assert (row["state"], row["due_minor"], row["overpaid_minor"]) == ("cancelled", 0, 2_380)


@OVER
async def test_a_checkout_that_was_begun_for_a_promise_ends_with_it(world, change):
    document = await world.invoice(**QUOTE)
    checkout = await world.checkout(document)
    await world.hear(world.document(document, **(QUOTE | change)))
    refused = await world.pay(document, headers=world.payer() | {"Accept-Language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_payable")
    assert "The quote was changed" in refused.json()["detail"]

    async def ended():
        return (await world.at_provider(checkout))["state"] == "expired"

    assert await eventually(ended)
    assert await world.kept(document) == 0


@OVER
async def test_what_is_paid_at_the_moment_in_which_the_promise_ends_goes_back(world, change):
    document = await world.invoice(**QUOTE)
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    await world.hear(world.document(document, **(QUOTE | change)))

    async def given_back():
        return (await world.receivable(document))["refunded_minor"] == 2_380

    assert await eventually(given_back)
    assert (await world.kept(document), (await world.receivable(document))["overpaid_minor"]) == (0, 0)


async def test_money_that_is_there_counts_for_the_next_acceptance(world):
    document = await world.invoice(**QUOTE)
    await world.erp(document, "23.80", document_number="AN-1")
    await world.hear(world.document(document, **(QUOTE | {"outcome": "", "asked_minor": 0})))
    await world.hear(world.document(document, **QUOTE))
    row = await world.receivable(document)
    assert (row["state"], row["due_minor"], row["open_minor"], row["overpaid_minor"]) == ("paid", 2_380, 0, 0)
