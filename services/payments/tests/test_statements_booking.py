"""Payments on bank statements: proposed, confirmed, changed, set aside, taken back; counted once whoever else tells of them."""

from typing import Any
from uuid import uuid4

import pytest
from statement_files import Ntry, Stmt, Tx, camt, one_entry
from statement_world import act, entries, entry, hand_in, proposed, state_of

from kontor_payments.statements import jobs
from kontor_testing.waiting import eventually


async def test_a_named_document_with_its_amount_is_certain_and_booked_with_one_click(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1042")
    row = await entry(world, one_entry("119.00", "Rechnung RE 2026/1042"))
    assert (row["certainty"], row["reasons"]) == ("certain", '["number", "amount"]')

    answer = await world.http.post("/v1/statement-entries/confirm", headers=world.staff())

    assert answer.json() == {"confirmed": 1}
    paid = await world.becomes(document, "paid")
    assert (paid["paid_minor"], paid["last_method"]) == (11900, "transfer")
    (payment,) = await world.sql("SELECT * FROM payment")
    assert (payment["provider"], payment["booked_by"], str(payment["counts_on"])) == ("statement", "Eva", "2026-11-20")
    assert await state_of(world, row) == "booked"


async def test_several_documents_in_one_transfer_are_each_paid(world: Any) -> None:
    one, other = await world.invoice(number="RE-1001"), await world.invoice(number="RE-1002", amount_due_minor=5000)
    row = await entry(world, one_entry("169.00", "RE-1001 + RE-1002"))

    assert (await act(world, row, "book")).status_code == 200

    assert [await world.state(one), await world.state(other)] == ["paid", "paid"]


async def test_each_transaction_of_a_collective_entry_pays_its_document(world: Any) -> None:
    one, other = await world.invoice(number="RE-1001"), await world.invoice(number="RE-1002", amount_due_minor=5000)
    txs = (Tx("RE-1001", amount="119.00"), Tx("RE-1002", amount="50.00"))
    rows = await entries(world, camt(Stmt((Ntry("169.00", txs=txs, ref="SAMMLER"),))))

    assert [(r["amount_minor"], r["certainty"]) for r in rows] == [(11900, "certain"), (5000, "certain")]
    for row in rows:
        await act(world, row, "book")
    assert [await world.state(one), await world.state(other)] == ["paid", "paid"]


async def test_a_cash_discount_that_was_taken_in_time_settles_the_invoice(world: Any) -> None:
    discounts = [{"until": "2026-11-20", "percent": "3", "payable_minor": 11543}]
    document = await world.invoice(number="RE-2026-1", cash_discounts=discounts)
    row = await entry(world, one_entry("115.43", "RE-2026-1"))
    assert row["reasons"] == '["number", "cash_discount"]'

    await act(world, row, "book")

    paid = await world.receivable(document)
    assert (paid["state"], paid["discount_minor"]) == ("paid", 357)


async def test_a_part_payment_is_booked_and_the_rest_stays_open(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    row = await entry(world, one_entry("50.00", "RE-2026-1"))
    assert row["certainty"] == "to_check"

    await act(world, row, "book")

    assert (await world.receivable(document))["open_minor"] == 6900


async def test_staff_choose_other_documents_and_split_the_amount(world: Any) -> None:
    one, other = await world.invoice(), await world.invoice(amount_due_minor=5000)
    row = await entry(world, one_entry("150.00", "danke"))
    shares = [{"document_id": str(one), "amount_minor": 11900}, {"document_id": str(other), "amount_minor": 3100}]

    assert (await act(world, row, "book", shares=shares)).status_code == 200

    assert (await world.receivable(other))["open_minor"] == 1900


async def test_the_parts_have_to_be_the_whole_amount(world: Any) -> None:
    document = await world.invoice()
    row = await entry(world, one_entry("150.00", "danke"))

    answer = await act(world, row, "book", shares=[{"document_id": str(document), "amount_minor": 11900}])

    assert (answer.status_code, answer.json()["code"]) == (422, "shares_invalid")
    assert await world.state(document) == "open"


async def test_an_overpayment_is_asked_back_before_it_is_booked(world: Any) -> None:
    document = await world.invoice()
    row = await entry(world, one_entry("150.00", "danke"))
    share = {"document_id": str(document), "amount_minor": 15000}

    refused = await act(world, row, "book", shares=[share])
    assert (refused.status_code, refused.json()["code"]) == (409, "statement_share_unusual")
    assert (await act(world, row, "book", shares=[share], confirmed=True)).status_code == 200
    assert (await world.receivable(document))["overpaid_minor"] == 3100


async def test_a_payment_that_the_erp_has_booked_is_counted_once(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    await world.erp(document, document_number="RE-2026-1", method="transfer")
    row = await entry(world, one_entry("119.00", "RE-2026-1"))
    assert (row["certainty"], row["reasons"]) == ("certain", '["number", "already_booked"]')

    await act(world, row, "book")

    paid = await world.receivable(document)
    assert (paid["paid_minor"], paid["overpaid_minor"]) == (11900, 0)


async def test_a_short_number_of_what_the_erp_has_booked_is_to_be_checked(world: Any) -> None:
    document = await world.invoice(number="1042")
    await world.erp(document, document_number="1042", method="transfer")
    row = await entry(world, one_entry("119.00", "Nr 1042"))
    assert (row["certainty"], row["reasons"]) == ("to_check", '["number", "already_booked"]')


async def test_a_payment_that_the_erp_books_after_the_statement_is_counted_once(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    await act(world, await entry(world, one_entry("119.00", "RE-2026-1")), "book")
    await world.erp(document, document_number="RE-2026-1", method="transfer")
    assert (await world.receivable(document))["paid_minor"] == 11900


async def test_a_second_payment_of_a_paid_invoice_is_to_be_checked(world: Any) -> None:
    await world.invoice(number="RE-2026-1")
    content = camt(Stmt((Ntry("119.00", txs=(Tx("RE-2026-1"),)), Ntry("119.00", txs=(Tx("RE-2026-1"),)))))
    first, second = await entries(world, content)
    await act(world, first, "book")

    async def looked_again() -> bool:
        (row,) = await world.sql("SELECT reasons FROM statement_entry WHERE id = $1", second["id"])
        return row["reasons"] == '["number", "already_paid"]'

    assert await eventually(looked_again)
    assert (await act(world, second, "book")).json()["code"] == "statement_share_unusual"


async def test_confirming_all_books_two_payments_of_one_invoice_once(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    await entries(world, camt(Stmt((Ntry("119.00", txs=(Tx("RE-2026-1"),)), Ntry("119.00", txs=(Tx("RE-2026-1"),))))))

    await world.http.post("/v1/statement-entries/confirm", headers=world.staff())

    await world.becomes(document, "paid")
    rows = await proposed(world)
    assert sorted((r["state"], r["certainty"]) for r in rows) == [("booked", "certain"), ("waiting", "to_check")]
    assert (await world.receivable(document))["overpaid_minor"] == 0


async def test_a_known_account_suggests_once_staff_have_confirmed_it(world: Any) -> None:
    await world.invoice(number="RE-2026-1")
    await act(world, await entry(world, one_entry("119.00", "RE-2026-1")), "book")
    await world.invoice(number="RE-2026-2")
    await world.invoice(number="RE-2026-3", customer_id=str(uuid4()))

    rows = await entries(world, one_entry("119.00", "danke", day="2026-11-21"))

    assert (rows[1]["certainty"], rows[1]["reasons"]) == ("to_check", '["account", "amount"]')


async def test_a_similar_name_is_suggested(world: Any) -> None:
    await world.customer_named("Busch & Söhne GmbH")
    await world.invoice()
    await world.invoice(customer_id=str(uuid4()))
    row = await entry(world, one_entry("119.00", "danke", name="BUSCH UND SOEHNE"))
    assert row["reasons"] == '["name", "amount"]'


async def test_a_booking_is_taken_back_and_the_payment_waits_again(world: Any) -> None:
    document = await world.invoice(number="RE-2026-1")
    row = await entry(world, one_entry("119.00", "RE-2026-1"))
    await act(world, row, "book")

    assert (await act(world, row, "reopen")).status_code == 200

    assert await world.state(document) == "open"
    (again,) = await proposed(world)
    assert (again["state"], again["certainty"], again["customer_id"]) == ("waiting", "certain", None)
    assert (await act(world, row, "book")).status_code == 200
    assert await world.state(document) == "paid"


async def test_a_booking_from_a_statement_is_only_taken_back_there(world: Any) -> None:
    await world.invoice(number="RE-2026-1")
    await act(world, await entry(world, one_entry("119.00", "RE-2026-1")), "book")
    (payment,) = await world.sql("SELECT id FROM payment")

    answer = await world.http.post(
        f"/v1/payments/{payment['id']}/cancel", json={"reason": "falsch"}, headers=world.staff()
    )

    assert answer.json()["code"] == "booked_from_statement"


async def test_what_is_set_aside_waits_no_more_until_it_is_taken_back(world: Any) -> None:
    row = await entry(world, one_entry("500.00", "Darlehen"))
    assert row["certainty"] == "none"

    await act(world, row, "set-aside", note="Darlehen der Mutter")
    assert await state_of(world, row) == "set_aside"
    assert (await act(world, row, "book")).json()["code"] in ("document_not_found", "statement_entry_decided")

    await act(world, row, "reopen")
    assert await state_of(world, row) == "waiting"


async def test_a_database_that_is_away_ends_the_job_until_it_is_there_again(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await entry(world, one_entry("119.00", "danke"))

    async def away(*_args: Any, **_fields: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(jobs, "book_entry", away)
    await world.sql("UPDATE statement_entry SET state = 'confirmed', decided_at = now() WHERE id = $1", row["id"])
    with pytest.raises(ConnectionRefusedError):
        await jobs.book_confirmed(world.app.state.dependencies)


async def test_what_is_booked_is_not_booked_again(world: Any) -> None:
    await world.invoice(number="RE-2026-1")
    row = await entry(world, one_entry("119.00", "RE-2026-1"))
    await act(world, row, "book")
    assert (await act(world, row, "book")).json()["code"] == "statement_entry_decided"
    assert len(await world.sql("SELECT FROM payment")) == 1


async def test_an_invoice_that_comes_after_its_payment_is_found_when_staff_ask(world: Any) -> None:
    row = await entry(world, one_entry("119.00", "RE-2026-1"))
    assert row["certainty"] == "none"
    await world.invoice(number="RE-2026-1")

    await world.http.post("/v1/statement-entries/propose", headers=world.staff())

    (again,) = await proposed(world)
    assert again["certainty"] == "certain"


async def test_another_merchants_payment_is_not_there(world: Any) -> None:
    row = await entry(world, one_entry("119.00", "RE-2026-1"))
    other = world.staff(uuid4())
    for what in ("book", "set-aside", "reopen"):
        answer = await world.http.post(f"/v1/statement-entries/{row['id']}/{what}", json={}, headers=other)
        assert (answer.status_code, answer.json()["code"]) == (404, "statement_entry_not_found")


async def test_only_who_may_book_may_hand_in(world: Any) -> None:
    answer = await world.http.post("/v1/bank-statements", files={"file": b"x"}, headers=world.payer())
    assert answer.status_code == 403
    assert (await hand_in(world, b"x")).status_code == 422
