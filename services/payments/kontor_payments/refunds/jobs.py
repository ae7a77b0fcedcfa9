"""Carrying refunds out at the provider, until it has said yes or no."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from sqlmodel import select

from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.connections.attention import access_lost, note_refusal
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import ConnectionUnknown
from kontor_payments.models import Checkout, Payment, Refund
from kontor_payments.providers.protocol import OutcomeUnknown, RefundReport, Refused
from kontor_payments.receivables.account import lock
from kontor_payments.refunds.service import end_refund

log = structlog.get_logger()

# Seconds; also how long an attempt may take before another process tries.
_PAUSES = (30, 60, 300, 1800, 6 * 3600)


async def carry_out_refunds(deps: Dependencies) -> None:
    for merchant_id in await deps.db.merchants("merchants_with_refunds_to_try"):
        await carry_out_due(deps, merchant_id, datetime.now(UTC))


async def carry_out_due(deps: Dependencies, merchant_id: UUID, now: datetime) -> None:
    for refund_id in await _claim(deps, merchant_id, now):
        await _carry_out(deps, merchant_id, refund_id)


async def _claim(deps: Dependencies, merchant_id: UUID, now: datetime) -> list[UUID]:
    """What is due, out of the way of other processes for the length of an attempt."""
    async with deps.db.transaction(merchant_id) as session:
        due = select(Refund).where(Refund.try_at <= now).limit(50).with_for_update(skip_locked=True)  # type: ignore[operator]
        rows = list(await session.exec(due))
        for refund in rows:
            refund.try_at = now + timedelta(seconds=_PAUSES[min(refund.attempts, len(_PAUSES) - 1)])
            refund.attempts += 1
        return [refund.id for refund in rows]


async def _carry_out(deps: Dependencies, merchant_id: UUID, refund_id: UUID) -> None:
    """Our id of the refund is its idempotency key, so asking again after silence gives the same refund."""
    async with deps.db.transaction(merchant_id) as session:
        refund = (await session.exec(select(Refund).where(Refund.id == refund_id))).one()
        payment = (await session.exec(select(Payment).where(Payment.id == refund.payment_id))).one()
        checkout = (await session.exec(select(Checkout).where(Checkout.id == payment.checkout_id))).one()
    assert payment.connection_id is not None
    assert checkout.provider_id is not None
    connection = await deps.providers.by_id(merchant_id, payment.connection_id)
    try:
        report = await deps.providers.at(connection).refund(
            checkout.provider_id, payment.provider_reference, refund.amount_minor, str(refund_id)
        )
    except OutcomeUnknown as error:
        log.warning("refund_outcome_unknown", refund_id=str(refund_id), error=str(error))
        return
    except (Refused, ConnectionUnknown) as error:
        if isinstance(error, Refused) and access_lost(error):
            # It is tried again: the merchant may connect the account anew.
            await note_refusal(deps, connection, error)
            return
        report = RefundReport("", str(refund_id), payment.provider_reference, refund.amount_minor, "failed")
        log.error("refund_refused", refund_id=str(refund_id), error=str(error))
    if report.state != "pending":
        await _note(deps, merchant_id, refund, report)


async def _note(deps: Dependencies, merchant_id: UUID, refund: Refund, report: RefundReport) -> None:
    async with deps.db.transaction(merchant_id) as session:
        account = await lock(session, refund.receivable_id, deps.clock)
        current = (await session.exec(select(Refund).where(Refund.id == refund.id).with_for_update())).one()
        # The webhook may have been quicker: then this is nothing new.
        end_refund(account, account.payments[current.payment_id], current, report)
        await end_live_checkout(account)
        await account.close()
