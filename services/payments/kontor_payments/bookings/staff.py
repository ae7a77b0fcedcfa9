"""Staff book money by hand, or mark an invoice as paid."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import PaymentProvider
from kontor_payments import events
from kontor_payments.bookings.external import book, cancel
from kontor_payments.bookings.inputs import BookingInput, CancelInput, MarkPaidInput
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import (
    BookedFromStatement,
    BookingUnusual,
    CurrencyMismatch,
    ExternalIdReused,
    NotCancellable,
)
from kontor_payments.models import Document, Payment, Receivable
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import Account, lock, lock_by_payment
from kontor_payments.receivables.service import follow_document, lock_followed
from kontor_service.commands import command_result, once
from kontor_service.i18n import N_
from kontor_service.money import from_minor
from kontor_service.tokens import Principal


async def book_by_staff(
    deps: Dependencies, principal: Principal, document_id: UUID, booking: BookingInput, key: str | None
) -> dict[str, Any]:
    """Raises DocumentNotFound, CurrencyMismatch, ExternalIdReused."""

    async def act(session: AsyncSession) -> dict[str, Any]:
        account = await lock(session, (await reachable(session, principal, document_id)).id, deps.clock)
        if booking.currency != account.row.currency:
            raise CurrencyMismatch(
                N_("The document is in %(currency)s."), field="currency", currency=account.row.currency
            )
        if not await _is_known(session, account, booking):
            _check_usual(account, booking)
            await _book(account, principal, booking)
        return command_result(events.receivable_state(account.row))

    asked = [str(document_id), booking.model_dump()]
    answer = await once(deps.db, principal.merchant, "booking", key, asked, act)
    deps.wake.set()
    return answer


async def mark_paid(
    deps: Dependencies, principal: Principal, document_id: UUID, wanted: MarkPaidInput
) -> dict[str, Any]:
    """Books the rest that is open or to be collected, and answers how much that was: what is on its way or forgiven is
    not booked again."""
    async with deps.db.transaction(principal.merchant) as session:
        account = await lock(session, (await reachable(session, principal, document_id)).id, deps.clock)
        unpaid_minor = account.figures().unpaid_minor
        if unpaid_minor:
            rest = BookingInput(amount_minor=unpaid_minor, currency=account.row.currency, **wanted.model_dump())
            _check_usual(account, rest)
            await _book(account, principal, rest)
    deps.wake.set()
    return command_result(events.receivable_state(account.row), booked_minor=unpaid_minor)


async def cancel_booking(
    deps: Dependencies, principal: Principal, payment_id: UUID, wanted: CancelInput
) -> dict[str, Any]:
    """Takes a booking back; what it paid is open again, and what was paid out of a credit note is there for its invoices.

    Raises PaymentNotFound, NotCancellable, BookedFromStatement.
    """
    async with deps.db.transaction(principal.merchant) as session:
        if note := await _note_paid_out(session, payment_id):
            await lock_followed(session, note)
        account = await lock_by_payment(session, payment_id, deps.clock)
        payment = account.payments[payment_id]
        if (
            payment.connection_id
            or payment.state == "cancelled"
            or any(r["state"] == "succeeded" for r in payment.refunds)
        ):
            raise NotCancellable
        if payment.provider == PaymentProvider.STATEMENT:
            raise BookedFromStatement
        cancel(account, payment, reason=wanted.reason, by=principal.name or principal.subject)
        await end_live_checkout(account)
        row = await account.close()
        if note:
            await follow_document(session, note, deps.clock)
    deps.wake.set()
    return command_result(events.receivable_state(row))


async def _note_paid_out(session: AsyncSession, payment_id: UUID) -> Document | None:
    query = select(Document).join(Receivable, col(Receivable.document_id) == Document.id)
    query = query.join(Payment, col(Payment.receivable_id) == Receivable.id)
    return (await session.exec(query.where(Payment.id == payment_id, Receivable.credit_minor > 0))).one_or_none()


def _check_usual(account: Account, booking: BookingInput) -> None:
    """Raises BookingUnusual if the booking exceeds what is unpaid or lies in the future, unless it was confirmed."""
    unpaid, day = account.figures().unpaid_minor, booking.booked_on
    much, future = booking.amount_minor > unpaid, bool(day and day > account.today)
    if booking.confirmed or not (much or future):
        return
    message = (
        N_("%(amount)s is more than the %(open)s that is open, and %(day)s is in the future.")
        if much and future
        else N_("%(amount)s is more than the %(open)s that is open.")
        if much
        else N_("%(day)s is in the future.")
    )
    currency = account.row.currency
    amount, unpaid_amount = (f"{from_minor(minor, currency):f} {currency}" for minor in (booking.amount_minor, unpaid))
    raise BookingUnusual(
        message, field="amount_minor" if much else "booked_on", amount=amount, open=unpaid_amount, day=str(day)
    )


async def _is_known(session: AsyncSession, account: Account, booking: BookingInput) -> bool:
    if not booking.external_id:
        return False
    query = select(Payment).where(Payment.external_id == booking.external_id)
    known = (await session.exec(query)).one_or_none()
    if known is None:
        return False
    same = (known.receivable_id, known.amount_minor) == (account.row.id, booking.amount_minor)
    if not same or known.state == "cancelled":
        raise ExternalIdReused(field="external_id")
    return True


async def _book(account: Account, principal: Principal, booking: BookingInput) -> None:
    await book(
        account,
        provider="staff",
        amount_minor=booking.amount_minor,
        method=booking.method,
        reference=booking.reference,
        external_id=booking.external_id or None,
        counts_on=booking.booked_on or account.today,
        booked_by=principal.name or principal.subject,
        # Compared with the provider's clock, so it is the real time and not the business clock's.
        charged_at=datetime.now(UTC),
    )
    await end_live_checkout(account)
    await account.close()
