"""How several receivables are locked: in one order by everybody, each found along an index."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from kontor_payments.models import Receivable


def locked(query: SelectOfScalar[Receivable]) -> SelectOfScalar[Receivable]:
    """As they are once they are locked, in the order in which everybody locks several."""
    return query.order_by(col(Receivable.document_id)).with_for_update().execution_options(populate_existing=True)


_LOCK = text("""
WITH asked AS (SELECT document_id, credit_notes FROM receivable WHERE id = ANY(:ids))
SELECT FROM receivable WHERE document_id = ANY(ARRAY(
    SELECT document_id FROM asked
    UNION ALL SELECT (note ->> 'document_id')::uuid FROM asked, jsonb_array_elements(credit_notes) note))
ORDER BY document_id FOR UPDATE""")


_LOCK_CHECKOUTS = text("""
SELECT FROM checkout WHERE id = ANY(ARRAY(SELECT checkout_id FROM checkout_part WHERE receivable_id = ANY(:ids) AND live))
ORDER BY id FOR UPDATE""")


async def lock_with_notes(session: AsyncSession, receivable_ids: Sequence[UUID]) -> None:
    """Locks receivables and those of their credit notes; of several also the live checkouts, which may pay others besides. Those of
    reminders are not to be among them: `close` locks them last."""
    await session.execute(_LOCK, {"ids": receivable_ids})
    if len(receivable_ids) > 1:
        await session.execute(_LOCK_CHECKOUTS, {"ids": receivable_ids})


def repeats(document_id: UUID) -> ColumnElement[bool]:
    """Which receivables are those of reminders of this invoice; along the index of all reminders."""
    return and_(text("repeats_document_ids <> '[]'"), col(Receivable.repeats_document_ids).contains([str(document_id)]))
