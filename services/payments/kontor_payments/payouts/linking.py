"""Which payments, refunds and disputes here the lines of a payout speak of. A job, because either may be known first."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor_bus import record
from kontor_payments.checkouts.shares import in_proportion
from kontor_payments.dependencies import Dependencies
from kontor_payments.disputes.models import Dispute
from kontor_payments.models import Payment, Receivable, Refund
from kontor_payments.payouts.models import Payout
from kontor_payments.payouts.rules import unlinked
from kontor_payments.receivables.account import close_several, lock_several
from kontor_service.events import state_of

# Seconds until it looks once more for what it did not find: a payment's transaction may have been under way.
_PAUSES = (60, 3600)
_BATCH = 50

# With the currency of its payment.
Share = tuple[str, dict[str, Any]]
Shares = dict[str, list[Share]]


async def link_due_payouts(deps: Dependencies) -> None:
    """The job: every payout whose payments are to be looked for."""
    for merchant_id in await deps.db.merchants("merchants_with_payouts_to_link"):
        for payout in await _claim(deps, merchant_id, datetime.now(UTC)):
            await _note_in_payments(deps, payout)
            await _link(deps, payout)


async def _claim(deps: Dependencies, merchant_id: UUID, now: datetime) -> list[Payout]:
    async with deps.db.transaction(merchant_id) as session:
        due = select(Payout).where(Payout.link_at <= now).limit(20).with_for_update(skip_locked=True)  # type: ignore[operator]
        rows = list(await session.exec(due))
        for payout in rows:
            again = payout.unlinked and payout.link_attempts < len(_PAUSES)
            payout.link_at = now + timedelta(seconds=_PAUSES[payout.link_attempts]) if again else None
            payout.link_attempts += 1
        return rows


async def _note_in_payments(deps: Dependencies, payout: Payout) -> None:
    """A few receivables per transaction."""
    wanted = select(Payment.receivable_id).where(
        col(Payment.connection_id) == payout.connection_id,
        col(Payment.provider_reference).in_(payout.unlinked),
        col(Payment.payout_id) != payout.provider_reference,
    )
    more = True
    while more:
        async with deps.db.transaction(payout.merchant_id) as session:
            found = (await session.exec(wanted.distinct().limit(_BATCH))).all()
            accounts = await lock_several(session, found, deps.clock) if found else []
            for account in accounts:
                for payment in account.payments.values():
                    if payment.provider_reference in payout.unlinked and payment.connection_id == payout.connection_id:
                        payment.payout_id = payout.provider_reference
                        account.changed(payment)
            await close_several(accounts)
        more = len(found) == _BATCH


async def _link(deps: Dependencies, payout: Payout) -> None:
    """One new version of the payout with all that was found."""
    async with deps.db.transaction(payout.merchant_id) as session:
        query = select(Payout).where(Payout.id == payout.id).with_for_update()
        current = (await session.exec(query)).one()
        found = await _shares(session, current)
        if not found:
            return
        current.items = [
            line | {"shares": line["shares"] or _in_payout(current, line, found.get(line["reference"], ()))}
            for line in current.items
        ]
        current.unlinked = unlinked(current.items)
        current.touch()
        record(session, pb.PayoutChanged(payout=state_of(pb.Payout, current)))


def _in_payout(payout: Payout, line: dict[str, Any], shares: Sequence[Share]) -> list[dict[str, Any]]:
    """In the payout's currency: what the provider exchanged is divided as the payments. Negative where the line takes money away."""
    amounts = [share["amount_minor"] for _currency, share in shares]
    if any(currency != payout.currency for currency, _share in shares):
        amounts = in_proportion(amounts, line["gross_minor"])
    elif line["gross_minor"] < 0:
        amounts = [-amount for amount in amounts]
    return [share | {"amount_minor": amount} for (_currency, share), amount in zip(shares, amounts, strict=True)]


async def _shares(session: AsyncSession, payout: Payout) -> Shares:
    """By the provider's references, each in the order of the documents."""
    found: Shares = defaultdict(list)
    # A payment that came in the meantime is noted first.
    of_payments = select(Payment.provider_reference, Payment.amount_minor, Payment, Receivable).where(
        col(Payment.payout_id) == payout.provider_reference
    )
    of_refunds = select(Refund.provider_reference, Refund.amount_minor, Payment, Receivable).join(
        Payment, col(Payment.id) == Refund.payment_id
    )
    of_disputes = select(Dispute.provider_reference, Dispute.amount_minor, Payment, Receivable).join(
        Payment, col(Payment.id) == Dispute.payment_id
    )
    for query, reference in (
        (of_payments, col(Payment.provider_reference)),
        (of_refunds, col(Refund.provider_reference)),
        (of_disputes, col(Dispute.provider_reference)),
    ):
        query = query.join(Receivable, col(Receivable.id) == Payment.receivable_id).where(
            col(Payment.connection_id) == payout.connection_id, reference.in_(payout.unlinked)
        )
        for name, amount_minor, payment, receivable in await session.exec(query.order_by(col(Receivable.document_id))):
            found[name].append((payment.currency, _share(payment, receivable, amount_minor)))
    return found


def _share(payment: Payment, receivable: Receivable, amount_minor: int) -> dict[str, Any]:
    return {
        "payment_id": str(payment.id),
        "document_id": str(receivable.document_id),
        "document_number": receivable.document_number,
        "customer_id": str(receivable.customer_id or ""),
        "amount_minor": amount_minor,
    }
