"""The copy of documents' facts, and the receivables that follow from it, in one transaction per merchant."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import Envelope
from kontor_payments.bookings.parked import documents_arrive
from kontor_payments.models import Document
from kontor_payments.receivables.service import follow_document
from kontor_service.clock import Clock
from kontor_service.database import Database

_TABLE: Any = Document.__table__


async def apply_documents(db: Database, clock: Clock, envelopes: Sequence[Envelope]) -> None:
    """Takes what is newer by (epoch, version); older words and repetitions change nothing."""
    newest: dict[UUID, dict[UUID, pb.Document]] = defaultdict(dict)
    for envelope in envelopes:
        state = envelope.state()
        if isinstance(state, pb.Document):
            group, key = newest[UUID(state.merchant_id)], UUID(state.id)
            if key not in group or (state.epoch, state.version) > (group[key].epoch, group[key].version):
                group[key] = state
    for merchant_id, group in newest.items():
        async with db.transaction(merchant_id) as session:
            await documents_arrive(session, merchant_id)
            # In the order of ids: two batches that share documents must not wait for each other crosswise.
            for key in sorted(group):
                document = row_of(group[key])
                if await store(session, document):
                    await follow_document(session, document, clock)


async def store(session: AsyncSession, document: Document) -> bool:
    """Whether it was news."""
    values = document.model_dump()
    statement = insert(_TABLE).values(values)
    newer = tuple_(_TABLE.c.epoch, _TABLE.c.version) < tuple_(statement.excluded.epoch, statement.excluded.version)
    fresh = {name: statement.excluded[name] for name in values if name not in ("id", "merchant_id")}
    upsert = statement.on_conflict_do_update(index_elements=["id"], set_=fresh, where=newer).returning(_TABLE.c.id)
    return (await (await session.connection()).execute(upsert)).first() is not None


def row_of(state: pb.Document) -> Document:
    return Document(
        id=UUID(state.id),
        merchant_id=UUID(state.merchant_id),
        epoch=state.epoch,
        version=state.version,
        deleted=state.deleted,
        type=state.type,
        number=state.number,
        external_id=state.external_id,
        title=state.title,
        state=state.state,
        customer_id=UUID(state.customer_id) if state.customer_id else None,
        thread_id=state.thread_id,
        issue_date=_date(state.issue_date),
        due_date=_date(state.due_date),
        currency=state.currency,
        gross_minor=state.gross_minor,
        amount_due_minor=state.amount_due_minor,
        cash_discounts=[
            {"until": step.until, "percent": step.percent, "payable_minor": step.payable_minor}
            for step in state.cash_discounts
            if step.until and 0 < step.payable_minor < state.amount_due_minor
        ],
        payment_reference=state.payment_reference or state.number,
        payment_means=state.payment_means,
        direct_debit_date=_date(state.direct_debit_date),
    )


def _date(value: str) -> date | None:
    return date.fromisoformat(value) if value else None
