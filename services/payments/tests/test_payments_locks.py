"""What locks several receivables locks them in the order of their documents' ids."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1 import documents_pb2 as docs
from kontor_payments.receivables import service
from kontor_payments.receivables.account import lock_by_document
from kontor_service.ids import uuid7
from kontor_testing.waiting import eventually


async def test_renewing_offers_and_hearing_of_documents_never_wait_for_each_other_crosswise(world: Any) -> None:
    first, second = uuid7(), uuid7()
    # The receivables are made the other way round, so that their own ids say nothing.
    await world.invoice(second)
    await world.invoice(first)
    state = world.app.state

    async def renew() -> None:
        async with state.db.transaction(world.merchant) as session:
            await service.refresh_offers(session, world.merchant, state.clock)

    async def waits() -> bool:
        return bool(await world.sql("SELECT 1 FROM pg_locks WHERE NOT granted"))

    async with state.db.transaction(world.merchant) as session:
        await lock_by_document(session, first, state.clock)
        await world.register(iban="")
        renewing = asyncio.create_task(renew())
        await eventually(waits)
        await lock_by_document(session, second, state.clock)
    await renewing
    assert "transfer" not in (await world.receivable(second))["methods"]


async def keeps_somebody_waiting(world: Any, session: AsyncSession) -> None:
    [pid] = (await session.execute(text("SELECT pg_backend_pid()"))).scalars()

    async def waits() -> bool:
        return bool(await world.sql("SELECT FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))", pid))

    await eventually(waits)


async def test_renewing_offers_waits_for_every_invoice_before_it_holds_a_credit_note(world: Any) -> None:
    first, second, note = sorted(uuid7() for _ in range(3))
    for invoice in (first, second):
        await world.invoice(invoice)
    named = [docs.Reference(kind="invoice", number=f"RE-{str(one)[-6:]}") for one in (first, second)]
    await world.invoice(note, type="credit_note", references=named, amount_due_minor=5000)
    state = world.app.state

    async def renew() -> None:
        async with state.db.transaction(world.merchant) as session:
            await service.refresh_offers(session, world.merchant, state.clock)

    async with state.db.transaction(world.merchant) as session:
        await session.execute(text("SELECT FROM receivable WHERE document_id = :id FOR UPDATE"), {"id": second})
        await world.register(iban="")
        renewing = asyncio.create_task(renew())
        await keeps_somebody_waiting(world, session)
        await session.execute(text("SELECT FROM receivable WHERE document_id = :id FOR UPDATE NOWAIT"), {"id": note})
    await renewing
    rows = [await world.receivable(invoice) for invoice in (first, second)]
    assert [(row["open_minor"], "transfer" in row["methods"]) for row in rows] == [(6900, False), (11900, False)]
    assert (await world.receivable(note))["credit_left_minor"] == 0


async def note_of(world: Any, invoice: UUID, note: UUID) -> UUID:
    named = docs.Reference(kind="invoice", number=f"RE-{str(invoice)[-6:]}")
    made: UUID = await world.invoice(note, type="credit_note", references=[named], amount_due_minor=1900)
    return made


async def hears_of_the_note(world: Any, invoice: UUID, note: UUID) -> None:
    await note_of(world, invoice, note)


async def cancels_its_pay_out(world: Any, _: UUID, note: UUID) -> None:
    query = "SELECT p.id FROM payment p JOIN receivable r ON r.id = p.receivable_id WHERE r.document_id = $1"
    [payment] = await world.sql(query, note)
    url = f"/v1/payments/{payment['id']}/cancel"
    assert (await world.http.post(url, json={"reason": "x"}, headers=world.staff())).status_code == 200


@pytest.mark.parametrize("busy", ["invoice", "other note"])
@pytest.mark.parametrize("act", [hears_of_the_note, cancels_its_pay_out])
async def test_a_credit_note_waits_for_its_invoice_and_its_other_notes_before_anybody_waits_for_it(
    world: Any, act: Callable[[Any, UUID, UUID], Awaitable[None]], busy: str
) -> None:
    invoice, other, note = sorted(uuid7() for _ in range(3))
    await world.erp(await world.invoice(invoice))
    await note_of(world, invoice, other)
    await note_of(world, invoice, note)
    assert (await world.http.post(f"/v1/documents/{note}/payouts", json={}, headers=world.staff())).status_code == 201

    async with world.app.state.db.transaction(world.merchant) as session:
        hold = text("SELECT FROM receivable WHERE document_id = :id FOR UPDATE")
        await session.execute(hold, {"id": invoice if busy == "invoice" else other})
        acting = asyncio.create_task(act(world, invoice, note))
        await keeps_somebody_waiting(world, session)
        await session.execute(text("SELECT FROM receivable WHERE document_id = :id FOR UPDATE NOWAIT"), {"id": note})
    await acting
