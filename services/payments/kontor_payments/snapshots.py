"""Re-sending the state of everything, for a copy that is being rebuilt. Live events go on beside it."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel import select

from kontor.payments.v1 import payments_pb2 as pb
from kontor_bus import record
from kontor_payments import events
from kontor_payments.models import Payment, Receivable
from kontor_service.database import Database
from kontor_service.tokens import ServiceCaller

router = APIRouter(prefix="/v1", tags=["snapshots"])
_BATCH = 500


@router.post("/snapshots")
async def resend(request: Request, _: ServiceCaller) -> dict[str, Any]:
    """Counts what was put into the outbox."""
    db: Database = request.app.state.db
    async with db.connection() as connection:
        rows = await connection.fetch("SELECT merchants_with_receivables() AS id")
    counts = {"payments.receivable": 0, "payments.payment": 0}
    for row in rows:
        after: UUID | None = None
        while True:
            after, receivables, payments = await _batch(db, row["id"], after)
            counts["payments.receivable"] += receivables
            counts["payments.payment"] += payments
            if after is None:
                break
    return {"counts": counts}


async def _batch(db: Database, merchant_id: UUID, after: UUID | None) -> tuple[UUID | None, int, int]:
    """One transaction's worth in the order of ids, and where to go on."""
    query = select(Receivable).order_by(Receivable.id).limit(_BATCH)  # type: ignore[arg-type]
    if after is not None:
        query = query.where(Receivable.id > after)
    async with db.transaction(merchant_id) as session:
        receivables = {row.id: row for row in await session.exec(query)}
        chosen = Payment.receivable_id.in_(receivables)  # type: ignore[attr-defined]
        payments = list(await session.exec(select(Payment).where(chosen)))
        for receivable in receivables.values():
            record(session, events.snapshot(receivable), merchant_id=merchant_id)
        for payment in payments:
            state = events.payment_state(payment, receivables[payment.receivable_id])
            record(session, pb.PaymentSnapshot(payment=state), merchant_id=merchant_id)
    last = max(receivables) if len(receivables) == _BATCH else None
    return last, len(receivables), len(payments)
