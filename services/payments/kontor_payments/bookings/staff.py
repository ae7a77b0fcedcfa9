"""Staff book money by hand, or mark an invoice as paid."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments import events
from kontor_payments.bookings.external import book
from kontor_payments.bookings.inputs import BookingInput, MarkPaidInput
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import CurrencyMismatch, ExternalIdReused
from kontor_payments.models import Payment
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import Account, lock
from kontor_service.commands import command_result, once
from kontor_service.i18n import N_
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
            await _book(account, principal, booking)
        return command_result(events.receivable_state(account.row))

    asked = [str(document_id), booking.model_dump()]
    answer = await once(deps.db, principal.merchant, "booking", key, asked, act)
    deps.wake.set()
    return answer


async def mark_paid(
    deps: Dependencies, principal: Principal, document_id: UUID, wanted: MarkPaidInput
) -> dict[str, Any]:
    """Books the open rest, and answers how much that was: what is on its way or forgiven is not booked again."""
    async with deps.db.transaction(principal.merchant) as session:
        account = await lock(session, (await reachable(session, principal, document_id)).id, deps.clock)
        open_minor = account.figures().open_minor
        if open_minor:
            rest = BookingInput(amount_minor=open_minor, currency=account.row.currency, **wanted.model_dump())
            await _book(account, principal, rest)
    deps.wake.set()
    return command_result(events.receivable_state(account.row), booked_minor=open_minor)


async def _is_known(session: AsyncSession, account: Account, booking: BookingInput) -> bool:
    if not booking.external_id:
        return False
    query = select(Payment).where(Payment.external_id == booking.external_id)
    known = (await session.exec(query)).one_or_none()
    if known is None:
        return False
    if (known.receivable_id, known.amount_minor) != (account.row.id, booking.amount_minor):
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
