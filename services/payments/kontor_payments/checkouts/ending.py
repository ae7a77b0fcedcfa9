"""A live checkout that asks for another amount than is to be paid is taken back at the provider."""

from datetime import UTC, datetime

from sqlmodel import select

from kontor_payments.models import Checkout
from kontor_payments.receivables.account import Account

# A customer may still be paying these. One at most per receivable (unique index).
LIVE = ("creating", "open", "requires_action", "approved", "ending")


async def live_checkout(account: Account) -> Checkout | None:
    query = select(Checkout).where(Checkout.receivable_id == account.row.id, Checkout.state.in_(LIVE))  # type: ignore[attr-defined]
    return (await account.session.exec(query.with_for_update())).one_or_none()


async def end_live_checkout(account: Account) -> None:
    """Marks one that asks for another amount than is to be paid; a job expires it at the provider, and until then it
    counts as live. A cash discount that ran when the checkout was begun is kept."""
    live = await live_checkout(account)
    if live is not None and live.state != "ending" and live.amount_minor != account.payable(live.offered_on):
        live.state = "ending"
        live.ask_at = datetime.now(UTC)
    account.row.checkout_open = live is not None and live.state != "ending"
