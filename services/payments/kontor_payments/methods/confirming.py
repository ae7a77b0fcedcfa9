"""What a charge says about the saved method it is made with: whether the bank wants the customer to confirm."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import SavedMethodState
from kontor_bus import record
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import NothingToConfirm
from kontor_payments.methods.models import SavedMethod
from kontor_payments.methods.rules import CHARGEABLE
from kontor_payments.models import Checkout, CheckoutPart, Receivable
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import Account
from kontor_service.events import state_of
from kontor_service.tokens import Principal

_STATES = {"requires_action": SavedMethodState.NEEDS_CONFIRMATION, "completed": SavedMethodState.USABLE}


async def follow_charge(
    session: AsyncSession, checkout: Checkout, was: str, parts: Sequence[CheckoutPart], accounts: Sequence[Account]
) -> None:
    """After a report was applied to a charge. `was` is the checkout's state before; the method is locked last."""
    query = select(SavedMethod).where(SavedMethod.id == checkout.saved_method_id).with_for_update()
    method = (await session.exec(query.execution_options(populate_existing=True))).one()
    if was == "creating" and checkout.state == "requires_action":
        for part, account in zip(parts, accounts, strict=True):
            account.announce_alone(
                pb.ConfirmationNeeded(
                    amount_minor=part.amount_minor, method=checkout.method, method_display=method.display
                )
            )
    state = _STATES.get(checkout.state)
    if state and state != method.state and method.state in CHARGEABLE:
        method.state = state
        method.touch()
        record(session, pb.SavedMethodChanged(method=state_of(pb.SavedMethod, method)))


async def confirmation_of(
    deps: Dependencies, principal: Principal, document_id: UUID
) -> tuple[Checkout, list[Receivable]]:
    """The charge of this document that waits for the customer. Raises NothingToConfirm, DocumentNotFound."""
    async with deps.db.transaction(principal.merchant) as session:
        row = await reachable(session, principal, document_id)
        query = select(Checkout).join(CheckoutPart, col(CheckoutPart.checkout_id) == Checkout.id)
        query = query.where(CheckoutPart.receivable_id == row.id, Checkout.state == "requires_action")
        found = (await session.exec(query.where(col(Checkout.saved_method_id).is_not(None)))).one_or_none()
        if found is None or not found.redirect_url:
            raise NothingToConfirm
        return found, [row]
