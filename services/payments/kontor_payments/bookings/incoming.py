"""Payments that another system has booked; the same use case behind HTTP and bus."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.bookings.parked import payment_arrives, settle_incoming
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.errors import AmountInvalid, CurrencyMismatch, ExternalIdReused
from kontor_payments.models import Document, IncomingPayment, Receivable
from kontor_payments.receivables.account import lock
from kontor_service.clock import Clock
from kontor_service.commands import fingerprint
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_service.money import digits, to_minor


@dataclass(frozen=True)
class Incoming:
    document_number: str
    document_external_id: str
    amount: Decimal
    currency: str
    paid_on: date
    external_id: str
    method: str
    reference: str
    received_at: datetime
    received_from: str


async def take(
    db: Database, clock: Clock, merchant_id: UUID, told: Incoming
) -> tuple[IncomingPayment, Receivable | None, bool]:
    """Books it, or parks it while its document is unknown; and whether it was new.

    Raises AmountInvalid, CurrencyMismatch, ExternalIdReused.
    """
    _check(told)
    async with db.transaction(merchant_id) as session:
        await payment_arrives(session, merchant_id)
        row, is_new = await _keep(session, merchant_id, told)
        found = await _receivable(session, told)
        if found is None or not is_new:
            return row, found, is_new
        account = await lock(session, found.id, clock)
        if told.currency != account.row.currency:
            raise CurrencyMismatch(f"the document is in {account.row.currency}", field="currency")
        await settle_incoming(account, row)
        await end_live_checkout(account)
        return row, await account.close(), True


def _check(told: Incoming) -> None:
    if not told.document_number and not told.document_external_id:
        raise AmountInvalid(
            "document_number or document_external_id is needed", code="document_missing", field="document_number"
        )
    if told.amount.normalize().as_tuple().exponent < -digits(told.currency):  # type: ignore[operator]
        raise AmountInvalid(f"{told.currency} has {digits(told.currency)} decimals", field="amount")


async def _keep(session: AsyncSession, merchant_id: UUID, told: Incoming) -> tuple[IncomingPayment, bool]:
    table = IncomingPayment.__table__
    asked = {k: v for k, v in asdict(told).items() if k not in ("received_at", "received_from")}
    asked["amount"] = str(told.amount.normalize())
    new = IncomingPayment(
        id=uuid7(),
        merchant_id=merchant_id,
        external_id=told.external_id,
        fingerprint=fingerprint(asked),
        document_number=told.document_number,
        document_external_id=told.document_external_id,
        amount_minor=to_minor(told.amount, told.currency),
        currency=told.currency,
        paid_on=told.paid_on,
        method=told.method,
        reference=told.reference,
        received_at=told.received_at,
        received_from=told.received_from,
    )
    statement = (
        insert(table).values(new.model_dump()).on_conflict_do_nothing(index_elements=["merchant_id", "external_id"])
    )
    inserted = (await (await session.connection()).execute(statement.returning(table.c.id))).first()
    query = select(IncomingPayment).where(IncomingPayment.external_id == told.external_id)
    row = (await session.exec(query)).one()
    if row.fingerprint != new.fingerprint:
        raise ExternalIdReused(field="external_id")
    return row, inserted is not None


async def _receivable(session: AsyncSession, told: Incoming) -> Receivable | None:
    """By the sender's own id where it is given, else by the number printed on the invoice."""
    query = select(Receivable).join(Document, Document.id == Receivable.document_id)  # type: ignore[arg-type]
    if told.document_external_id:
        query = query.where(Document.external_id == told.document_external_id)
    if told.document_number:
        query = query.where(Document.number == told.document_number)
    return (await session.exec(query.order_by(Document.issue_date.desc()).limit(1))).first()  # type: ignore[union-attr]
