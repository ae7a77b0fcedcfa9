"""A live checkout that asks for another amount than is to be paid is taken back at the provider."""

from datetime import UTC, datetime

from sqlmodel import col, select

from kontor_payments.models import Checkout, CheckoutPart
from kontor_payments.receivables.account import Account

# A customer may still be paying these. One at most per receivable (unique index).
LIVE = ("creating", "open", "requires_action", "approved", "ending")


async def live_checkout(account: Account) -> tuple[Checkout, CheckoutPart] | None:
    """The live checkout that pays this receivable, with its part for it."""
    query = select(Checkout, CheckoutPart).join(CheckoutPart, col(CheckoutPart.checkout_id) == Checkout.id)
    query = query.where(CheckoutPart.receivable_id == account.row.id, col(CheckoutPart.live))
    # The state too: whoever waits for the lock sees the checkout as it is then, but the part as it was before.
    found = await account.session.exec(query.where(col(Checkout.state).in_(LIVE)).with_for_update(of=Checkout))
    return found.one_or_none()


async def end_live_checkout(account: Account) -> None:
    """Marks one that asks for another amount than is to be paid; a job expires it at the provider, and until then it
    counts as live. A cash discount that ran when the checkout was begun is kept."""
    found = await live_checkout(account)
    if found is None:
        account.row.checkout_open = False
        return
    checkout, part = found
    payable = account.payable(checkout.offered_on)
    fits = part.amount_minor <= payable if part.partial else part.amount_minor == payable
    if checkout.state != "ending" and not fits:
        checkout.state = "ending"
        checkout.ask_at = datetime.now(UTC)
    account.row.checkout_open = checkout.state != "ending"
