"""The job that says of each waiting entry what it is for."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, select, text, update
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import MatchCertainty
from kontor_payments.statements.entries import tell
from kontor_payments.statements.matching import OpenItems, Proposal, Received, propose
from kontor_payments.statements.models import StatementEntry
from kontor_payments.statements.open_items import load_open_items
from kontor_payments.statements.settled import propose_settled
from kontor_service.clock import Clock
from kontor_service.database import Database

# In one transaction.
_AT_ONCE = 500


async def propose_waiting(db: Database, clock: Clock) -> None:
    """For every merchant, until nothing waits for a proposal."""
    for merchant_id in await db.merchants("merchants_with_entries_to_propose"):
        items = await load_open_items(db, merchant_id)
        while await _propose_some(db, clock, merchant_id, items):
            continue


async def _propose_some(db: Database, clock: Clock, merchant_id: UUID, items: OpenItems) -> bool:
    async with db.transaction(merchant_id) as session:
        query = select(StatementEntry).where(
            StatementEntry.state == "waiting", col(StatementEntry.proposed_at).is_(None)
        )
        rows = (
            await session.exec(query.order_by(col(StatementEntry.id)).limit(_AT_ONCE).with_for_update(skip_locked=True))
        ).all()
        proposals = await asyncio.to_thread(_propose_all, rows, items)
        open_ones = [
            row for row, found in zip(rows, proposals, strict=True)
            if found.certainty != MatchCertainty.CERTAIN and (_is_payment(row) or row.amount_minor < 0)
        ]  # fmt: skip
        settled = await propose_settled(session, open_ones) if open_ones else {}
        for row, found in zip(rows, proposals, strict=True):
            _apply(session, clock, row, _better(settled.get(row.id), found))
    return len(rows) == _AT_ONCE


def _propose_all(rows: Sequence[StatementEntry], items: OpenItems) -> list[Proposal]:
    return [propose(_received(row), items) if _is_payment(row) else Proposal() for row in rows]


def _is_payment(row: StatementEntry) -> bool:
    """Money of the merchant's own that came back pays nothing."""
    return row.amount_minor > 0 and not row.return_code


def _received(row: StatementEntry) -> Received:
    return Received(
        amount_minor=row.amount_minor,
        currency=row.currency,
        day=counts_on(row),
        texts=(row.text, row.reference, row.end_to_end_id),
        iban=row.iban,
        name=row.name,
    )


def counts_on(row: StatementEntry) -> date:
    """The day that decides about a cash discount: the earlier of booking and value date."""
    return min(row.booked_on, row.valued_on)


def _better(settled: Proposal | None, found: Proposal) -> Proposal:
    """What is settled counts where it is certain, or there is nothing else."""
    if settled is None or (settled.certainty != MatchCertainty.CERTAIN and found.shares):
        return found
    return settled


def _apply(session: AsyncSession, clock: Clock, row: StatementEntry, found: Proposal) -> None:
    """Tells of it where it is news."""
    shares = [
        {
            "document_id": str(one.document_id), "document_number": one.document_number, "amount_minor": one.amount_minor,
            "payment_id": one.payment_id,
        }
        for one in found.shares
    ]  # fmt: skip
    said = (str(found.certainty), [str(reason) for reason in found.reasons], shares)
    row.proposed_at = clock.now()
    if row.version > 1 and (row.certainty, row.reasons, row.shares) == said:
        return
    row.certainty, row.reasons, row.shares = said
    tell(session, row)


async def propose_again(session: AsyncSession, *, of: ColumnElement[bool] | None = None) -> None:
    """Lets the job look once more at waiting entries that are not certain, or at those `of` which something has changed."""
    which = of if of is not None else col(StatementEntry.certainty) != MatchCertainty.CERTAIN
    statement = update(StatementEntry).where(col(StatementEntry.state) == "waiting", which).values(proposed_at=None)
    await session.exec(statement)


def names_documents(document_ids: Sequence[str]) -> ColumnElement[bool]:
    """Which entries are proposed for one of these documents."""
    return text("EXISTS (SELECT FROM jsonb_array_elements(shares) s WHERE s ->> 'document_id' = ANY(:ids))").bindparams(
        ids=list(document_ids)
    )  # type: ignore[return-value]
