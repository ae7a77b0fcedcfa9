"""A payment that was on its way when the quote counted as accepted, and fails afterwards: what was promised can be paid again."""

from kontor.payments.v1 import payments_pb2 as pb

QUOTE = {"type": "quote", "number": "AN-1", "payment_reference": "AN-1", "asked_minor": 2_380, "due_date": ""}


async def test_a_debit_that_bounces_after_the_acceptance_opens_the_quotes_receivable_again(world):
    document = await world.invoice(**QUOTE, outcome="promised")
    debit = await world.checkout(document, "sepa_debit")
    await world.choose(debit, "pending_fails")
    await world.becomes(document, "on_its_way")
    await world.hear(world.document(document, **QUOTE, outcome="accepted"))
    assert await world.state(document) == "on_its_way"

    await world.settle(debit, "failed")

    row = await world.becomes(document, "open")
    assert (row["open_minor"], bool(row["last_failure"]), bool(row["methods"])) == (2_380, True, True)
    [failed] = await world.told(pb.PaymentFailed)
    assert failed.receivable.document_id == str(document)
    card = await world.checkout(document, "card")
    await world.choose(card, "success")
    row = await world.becomes(document, "paid")
    assert (row["paid_minor"], row["last_failure"]) == (2_380, "")
