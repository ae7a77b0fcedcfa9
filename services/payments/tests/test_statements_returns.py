"""Direct debits and transfers that come back: the payment that they name counts no more."""

from typing import Any
from uuid import UUID

from asyncpg import Record
from statement_files import Ntry, Stmt, Tx, camt, one_entry
from statement_world import act, entries, entry, state_of
from test_payments_refunds import give_back

from kontor.payments.v1 import payments_pb2 as pb


def returned(
    text: str = "RE-2026-1", amount: str = "122.50", *, day: str = "2026-11-24", reason: str = "MD06"
) -> bytes:
    tx = Tx(text, instructed="119.00", reason=reason)
    return camt(Stmt((Ntry(amount, day=day, debit=True, txs=(tx,), code="PMNT-IDDT-UPDD"),), number="9"))


async def collected(world: Any) -> UUID:
    """An invoice that was paid by a direct debit of the merchant's own."""
    document = await world.invoice(number="RE-2026-1", payment_means="direct_debit")
    row = await entry(world, one_entry("119.00", "RE-2026-1", code="PMNT-IDDT-ESDD", gvc="NDDT+171"))
    assert row["certainty"] == "certain"
    await act(world, row, "book")
    assert await world.state(document) == "paid"
    return document


async def last(world: Any, content: bytes) -> Record:
    return (await entries(world, content))[-1]


async def test_a_returned_debit_takes_back_the_payment_that_it_names_without_the_charges(world: Any) -> None:
    document = await collected(world)

    row = await last(world, returned())
    assert (row["certainty"], row["reasons"], row["return_code"]) == ("certain", '["number", "returned"]', "MD06")
    await act(world, row, "book")

    due = await world.receivable(document)
    assert (due["state"], due["paid_minor"], due["last_failure"]) == ("direct_debit", 0, "returned_by_bank")
    (payment,) = await world.sql("SELECT state, method FROM payment")
    assert (payment["state"], payment["method"]) == ("reversed", "direct_debit")
    assert len(await world.told(pb.PaymentFailed)) == 1


async def test_not_enough_money_on_the_account_is_said(world: Any) -> None:
    document = await collected(world)
    await act(world, await last(world, returned(reason="AM04")), "book")
    assert (await world.receivable(document))["last_failure"] == "insufficient_funds"


async def test_an_invoice_is_paid_again_after_a_return(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    await act(world, await entry(world, one_entry("119.00", "RE-2026-1")), "book")
    await act(world, await last(world, returned()), "book")
    assert await world.state(document) == "open"

    await act(world, await last(world, one_entry("119.00", "RE-2026-1", day="2026-11-30")), "book")
    await world.erp(document, document_number="RE-2026-1", method="transfer")

    paid = await world.receivable(document)
    assert (paid["state"], paid["paid_minor"], paid["overpaid_minor"]) == ("paid", 11900, 0)


async def test_what_the_erp_books_after_a_return_is_new_money(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    await act(world, await entry(world, one_entry("119.00", "RE-2026-1")), "book")
    await act(world, await last(world, returned()), "book")
    await world.erp(document, document_number="RE-2026-1", method="transfer")
    assert await world.state(document) == "paid"


async def test_a_return_of_what_erp_and_statement_told_leaves_nothing_paid(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    await world.erp(document, document_number="RE-2026-1", method="transfer")
    await act(world, await entry(world, one_entry("119.00", "RE-2026-1")), "book")
    await act(world, await last(world, returned()), "book")
    assert (await world.receivable(document))["open_minor"] == 11900


async def test_a_return_without_a_number_is_suggested_by_the_account(world: Any) -> None:
    await collected(world)
    row = await last(world, returned("Ruecklastschrift"))
    assert (row["certainty"], row["reasons"]) == ("to_check", '["account", "returned"]')


async def test_a_return_assigned_to_the_wrong_payment_is_taken_back(world: Any) -> None:
    document = await collected(world)
    row = await last(world, returned())
    await act(world, row, "book")

    assert (await act(world, row, "reopen")).status_code == 200
    assert (await world.receivable(document))["paid_minor"] == 11900
    assert await state_of(world, row) == "waiting"

    await act(world, row, "book")
    assert (await world.receivable(document))["paid_minor"] == 0


async def test_what_had_been_given_back_before_a_return_stays_given_back(world: Any) -> None:
    document = await collected(world)
    (payment,) = await world.sql("SELECT id FROM payment")
    await give_back(world, payment["id"], amount_minor=1900)
    row = await last(world, returned())
    await act(world, row, "book")
    assert (await act(world, row, "reopen")).status_code == 200
    due = await world.receivable(document)
    assert (due["paid_minor"], due["refunded_minor"]) == (11900, 1900)


async def test_a_short_number_leaves_a_return_to_be_checked(world: Any) -> None:
    await world.invoice(number="1042")
    await act(world, await entry(world, one_entry("119.00", "Nr 1042")), "book")
    row = await last(world, returned("Kunde 1042"))
    assert (row["certainty"], row["reasons"]) == ("to_check", '["number", "returned"]')


async def test_a_returned_payment_can_no_longer_be_undone(world: Any) -> None:
    await collected(world)
    (paid,) = await world.sql("SELECT id FROM statement_entry")
    await act(world, await last(world, returned()), "book")
    assert (await act(world, paid["id"], "reopen")).json()["code"] == "not_cancellable"


async def test_a_return_needs_a_payment_of_its_amount(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    row = await last(world, returned())
    answer = await act(world, row, "book", shares=[{"document_id": str(document), "amount_minor": 11900}])
    assert (answer.status_code, answer.json()["code"]) == (422, "shares_invalid")


async def test_a_transfer_of_the_merchants_own_that_came_back_pays_nothing(world: Any) -> None:
    await world.invoice(number="RE-2026-1")
    row = await entry(world, one_entry("119.00", "RE-2026-1 Retoure", code="PMNT-ICDT-RRTN", gvc="NRTI+159"))
    assert (row["return_code"], row["certainty"], row["state"]) == ("returned", "none", "waiting")
