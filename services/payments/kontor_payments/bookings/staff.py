"""Staff book money by hand, or mark an invoice as paid."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments import events
from kontor_payments.bookings.external import External, book
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.errors import CurrencyMismatch, ExternalIdReused
from kontor_payments.models import Payment, Receivable
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import Account, lock
from kontor_service.clock import Clock
from kontor_service.commands import command_result, fingerprint, recall, remember
from kontor_service.database import Database
from kontor_service.tokens import Principal


@dataclass(frozen=True)
class StaffBooking:
    amount_minor: int
    currency: str
    method: str
    booked_on: date | None
    reference: str
    external_id: str


async def book_by_staff(
    db: Database, clock: Clock, principal: Principal, document_id: UUID, wanted: StaffBooking, key: str | None
) -> dict[str, Any]:
    """Raises DocumentNotFound, CurrencyMismatch, ExternalIdReused."""
    async with db.transaction(principal.merchant) as session:
        row = await reachable(session, principal, document_id)
        if key:
            asked = fingerprint(str(document_id), asdict(wanted))
            repeated = await recall(session, principal.merchant, "booking", key, asked)
            if repeated is not None:
                return repeated
        account = await lock(session, row.id, clock)
        if wanted.currency != account.row.currency:
            raise CurrencyMismatch(f"the document is in {account.row.currency}", field="currency")
        if not await _is_known(session, account, wanted):
            await _book(account, principal, wanted)
        answer = command_result(events.receivable_state(account.row))
        if key:
            await remember(session, principal.merchant, "booking", key, answer)
        return answer


async def mark_paid(
    db: Database,
    clock: Clock,
    principal: Principal,
    document_id: UUID,
    method: str,
    booked_on: date | None,
    reference: str,
) -> tuple[Receivable, int]:
    """Books the open rest, and how much that was: what is on its way or forgiven is not booked again."""
    async with db.transaction(principal.merchant) as session:
        account = await lock(session, (await reachable(session, principal, document_id)).id, clock)
        open_minor = account.figures().open_minor
        if open_minor:
            wanted = StaffBooking(open_minor, account.row.currency, method, booked_on, reference, "")
            await _book(account, principal, wanted)
        return account.row, open_minor


async def _is_known(session: AsyncSession, account: Account, wanted: StaffBooking) -> bool:
    if not wanted.external_id:
        return False
    query = select(Payment).where(Payment.external_id == wanted.external_id)
    known = (await session.exec(query)).one_or_none()
    if known is None:
        return False
    if (known.receivable_id, known.amount_minor) != (account.row.id, wanted.amount_minor):
        raise ExternalIdReused(field="external_id")
    return True


async def _book(account: Account, principal: Principal, wanted: StaffBooking) -> None:
    await book(
        account,
        External(
            amount_minor=wanted.amount_minor,
            method=wanted.method,
            reference=wanted.reference,
            external_id=wanted.external_id or None,
            booked_on=wanted.booked_on or account.today,
            booked_by=principal.name or principal.subject,
            provider="staff",
            # Compared with the provider's clock, so it is the real time and not the business clock's.
            heard_at=datetime.now(UTC),
        ),
    )
    await end_live_checkout(account)
    await account.close()
