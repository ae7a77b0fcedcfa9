"""Staff record that what is left of a credit note was paid to the customer."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import PaymentProvider, PaymentState
from kontor_payments import events
from kontor_payments.bookings.inputs import PayoutInput
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import DocumentNotFound, NothingToPayOut
from kontor_payments.models import Payment, Receivable
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import lock
from kontor_service.commands import command_result, once
from kontor_service.tokens import Principal


async def pay_out(
    deps: Dependencies, principal: Principal, document_id: UUID, wanted: PayoutInput, key: str | None
) -> dict[str, Any]:
    """Raises DocumentNotFound, NothingToPayOut if that much is not left."""

    async def act(session: AsyncSession) -> dict[str, Any]:
        query = select(Receivable.id).where(Receivable.document_id == document_id, Receivable.credit_minor > 0)
        found = (await session.exec(query)).one_or_none()
        if found is None:
            raise DocumentNotFound
        account = await lock(session, found, deps.clock)
        row, left = account.row, account.row.credit_left_minor
        amount_minor = wanted.amount_minor or left
        if not left or amount_minor > left:
            raise NothingToPayOut(field="amount_minor")
        day = wanted.booked_on or account.today
        payment = Payment(
            merchant_id=row.merchant_id, receivable_id=row.id, amount_minor=amount_minor, currency=row.currency,
            state=PaymentState.PAID_OUT, method=wanted.method, provider=PaymentProvider.STAFF, reference=wanted.reference,
            provider_reference=wanted.reference, counts_on=day, charged_at=datetime.now(UTC), created_at=account.now,
            settled_at=account.moment_on(day), booked_by=principal.name or principal.subject,
        )  # fmt: skip
        account.add(payment)
        await session.flush()
        account.post(payment, ledger.paid_out(amount_minor))
        account.announce("paid_out", payment)
        await account.close()
        return command_result(events.receivable_state(row), paid_out_minor=amount_minor)

    asked = [str(document_id), wanted.model_dump(mode="json")]
    return await once(deps.db, principal.merchant, "payout", key, asked, act)
