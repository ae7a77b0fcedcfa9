"""The table `refund_to_credit`: what payments has told of, and what of it is due."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor.documents.v1.documents_pb2_codes import DocumentSource, DocumentType
from kontor.payments.v1 import payments_pb2 as payments
from kontor_documents.models import Document
from kontor_documents.refunds.models import RefundToCredit

_KEY = "refund:"
_AT_ONCE = 20
# Seconds; also how long one attempt may take before another process tries.
_PAUSES = (60, 300, 3600, 6 * 3600)


async def note_refund(session: AsyncSession, fact: payments.PaymentRefunded, _: Any) -> None:
    """Stores a refund for which staff want a credit note, so that a job writes it; other refunds are not stored."""
    refund = fact.refund
    if not refund.credit_minor:
        return
    row = {
        "id": UUID(refund.id),
        "merchant_id": UUID(fact.receivable.merchant_id),
        "document_id": UUID(fact.receivable.document_id),
        "credit_minor": refund.credit_minor,
        "amount_minor": refund.amount_minor,
        "currency": fact.receivable.currency,
        "reason": refund.reason,
        "note": refund.note,
        "refunded_at": refund.ended_at.ToDatetime(UTC),
        "try_at": datetime.now(UTC),
        "attempts": 0,
    }
    await session.execute(insert(RefundToCredit.__table__).values(row).on_conflict_do_nothing())


async def claim(session: AsyncSession) -> list[RefundToCredit]:
    """What is due, out of the way of other processes for the length of an attempt."""
    now = datetime.now(UTC)
    query = select(RefundToCredit).where(col(RefundToCredit.try_at) <= now).order_by(col(RefundToCredit.try_at))
    rows = list(await session.scalars(query.limit(_AT_ONCE).with_for_update(skip_locked=True)))
    for row in rows:
        row.try_at = now + timedelta(seconds=_PAUSES[min(row.attempts, len(_PAUSES) - 1)])
        row.attempts += 1
    return rows


async def done(session: AsyncSession, refund_id: UUID) -> None:
    row = await session.get_one(RefundToCredit, refund_id)
    row.try_at = None


def external_id(refund_id: UUID) -> str:
    """The key that makes one credit note of each refund, however often it is tried."""
    return f"{_KEY}{refund_id}"


async def is_own_credit_note(session: AsyncSession, document: Document) -> bool:
    """Whether this is the credit note of a refund, and not something else that was handed in as Kontor's."""
    if (document.type, document.source) != (DocumentType.CREDIT_NOTE, DocumentSource.KONTOR):
        return False
    kind, _colon, refund_id = document.external_id.partition(":")
    if f"{kind}:" != _KEY:
        return False
    try:
        refund = await session.get(RefundToCredit, UUID(refund_id))
    except ValueError:
        return False
    invoice = await session.get(Document, refund.document_id) if refund else None
    return invoice is not None and invoice.customer_id == document.customer_id
