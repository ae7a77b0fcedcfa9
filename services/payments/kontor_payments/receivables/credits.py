"""Credit notes: what they give has an account of its own, until invoices and pay-outs have used it up."""

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType, InvoiceKind
from kontor.payments.v1 import payments_pb2 as pb
from kontor_bus import record
from kontor_payments import events
from kontor_payments.models import Document, Receivable
from kontor_payments.receivables.account import write_credit


def stands(document: Document) -> bool:
    """Whether the customer has it, with an amount."""
    return document.state == "shared" and not document.deleted and len(document.currency) == 3


def gives(document: Document) -> bool:
    """A credit note, an invoice of less than nothing, or one of which the customer is the seller."""
    if document.type == DocumentType.CREDIT_NOTE:
        return document.amount_due_minor != 0
    self_billed = document.kind == InvoiceKind.SELF_BILLED and document.amount_due_minor > 0
    return document.type == DocumentType.INVOICE and (self_billed or document.amount_due_minor < 0)


async def follow_credit(session: AsyncSession, document: Document) -> bool:
    """Opens or follows the receivable of a document that gives money; False for any other."""
    query = select(Receivable).where(Receivable.document_id == document.id, Receivable.credit_minor > 0)
    row = (await session.exec(query.with_for_update())).one_or_none()
    if row is None and not (gives(document) and stands(document)):
        return gives(document)
    amount = abs(document.amount_due_minor)
    opened = row is None
    row = row or Receivable(
        merchant_id=document.merchant_id, document_id=document.id, currency=document.currency, asked_minor=amount, credit_minor=amount
    )  # fmt: skip
    before = events.receivable_state(row)
    row.cancelled = not (gives(document) and stands(document))
    row.document_number, row.document_type = document.number, document.type
    row.customer_id, row.thread_id = document.customer_id, document.thread_id
    write_credit(row)
    session.add(row)
    if opened:
        record(session, pb.ReceivableOpened(receivable=events.receivable_state(row)))
    elif events.receivable_state(row) != before:
        row.touch()
        record(session, pb.ReceivableChanged(receivable=events.receivable_state(row)))
    await session.flush()
    return True
