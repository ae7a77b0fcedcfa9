"""A live checkout that asks for another amount than is to be paid is taken back at the provider."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, select

from kontor_payments.models import Checkout, CheckoutPart
from kontor_payments.receivables.account import Account

# A customer may still be paying these. One at most per receivable (unique index).
LIVE = ("creating", "open", "requires_action", "approved", "ending")


async def live_checkouts(accounts: Sequence[Account]) -> dict[UUID, tuple[Checkout, CheckoutPart]]:
    """By the id of the receivable the live checkout that pays it, with its part for it. They are locked, in the order of their ids."""
    if not accounts:
        return {}
    query = select(Checkout, CheckoutPart).join(CheckoutPart, col(CheckoutPart.checkout_id) == Checkout.id)
    query = query.where(
        col(CheckoutPart.receivable_id).in_([account.row.id for account in accounts]), col(CheckoutPart.live)
    )
    # The state too: whoever waits for the lock sees the checkout as it is then, but the part as it was before.
    query = query.where(col(Checkout.state).in_(LIVE)).order_by(col(Checkout.id)).with_for_update(of=Checkout)
    return {part.receivable_id: (checkout, part) for checkout, part in await accounts[0].session.exec(query)}


async def end_live_checkout(account: Account) -> None:
    """As `end_live_checkouts`, of one receivable."""
    await end_live_checkouts([account])


async def end_live_checkouts(accounts: Sequence[Account]) -> None:
    """Marks each that asks for another amount than is to be paid; a job expires it at the provider, and until then it
    counts as live. A cash discount that ran when the checkout was begun is kept."""
    live = await live_checkouts(accounts)
    for account in accounts:
        _end_unless_it_fits(account, live.get(account.row.id))


def _end_unless_it_fits(account: Account, found: tuple[Checkout, CheckoutPart] | None) -> None:
    if found is None:
        close_page(account)
        return
    checkout, part = found
    payable = account.payable(checkout.offered_on)
    fits = part.amount_minor <= payable if part.partial else part.amount_minor == payable
    if checkout.state != "ending" and not fits:
        checkout.state = "ending"
        checkout.ask_at = datetime.now(UTC)
    account.row.checkout_open = checkout.state != "ending"
    account.row.confirmation_needed = checkout.state == "requires_action" and checkout.saved_method_id is not None


def close_page(account: Account) -> None:
    """Nobody can pay the receivable at a provider, or confirm a charge there."""
    account.row.checkout_open = account.row.confirmation_needed = False
