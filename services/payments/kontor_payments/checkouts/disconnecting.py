"""What becomes of open payment pages when the merchant's account at their provider is disconnected."""

from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, select

from kontor_payments.checkouts.ending import LIVE, close_page
from kontor_payments.checkouts.reports import lock_parts
from kontor_payments.dependencies import Dependencies
from kontor_payments.models import Checkout, Connection
from kontor_payments.receivables.account import close_several


async def end_checkouts_of_ended_connections(deps: Dependencies, merchant_id: UUID) -> None:
    """One transaction for each. From then on nobody is sent to its page; the job takes it back at the provider."""
    left = select(Checkout.id).join(Connection, col(Connection.id) == Checkout.connection_id)
    left = left.where(Connection.state == "ended", col(Checkout.state).in_(LIVE), Checkout.state != "ending")
    async with deps.db.transaction(merchant_id) as session:
        checkouts = list(await session.exec(left.order_by(col(Checkout.id))))
    for checkout_id in checkouts:
        await _end(deps, merchant_id, checkout_id)


async def _end(deps: Dependencies, merchant_id: UUID, checkout_id: UUID) -> None:
    """What it pays is locked first, as everywhere."""
    async with deps.db.transaction(merchant_id) as session:
        _parts, accounts = await lock_parts(session, checkout_id, deps.clock)
        query = select(Checkout).where(Checkout.id == checkout_id).with_for_update()
        checkout = (await session.exec(query)).one()
        if checkout.state in LIVE and checkout.state != "ending":
            checkout.state, checkout.ask_at = "ending", datetime.now(UTC)
            for account in accounts:
                close_page(account)
            await close_several(accounts)
