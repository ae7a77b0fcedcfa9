"""How receivables come into being and follow their documents."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, text
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType, InvoiceKind, QuoteOutcome
from kontor_payments.bookings.parked import match_parked
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.connections.offer import load_offer
from kontor_payments.models import Document, Merchant, Receivable
from kontor_payments.receivables.account import Account, lock, lock_by_document
from kontor_payments.receivables.credits import follow_credit, stands
from kontor_payments.receivables.locks import lock_with_notes, locked, repeats
from kontor_service.clock import Clock
from kontor_service.ids import uuid7

_ACCEPTED = (QuoteOutcome.PROMISED, QuoteOutcome.ACCEPTED)


async def follow_document(session: AsyncSession, document: Document, clock: Clock) -> None:
    """Updates the receivables that a document affects: its own, and those of the invoices that it names or named before.

    A credit note of several invoices reduces them in the order in which it names them.
    """
    followed = await lock_followed(session, document)
    gives, names = await follow_credit(session, document), document.names_invoices
    if not names and not gives:
        followed = {document.id: document} | followed
    # What is no longer named gives back first.
    order = {number: place for place, number in enumerate(names)}
    for invoice in sorted(followed.values(), key=lambda one: (order.get(one.number, -1), one.id != document.id)):
        await _follow_invoice(session, invoice, clock)


async def lock_followed(session: AsyncSession, document: Document) -> dict[UUID, Document]:
    """The invoices that a document affects. Locks its receivable, theirs and those of their credit notes at once, so that nobody
    waits crosswise."""
    followed = {one.id: one for one in await _invoices_of(session, document)}
    notes = {note.id for one in (document, *followed.values()) for note in await _naming(session, one)}
    query = select(Receivable.id).where(col(Receivable.document_id).in_({document.id, *followed, *notes}))
    await lock_with_notes(session, list(await session.exec(query.where(text("repeats_document_ids = '[]'")))))
    return followed


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
    reminders = [one for one in naming if one.type == DocumentType.REMINDER]
    account.row.credit_notes = [
        {"document_id": str(note.id), "document_number": note.number, "amount_minor": abs(note.amount_due_minor)}
        for note in naming
        if note.type != DocumentType.REMINDER and note.currency == account.row.currency and note.amount_due_minor
    ]
    await account.load_notes()
    await _follow_reminders(account, reminders)
    await match_parked(account, [document, *reminders])
    await end_live_checkout(account)
    await account.close()


async def _invoices_of(session: AsyncSession, document: Document) -> list[Document]:
    """The invoices that a credit note or reminder names, and those that count it from what it said before; those with which an
    invoice shares a credit note."""
    named = [_named_by(one) for one in (document, *await _naming(session, document))]
    credited = select(Receivable.document_id).where(
        text("credit_notes <> '[]'"), col(Receivable.credit_notes).contains([{"document_id": str(document.id)}])
    )
    reminded = (
        await session.exec(select(Receivable.repeats_document_ids).where(Receivable.document_id == document.id))
    ).first()
    before = [*await session.exec(credited), *map(UUID, reminded or ())]
    return list(await session.exec(select(Document).where(or_(*named, col(Document.id).in_(before)))))


def _named_by(document: Document) -> ColumnElement[bool]:
    """Which documents are the invoices that this one names."""
    return and_(
        col(Document.number).in_([number for number in document.names_invoices if number]),
        col(Document.customer_id) == document.customer_id,
        text("names_invoices = '[]'"),
        col(Document.type) == DocumentType.INVOICE,
    )


async def _naming(session: AsyncSession, invoice: Document) -> list[Document]:
    """Credit notes for this invoice and reminders of it that the customer has."""
    query = select(Document).where(
        text("names_invoices <> '[]'"),
        col(Document.names_invoices).contains([invoice.number]),
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
    query = locked(select(Receivable).where(or_(repeats([str(row.document_id)]), theirs)))
    known = {repeated.document_id: repeated for repeated in await session.exec(query)}
    for document_id in known.keys() - {reminder.id for reminder in reminders}:
        known[document_id].cancelled = True
    for reminder in reminders:
        repeated = known.get(reminder.id) or Receivable(
            merchant_id=row.merchant_id, document_id=reminder.id, currency=row.currency, asked_minor=row.asked_minor
        )  # fmt: skip
        repeated.repeats_document_ids = await _repeated(session, row, reminder)
        repeated.cancelled = row.cancelled and repeated.repeats_document_ids == [str(row.document_id)]
        for name in ("customer_id", "thread_id", "due_date"):
            setattr(repeated, name, getattr(reminder, name))
        repeated.document_number, repeated.document_type = reminder.number, reminder.type
        session.add(repeated)
    await session.flush()


async def _repeated(session: AsyncSession, row: Receivable, reminder: Document) -> list[str]:
    """The invoices of this reminder that have a receivable in its currency, in its order; of those with one number the newest
    that stands."""
    query = select(Document.number, Document.id).join(Receivable, col(Receivable.document_id) == Document.id)
    query = query.where(_named_by(reminder), Receivable.currency == row.currency)
    query = query.order_by(col(Receivable.cancelled).desc(), col(Document.issue_date), col(Document.id))
    found = dict(list(await session.exec(query)))
    return [str(found[number]) for number in dict.fromkeys(reminder.names_invoices) if number in found]


def _asks(document: Document) -> bool:
    if not stands(document):
        return False
    if document.type == DocumentType.QUOTE:
        # Accepted on condition of a payment; what came for one that is open again, or over, is overpaid.
        return document.outcome in _ACCEPTED and document.asked_minor > 0
    return (
        document.type == DocumentType.INVOICE
        and document.kind != InvoiceKind.SELF_BILLED
        and document.amount_due_minor > 0
    )


def _asked_minor(document: Document) -> int:
    return document.asked_minor if document.type == DocumentType.QUOTE else document.amount_due_minor


async def _open(session: AsyncSession, document: Document, clock: Clock) -> Account:
    row = Receivable(
        id=uuid7(),
        merchant_id=document.merchant_id,
        document_id=document.id,
        currency=document.currency,
        asked_minor=_asked_minor(document),
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
    row.asked_minor = _asked_minor(document)
    row.due_date = document.due_date
    row.asked_discounts = list(document.cash_discounts)
    row.asked_instalments = list(document.instalments)
    for name in ("payment_reference", "payment_means", "payee_name", "account_holder", "iban", "bic"):
        setattr(row, name, getattr(document, name))
    row.expected_on = row.expected_on or document.direct_debit_date


async def refresh_offers(session: AsyncSession, merchant_id: UUID, clock: Clock, *, limit: int = 200) -> bool:
    """Brings open receivables up to what the merchant offers and offsets now; True while there are more.

    The merchant's row is held from the start to the commit: a change that comes meanwhile waits, and marks anew.
    Their receivables and those of their credit notes are locked at once, in the order in which everybody locks several.
    """
    await _mark_offer(session, merchant_id, pending=False)
    offer = await load_offer(session, merchant_id)
    stale = (
        select(Receivable.id)
        .where(Receivable.merchant_id == merchant_id)
        .where(Receivable.state.not_in(("paid", "cancelled", "credit", "settled")))  # type: ignore[attr-defined]
        .where(text("repeats_document_ids = '[]'"))
        .where(Receivable.offer != offer.digest)
        .order_by(Receivable.document_id)  # type: ignore[arg-type]
        .limit(limit)
    )
    found = list(await session.exec(stale))
    await lock_with_notes(session, found)
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
