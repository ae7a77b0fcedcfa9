"""Payments that another system has booked; the same use case behind HTTP and bus."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_bus.ingest import IngestMessage
from kontor_payments.bookings.inputs import IncomingPaymentInput
from kontor_payments.bookings.parked import arrives, park, settle_incoming
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import AmountInvalid, ExternalIdReused
from kontor_payments.models import Document, IncomingPayment, Receivable
from kontor_payments.receivables.account import lock
from kontor_service.commands import fingerprint
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.money import digits, to_minor


async def ingest_message(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    """Over the bus."""
    payment = IncomingPaymentInput.model_validate_json(message.body)
    await ingest_payment(
        app.state.dependencies, merchant_id, payment, received_from=message.sender, message_id=message.message_id
    )


async def ingest_payment(
    deps: Dependencies, merchant_id: UUID, payment: IncomingPaymentInput, *, received_from: str,
    message_id: str = "",
) -> tuple[IncomingPayment, Receivable | None, bool]:  # fmt: skip
    """Books it, or parks it while its document is unknown; and whether it was new.

    Raises AmountInvalid, CurrencyMismatch, ExternalIdReused.
    """
    _check(payment)
    async with deps.db.transaction(merchant_id) as session:
        await arrives(session, merchant_id)
        row, is_new = await _store(session, merchant_id, payment, received_from, message_id)
        found = await receivable_of(session, payment)
        if is_new and found is None:
            park(session, row)
        if found is None or not is_new:
            return row, found, is_new
        account = await lock(session, found.id, deps.clock)
        await settle_incoming(account, row)
        await end_live_checkout(account)
        receivable = await account.close()
    deps.wake.set()
    return row, receivable, True


def _check(payment: IncomingPaymentInput) -> None:
    if not payment.document_number and not payment.document_external_id:
        raise AmountInvalid(
            N_("The document's number or its external id is needed."), code="document_missing", field="document_number"
        )
    if payment.amount.normalize().as_tuple().exponent < -digits(payment.currency):  # type: ignore[operator]
        raise AmountInvalid(
            N_("%(currency)s has %(decimals)s decimals."),
            field="amount",
            currency=payment.currency,
            decimals=digits(payment.currency),
        )


async def _store(
    session: AsyncSession, merchant_id: UUID, payment: IncomingPaymentInput, received_from: str, message_id: str
) -> tuple[IncomingPayment, bool]:
    table = IncomingPayment.__table__
    said = payment.model_dump(exclude={"amount"})
    new = IncomingPayment(
        id=uuid7(),
        merchant_id=merchant_id,
        fingerprint=fingerprint(said, str(payment.amount.normalize())),
        amount_minor=to_minor(payment.amount, payment.currency),
        received_at=datetime.now(UTC),
        received_from=received_from,
        message_id=message_id,
        **said,
    )
    statement = (
        insert(table).values(new.model_dump()).on_conflict_do_nothing(index_elements=["merchant_id", "external_id"])
    )
    inserted = (await (await session.connection()).execute(statement.returning(table.c.id))).first()
    query = select(IncomingPayment).where(IncomingPayment.external_id == payment.external_id)
    row = (await session.exec(query)).one()
    if row.fingerprint != new.fingerprint:
        raise ExternalIdReused(field="external_id")
    return row, inserted is not None


async def receivable_of(session: AsyncSession, payment: IncomingPaymentInput | IncomingPayment) -> Receivable | None:
    """By the sender's own id where it is given, else by the number printed on the invoice."""
    query = select(Receivable).join(Document, Document.id == Receivable.document_id)  # type: ignore[arg-type]
    query = query.where(Receivable.credit_minor == 0)
    if payment.document_external_id:
        query = query.where(Document.external_id == payment.document_external_id)
    if payment.document_number:
        query = query.where(Document.number == payment.document_number)
    # The number of a withdrawn invoice can be used again: the one that stands is meant.
    newest = query.order_by(col(Receivable.cancelled), col(Document.issue_date).desc(), col(Document.id).desc()).limit(
        1
    )
    found = (await session.exec(newest)).first()
    if found is not None and found.repeats_document_ids:
        # A reminder is paid with its invoice; which of several is meant, staff decide.
        ids = found.repeats_document_ids
        query = select(Receivable).where(Receivable.document_id == UUID(ids[0]))
        found = (await session.exec(query)).first() if len(ids) == 1 else None
    return found
