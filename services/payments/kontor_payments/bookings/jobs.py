"""Reported payments: finding the document of those that missed it, and telling senders on the bus what was refused."""

from uuid import UUID

import orjson
import structlog
from sqlmodel import col, select, text

from kontor.payments.v1.payments_pb2_codes import IncomingPaymentError
from kontor_bus.ingest import IngestConsumer
from kontor_payments.bookings.incoming import receivable_of
from kontor_payments.bookings.parked import FROM_BUS, arrives, settle_parked
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.dependencies import Dependencies
from kontor_payments.models import IncomingPayment
from kontor_payments.receivables.account import lock
from kontor_service.money import from_minor

log = structlog.get_logger()


async def sweep(deps: Dependencies) -> None:
    """Books payments that are parked though their document is there."""
    for merchant_id in await deps.db.merchants("merchants_with_missed_payments"):
        async with deps.db.transaction(merchant_id) as session:
            query = select(IncomingPayment.id).where(text("payment_missed(incoming_payment)"))
            missed = list(await session.exec(query.order_by(col(IncomingPayment.id))))
        for payment_id in missed:
            try:
                await _book(deps, merchant_id, payment_id)
            except Exception:
                # It is counted as stuck, and holds up no other.
                log.exception("parked_payment_failed", incoming_payment_id=str(payment_id))


async def _book(deps: Dependencies, merchant_id: UUID, payment_id: UUID) -> None:
    async with deps.db.transaction(merchant_id) as session:
        await arrives(session, merchant_id)
        query = select(IncomingPayment).where(IncomingPayment.id == payment_id, IncomingPayment.state == "parked")
        parked = (await session.exec(query)).one_or_none()
        found = await receivable_of(session, parked) if parked else None
        if parked is None or found is None:
            return
        account = await lock(session, found.id, deps.clock)
        # Staff may have decided about it meanwhile.
        parked = (await session.exec(query.with_for_update().execution_options(populate_existing=True))).one_or_none()
        if parked is None:
            return
        await settle_parked(account, parked)
        await end_live_checkout(account)
        await account.close()
    deps.wake.set()


async def send_refusals(deps: Dependencies, ingest: IngestConsumer) -> None:
    """To the queue `refused.<system>`, as a message that was refused at once; again where the broker did not take it."""
    for merchant_id in await deps.db.merchants("merchants_with_refusals_to_send"):
        async with deps.db.transaction(merchant_id) as session:
            query = select(IncomingPayment).where(IncomingPayment.answer_pending).with_for_update(skip_locked=True)
            for refused in await session.exec(query.limit(50)):
                user = refused.received_from.removeprefix(FROM_BUS)
                await ingest.refuse_late(user, _body(refused), _reason(refused), message_id=refused.message_id)
                refused.answer_pending = False


def _body(refused: IncomingPayment) -> bytes:
    """As it was handed in."""
    fields = {
        "external_id", "document_number", "document_external_id", "currency", "paid_on", "method", "reference",
    }  # fmt: skip
    said = refused.model_dump(mode="json", include=fields, exclude_defaults=True)
    return orjson.dumps(said | {"amount": f"{from_minor(refused.amount_minor, refused.currency):f}"})


def _reason(refused: IncomingPayment) -> str:
    return f"{refused.error}: {refused.reason or IncomingPaymentError(refused.error).word}"
