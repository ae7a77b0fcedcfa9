"""How several receivables are locked: in one order by everybody, each found along an index."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from kontor_payments.models import Receivable


def locked(query: SelectOfScalar[Receivable]) -> SelectOfScalar[Receivable]:
    """As they are once they are locked, in the order in which everybody locks several."""
    return query.order_by(col(Receivable.document_id)).with_for_update().execution_options(populate_existing=True)


_WITH_NOTES = text("""document_id = ANY(ARRAY(
    WITH asked AS (SELECT document_id, credit_notes FROM receivable WHERE id = ANY(:ids))
    SELECT document_id FROM asked
    UNION ALL SELECT (note ->> 'document_id')::uuid FROM asked, jsonb_array_elements(credit_notes) note))""")


_LOCK_CHECKOUTS = text("""
SELECT FROM checkout WHERE id = ANY(ARRAY(SELECT checkout_id FROM checkout_part WHERE receivable_id = ANY(:ids) AND live))
ORDER BY id FOR UPDATE""")


async def lock_with_notes(session: AsyncSession, receivable_ids: Sequence[UUID]) -> list[Receivable]:
    """Locks receivables and those of their credit notes, and answers all of them; of several also the live checkouts, which may pay
    others besides. Those of reminders are not to be among them: they are locked last."""
    rows = list(await session.exec(locked(select(Receivable).where(_WITH_NOTES.bindparams(ids=receivable_ids)))))
    if len(receivable_ids) > 1:
        await session.execute(_LOCK_CHECKOUTS, {"ids": receivable_ids})
    return rows


def repeats(document_ids: Iterable[str]) -> ColumnElement[bool]:
    """Which receivables are those of reminders of these invoices; along the index of all reminders."""
    repeated = col(Receivable.repeats_document_ids)
    return and_(text("repeats_document_ids <> '[]'"), or_(*(repeated.contains([one]) for one in document_ids)))
