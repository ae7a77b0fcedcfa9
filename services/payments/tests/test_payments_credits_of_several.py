"""Credit notes that name several invoices."""

import asyncio
from typing import Any

from payments_naming import credited, naming_several


async def test_a_credit_note_of_several_invoices_reduces_them_in_its_order_and_the_rest_is_left(world: Any) -> None:
    first, second = [await world.invoice() for _ in range(2)]
    note = await naming_several(world, [second, first], "credit_note", amount_due_minor=15000)
    assert await credited(world, second, first) == [11900, 3100]
    row = await world.receivable(note)
    assert (row["state"], row["offset_minor"], row["credit_left_minor"]) == ("settled", 15000, 0)


async def test_what_one_invoice_gives_back_of_a_credit_note_goes_to_the_next(world: Any) -> None:
    first, second = [await world.invoice() for _ in range(2)]
    note = await naming_several(world, [first, second], "credit_note", amount_due_minor=15000)
    await world.invoice(first, state="cancelled")
    assert await credited(world, first, second) == [0, 11900]
    row = await world.receivable(note)
    assert (row["state"], row["offset_minor"], row["credit_left_minor"]) == ("credit", 11900, 3100)


async def test_invoices_that_share_a_credit_note_never_take_more_of_it_than_there_is(world: Any) -> None:
    invoices = [await world.invoice() for _ in range(3)]
    for invoice in invoices:
        await world.erp(invoice)
    note = await naming_several(world, invoices, "credit_note", amount_due_minor=15000)
    payments = await world.sql("SELECT id FROM payment ORDER BY id")
    answers = await asyncio.gather(
        *(
            world.http.post(f"/v1/payments/{p['id']}/cancel", json={"reason": "x"}, headers=world.staff())
            for p in payments
        )
    )
    assert {answer.status_code for answer in answers} == {200}
    assert sum(await credited(world, *invoices)) == 15000
    assert (await world.receivable(note))["credit_left_minor"] == 0
