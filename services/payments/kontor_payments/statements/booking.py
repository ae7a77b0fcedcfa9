"""Booking an entry of a statement on its documents, and taking that back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import PaymentMethod, PaymentProvider, StatementEntryState
from kontor_payments import events
from kontor_payments.bookings.external import book, cancel
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import (
    CurrencyMismatch,
    DocumentNotFound,
    NotCancellable,
    SharesInvalid,
    StatementEntryDecided,
    StatementShareUnusual,
)
from kontor_payments.models import Payment, Receivable
from kontor_payments.receivables.account import Account, lock
from kontor_payments.receivables.locks import lock_with_notes
from kontor_payments.statements.entries import entry_of, locked_entry, tell
from kontor_payments.statements.models import StatementEntry
from kontor_payments.statements.proposing import counts_on, names_documents, propose_again
from kontor_payments.statements.returning import give_back, payment_to_take_back, take_back
from kontor_service.i18n import N_
from kontor_service.money import from_minor

Shares = dict[UUID, int]


async def book_entry(
    deps: Dependencies, merchant_id: UUID, entry_id: UUID, *, shares: Shares | None, by: str, confirmed: bool = False
) -> tuple[pb.StatementEntry, list[pb.Receivable]]:
    """Books it as proposed, or on the documents in `shares` with these amounts, which have to be all of it.

    Raises StatementEntryNotFound, StatementEntryDecided, DocumentNotFound, SharesInvalid, CurrencyMismatch; StatementShareUnusual where
    a document would be overpaid and that is not `confirmed`.
    """
    async with deps.db.transaction(merchant_id) as session:
        seen = await entry_of(session, entry_id)
        wanted = shares or {UUID(one["document_id"]): one["amount_minor"] for one in seen.shares}
        receivables = await _lock(session, list(wanted))
        entry = await locked_entry(session, entry_id, "waiting", "confirmed")
        proposed = {one["document_id"]: one["payment_id"] for one in entry.shares}
        booked, states = [], []
        _check_sum(entry, wanted, receivables)
        for row in receivables:
            account = await lock(session, row.id, deps.clock)
            if entry.amount_minor > 0:
                payment = await _book(account, entry, wanted[row.document_id], by, confirmed=confirmed)
            else:
                payment = payment_to_take_back(account, entry, proposed.get(str(row.document_id), ""))
                take_back(account, payment, entry.return_code)
            await end_live_checkout(account)
            states.append(events.receivable_state(await account.close()))
            amount = payment.amount_minor if entry.amount_minor > 0 else -payment.amount_minor
            booked.append(_share(row, amount, payment))
        state = await _conclude(session, deps, entry, booked, by)
    deps.wake.set()
    deps.statements.set()
    return state, states


async def _lock(session: AsyncSession, document_ids: Sequence[UUID]) -> list[Receivable]:
    """Raises DocumentNotFound, also for a credit note or a reminder."""
    query = select(Receivable).where(col(Receivable.document_id).in_(document_ids), Receivable.credit_minor == 0)
    rows = [
        row for row in await session.exec(query.order_by(col(Receivable.document_id))) if not row.repeats_document_ids
    ]
    if not rows or len(rows) != len(document_ids):
        raise DocumentNotFound
    await lock_with_notes(session, [row.id for row in rows])
    return rows


def _check_sum(entry: StatementEntry, wanted: Shares, receivables: Sequence[Receivable]) -> None:
    if entry.amount_minor > 0 and sum(wanted.values()) != entry.amount_minor:
        raise SharesInvalid(
            N_("The amounts have to be %(amount)s together."), field="shares",
            amount=f"{from_minor(entry.amount_minor, entry.currency):f} {entry.currency}",
        )  # fmt: skip
    if entry.amount_minor < 0 and len(wanted) != 1:
        raise SharesInvalid(N_("A returned payment is assigned to one document."), field="shares")
    for row in receivables:
        if row.currency != entry.currency:
            raise CurrencyMismatch(N_("The document is in %(currency)s."), field="shares", currency=row.currency)


async def _book(account: Account, entry: StatementEntry, amount_minor: int, by: str, *, confirmed: bool) -> Payment:
    before = account.figures().overpaid_minor
    payment = await book(
        account,
        provider=PaymentProvider.STATEMENT,
        amount_minor=amount_minor,
        method=PaymentMethod.DIRECT_DEBIT if entry.direct_debit else PaymentMethod.TRANSFER,
        provider_reference=entry.end_to_end_id,
        counts_on=counts_on(entry),
        booked_by=by,
        # Compared with providers' clocks, so it is the real time.
        charged_at=datetime.now(UTC),
    )
    more = account.figures().overpaid_minor - before
    if more > 0 and not confirmed:
        raise StatementShareUnusual(
            N_("That is %(amount)s more than is open of %(number)s."), field="shares",
            amount=f"{from_minor(more, entry.currency):f} {entry.currency}", number=account.row.document_number,
        )  # fmt: skip
    return payment


def _share(row: Receivable, amount_minor: int, payment: Payment) -> dict[str, Any]:
    return {
        "document_id": str(row.document_id), "document_number": row.document_number, "amount_minor": amount_minor,
        "payment_id": str(payment.id),
    }  # fmt: skip


async def _conclude(
    session: AsyncSession, deps: Dependencies, entry: StatementEntry, booked: list[dict[str, Any]], by: str
) -> pb.StatementEntry:
    entry.state, entry.shares = StatementEntryState.BOOKED, booked
    entry.decided_by, entry.decided_at, entry.note = by, deps.clock.now(), ""
    first = select(Receivable.customer_id).where(Receivable.document_id == UUID(booked[0]["document_id"]))
    entry.customer_id = (await session.exec(first)).one() if entry.amount_minor > 0 else None
    state = tell(session, entry)
    await session.flush()
    # Others that were proposed for the same documents find less open.
    await propose_again(session, of=names_documents([one["document_id"] for one in booked]))
    return state


async def reopen_entry(
    deps: Dependencies, merchant_id: UUID, entry_id: UUID, *, by: str
) -> tuple[pb.StatementEntry, list[pb.Receivable]]:
    """Takes back what was booked, or that it was set aside: the entry waits again, with a new proposal.

    Raises StatementEntryNotFound, StatementEntryDecided; NotCancellable where a payment of it was returned or given back since.
    """
    async with deps.db.transaction(merchant_id) as session:
        seen = await entry_of(session, entry_id)
        if seen.state not in ("booked", "set_aside"):
            raise StatementEntryDecided
        payments = [UUID(one["payment_id"]) for one in seen.shares] if seen.state == "booked" else []
        query = select(Receivable).join(Payment, col(Payment.receivable_id) == Receivable.id)
        rows = (
            await session.exec(query.where(col(Payment.id).in_(payments)).order_by(col(Receivable.document_id)))
        ).all()
        await lock_with_notes(session, [row.id for row in rows])
        entry = await locked_entry(session, entry_id, seen.state)
        states = []
        for row in rows:
            account = await lock(session, row.id, deps.clock)
            for payment in [account.payments[id] for id in payments if id in account.payments]:
                _undo(account, entry, payment, by)
            await end_live_checkout(account)
            states.append(events.receivable_state(await account.close()))
        entry.state, entry.note, entry.customer_id = StatementEntryState.WAITING, "", None
        entry.decided_by, entry.decided_at, entry.proposed_at = "", None, None
        state = tell(session, entry)
    deps.wake.set()
    deps.statements.set()
    return state, states


def _undo(account: Account, entry: StatementEntry, payment: Payment, by: str) -> None:
    if entry.amount_minor < 0:
        give_back(account, payment)
    elif payment.state in ("succeeded", "matched"):
        cancel(account, payment, reason="", by=by)
    elif payment.state != "cancelled":
        raise NotCancellable(N_("This payment was returned or given back since."))
