"""How receivables come into being and follow their documents."""

from uuid import UUID

from sqlmodel import select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.bookings.parked import match_parked
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.connections.offer import load_offer
from kontor_payments.models import Document, Merchant, Receivable
from kontor_payments.receivables.account import Account, lock, lock_by_document
from kontor_service.clock import Clock
from kontor_service.ids import uuid7

# Only an invoice asks for money: a reminder repeats one, a credit note gives.
_ASKING = frozenset({"invoice"})


async def follow_document(session: AsyncSession, document: Document, clock: Clock) -> None:
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
    await match_parked(account, document)
    await end_live_checkout(account)
    await account.close()


def _asks(document: Document) -> bool:
    return (
        document.type in _ASKING
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
    row.cash_discounts = list(document.cash_discounts)
    row.payment_reference = document.payment_reference
    row.payment_means = document.payment_means
    row.expected_on = row.expected_on or document.direct_debit_date


async def refresh_offers(session: AsyncSession, merchant_id: UUID, clock: Clock, *, limit: int = 200) -> bool:
    """Brings open receivables up to what the merchant offers now; True while there are more.

    The merchant's row is held from the start to the commit: a change that comes meanwhile waits, and marks anew.
    Receivables are locked in the order of their documents' ids, as `apply_documents` does.
    """
    await _mark_offer(session, merchant_id, pending=False)
    offer = await load_offer(session, merchant_id)
    stale = (
        select(Receivable.id)
        .where(Receivable.merchant_id == merchant_id)
        .where(Receivable.state.not_in(("paid", "cancelled")))  # type: ignore[attr-defined]
        .where(Receivable.offer != offer.digest)
        .order_by(Receivable.document_id)  # type: ignore[arg-type]
        .limit(limit)
    )
    found = list(await session.exec(stale))
    for receivable_id in found:
        await (await lock(session, receivable_id, clock)).close()
    more = len(found) == limit
    if more:
        await _mark_offer(session, merchant_id, pending=True)
    return more


async def _mark_offer(session: AsyncSession, merchant_id: UUID, *, pending: bool) -> None:
    await session.exec(update(Merchant).where(Merchant.id == merchant_id).values(offer_pending=pending))  # type: ignore[arg-type]
