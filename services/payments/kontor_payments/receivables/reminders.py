"""What receivables of reminders say: the figures of the invoices that they repeat."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select as sql_select
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_bus import record
from kontor_payments import events
from kontor_payments.models import Receivable
from kontor_payments.receivables import rules
from kontor_payments.receivables.locks import locked, repeats

# What a reminder does not repeat of its invoice.
_OWN = {
    "id", "merchant_id", "epoch", "version", "document_id", "document_number", "document_type", "customer_id",
    "thread_id", "due_date", "cancelled", "asked_instalments", "repeats_document_ids", "credit_notes", "credit_minor",
    "offset_minor", "credit_left_minor",
}  # fmt: skip
_SUMS = ("due", "pending", "paid", "refunded", "discount", "open", "overpaid")
# What one of several invoices has.
_OF_SEVERAL = {"currency", "asked_minor", "state", "paid_at", *(f"{name}_minor" for name in _SUMS)}


async def repeat_figures(session: AsyncSession, invoices: Sequence[Receivable]) -> None:
    """Copies the invoices' figures to the receivables of their reminders; one of several invoices has their sums."""
    by_document = {str(invoice.document_id): invoice for invoice in invoices}
    query = locked(select(Receivable).where(repeats(by_document)))
    for reminder in await session.exec(query):
        before = events.receivable_state(reminder)
        first = next(by_document[one] for one in reminder.repeats_document_ids if one in by_document)
        if len(reminder.repeats_document_ids) > 1:
            await _add_up(session, reminder, first)
        else:
            for name in Receivable.model_fields.keys() - _OWN:
                setattr(reminder, name, getattr(first, name))
        if reminder.cancelled:
            reminder.state, reminder.open_minor, reminder.methods = ReceivableState.CANCELLED, 0, []
        if events.receivable_state(reminder) != before:
            reminder.touch()
            record(session, pb.ReceivableChanged(receivable=events.receivable_state(reminder)))


async def _add_up(session: AsyncSession, reminder: Receivable, invoice: Receivable) -> None:
    """Whoever comes second at this reminder's lock sees the other's figures."""
    await session.flush()
    # What it had while one invoice was all that it repeated.
    for name in Receivable.model_fields.keys() - _OWN - _OF_SEVERAL:
        setattr(reminder, name, Receivable.model_fields[name].get_default(call_default_factory=True))
    columns = [getattr(Receivable, f"{name}_minor") for name in _SUMS]
    ids = col(Receivable.document_id).in_(map(UUID, reminder.repeats_document_ids))
    rows = (await session.execute(sql_select(col(Receivable.state), *columns).where(ids))).all()
    for place, name in enumerate(_SUMS, 1):
        setattr(reminder, f"{name}_minor", sum(row[place] for row in rows))
    reminder.state = rules.state_of_several([row[0] for row in rows], reminder.open_minor, reminder.paid_minor)
    if reminder.state != ReceivableState.PAID:
        reminder.paid_at = None
    elif reminder.paid_at is None:
        reminder.paid_at = invoice.paid_at
