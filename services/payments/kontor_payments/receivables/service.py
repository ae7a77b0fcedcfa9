"""How receivables come into being and follow their documents."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, or_, text
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2_codes import InvoiceKind
from kontor_payments.bookings.parked import match_parked
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.connections.offer import load_offer
from kontor_payments.models import Document, Merchant, Receivable
from kontor_payments.receivables.account import Account, lock, lock_by_document
from kontor_service.clock import Clock
from kontor_service.ids import uuid7

# Only an invoice asks for money: a reminder repeats what one asks for, a credit note gives, and so does a self-billed
# invoice, of which the customer is the seller.
_ASKING = frozenset({"invoice"})


async def follow_document(session: AsyncSession, document: Document, clock: Clock) -> None:
    """Updates the receivables that a document affects: its own, and those of the invoices that it names or named before."""
    followed = await _invoices_of(session, document)
    if not document.names_invoice:
        followed = sorted([*followed, document], key=lambda one: one.id)
    for invoice in followed:
        await _follow_invoice(session, invoice, clock)


async def _follow_invoice(session: AsyncSession, document: Document, clock: Clock) -> None:
    """Opens the receivable of a shared invoice, keeps it in step, cancels it when the invoice no longer stands."""
    account = await lock_by_document(session, document.id, clock)
    asks = _asks(document)
    if account is None:
        if not asks:
            return
        account = await _open(session, document, clock)
    elif asks:
        _follow(account.row, document)
    account.row.cancelled = not asks
    naming = await _naming(session, document)
    reminders = [one for one in naming if one.type == "reminder"]
    account.row.credit_notes = [
        {"document_id": str(note.id), "document_number": note.number, "amount_minor": abs(note.amount_due_minor)}
        for note in naming
        if note.type != "reminder" and note.currency == account.row.currency and note.amount_due_minor
    ]
    await _follow_reminders(account, reminders)
    await match_parked(account, [document, *reminders])
    await end_live_checkout(account)
    await account.close()


async def _invoices_of(session: AsyncSession, document: Document) -> list[Document]:
    """The invoices that a credit note or reminder names, and those that count it from what it said before."""
    named = and_(
        col(Document.number) == document.names_invoice,
        col(Document.number) != "",
        col(Document.customer_id) == document.customer_id,
        col(Document.names_invoice) == "",
        col(Document.type) == "invoice",
    )
    credited = select(Receivable.document_id).where(
        text("credit_notes <> '[]'"), col(Receivable.credit_notes).contains([{"document_id": str(document.id)}])
    )
    reminded = select(Receivable.repeats_document_id).where(Receivable.document_id == document.id)
    query = select(Document).where(or_(named, col(Document.id).in_(credited), col(Document.id).in_(reminded)))
    return list(await session.exec(query.order_by(col(Document.id))))


async def _naming(session: AsyncSession, invoice: Document) -> list[Document]:
    """Credit notes for this invoice and reminders of it that the customer has."""
    query = select(Document).where(
        Document.names_invoice == invoice.number,
        Document.customer_id == invoice.customer_id,
        Document.state == "shared",
        ~col(Document.deleted),
    )
    return (
        list(await session.exec(query.order_by(col(Document.issue_date), col(Document.id)))) if invoice.number else []
    )


async def _follow_reminders(account: Account, reminders: Sequence[Document]) -> None:
    """A receivable for each reminder, which `close` fills with the figures of its invoice."""
    row, session = account.row, account.session
    theirs = col(Receivable.document_id).in_([reminder.id for reminder in reminders])
    query = select(Receivable).where(or_(col(Receivable.repeats_document_id) == row.document_id, theirs))
    known = {repeated.document_id: repeated for repeated in await session.exec(query)}
    for document_id in known.keys() - {reminder.id for reminder in reminders}:
        known[document_id].cancelled = True
    for reminder in reminders:
        repeated = known.get(reminder.id) or Receivable(
            merchant_id=row.merchant_id, document_id=reminder.id, currency=row.currency, asked_minor=row.asked_minor
        )  # fmt: skip
        repeated.cancelled, repeated.repeats_document_id = row.cancelled, row.document_id
        for name in ("customer_id", "thread_id", "due_date"):
            setattr(repeated, name, getattr(reminder, name))
        repeated.document_number, repeated.document_type = reminder.number, reminder.type
        session.add(repeated)
    await session.flush()


def _asks(document: Document) -> bool:
    return (
        document.type in _ASKING
        and document.kind != InvoiceKind.SELF_BILLED
        and document.state == "shared"
        and not document.deleted
        and document.amount_due_minor > 0
        and len(document.currency) == 3
    )


async def _open(session: AsyncSession, document: Document, clock: Clock) -> Account:
    row = Receivable(
        id=uuid7(),
        merchant_id=document.merchant_id,
        document_id=document.id,
        currency=document.currency,
        asked_minor=document.amount_due_minor,
    )
    _follow(row, document)
    session.add(row)
    await session.flush()
    return Account(session, row, clock, await load_offer(session, document.merchant_id), is_new=True)


def _follow(row: Receivable, document: Document) -> None:
    row.document_number = document.number
    row.document_type = document.type
    row.customer_id = document.customer_id
    row.thread_id = document.thread_id
    row.currency = document.currency
    row.asked_minor = document.amount_due_minor
    row.due_date = document.due_date
    row.asked_discounts = list(document.cash_discounts)
    for name in ("payment_reference", "payment_means", "payee_name", "account_holder", "iban", "bic"):
        setattr(row, name, getattr(document, name))
    row.expected_on = row.expected_on or document.direct_debit_date


async def refresh_offers(session: AsyncSession, merchant_id: UUID, clock: Clock, *, limit: int = 200) -> bool:
    """Brings open receivables up to what the merchant offers and offsets now; True while there are more.

    The merchant's row is held from the start to the commit: a change that comes meanwhile waits, and marks anew.
    Receivables are locked in the order of their documents' ids, as those of a batch of documents are.
    """
    await _mark_offer(session, merchant_id, pending=False)
    offer = await load_offer(session, merchant_id)
    stale = (
        select(Receivable.id)
        .where(Receivable.merchant_id == merchant_id)
        .where(Receivable.state.not_in(("paid", "cancelled")))  # type: ignore[attr-defined]
        .where(col(Receivable.repeats_document_id).is_(None))
        .where(Receivable.offer != offer.digest)
        .order_by(Receivable.document_id)  # type: ignore[arg-type]
        .limit(limit)
    )
    found = list(await session.exec(stale))
    for receivable_id in found:
        account = await lock(session, receivable_id, clock)
        await end_live_checkout(account)
        await account.close()
    more = len(found) == limit
    if more:
        await _mark_offer(session, merchant_id, pending=True)
    return more


async def _mark_offer(session: AsyncSession, merchant_id: UUID, *, pending: bool) -> None:
    await session.exec(update(Merchant).where(Merchant.id == merchant_id).values(offer_pending=pending))  # type: ignore[arg-type]
