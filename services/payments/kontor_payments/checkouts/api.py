"""Starting a checkout, and coming back from it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel import select

from kontor_payments import events
from kontor_payments.checkouts import service
from kontor_payments.checkouts.reconcile import reconcile
from kontor_payments.checkouts.reports import OVER
from kontor_payments.checkouts.service import CheckoutInput, Settled
from kontor_payments.dependencies import Dependencies, dependencies_of
from kontor_payments.errors import CheckoutNotFound
from kontor_payments.models import Checkout, Receivable
from kontor_payments.receivables.access import may_reach
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["checkouts"])
Payer = Annotated[Principal, Depends(require("documents:pay"))]
Reader = Annotated[Principal, Depends(require("documents:pay", "documents:read"))]


@router.post("/documents/{document_id}/checkouts", status_code=201)
async def start(request: Request, document_id: UUID, wanted: CheckoutInput, principal: Payer) -> JSONResponse:
    """201 with the address of the provider's payment page; repeated calls return the same page until it is paid or expires.

    200 with a status if nothing is left to pay.
    """
    found = await service.start(dependencies_of(request), principal, document_id, wanted)
    state = events.receivable_state(found.receivable)
    if isinstance(found, Settled):
        return JSONResponse(command_result(state, status=found.status))
    return JSONResponse(command_result(state, **_shown(found.checkout)), status_code=201)


@router.get("/checkouts/{checkout_id}")
async def show(request: Request, checkout_id: UUID, principal: Reader) -> dict[str, Any]:
    """What is known here. Nobody is asked, and nothing changes."""
    return _result(*await _reachable(dependencies_of(request), checkout_id, principal))


@router.post("/checkouts/{checkout_id}/reconcile")
async def ask_provider(request: Request, checkout_id: UUID, principal: Payer) -> dict[str, Any]:
    """The payer is back from the provider's page: the provider is asked, and what the payer approved there is captured.

    Where the provider does not answer, this answers what is known here.
    """
    deps = dependencies_of(request)
    checkout, row = await _reachable(deps, checkout_id, principal)
    if checkout.ask_at is not None or checkout.state not in OVER:
        await reconcile(deps, checkout)
        checkout, row = await _reachable(deps, checkout_id, principal)
    return _result(checkout, row)


async def _reachable(deps: Dependencies, checkout_id: UUID, principal: Principal) -> tuple[Checkout, Receivable]:
    async with deps.db.transaction(principal.merchant) as session:
        checkout = (await session.exec(select(Checkout).where(Checkout.id == checkout_id))).one_or_none()
        if checkout is None:
            raise CheckoutNotFound
        row = (await session.exec(select(Receivable).where(Receivable.id == checkout.receivable_id))).one()
        if not await may_reach(session, principal, row):
            raise CheckoutNotFound
        return checkout, row


def _result(checkout: Checkout, row: Receivable) -> dict[str, Any]:
    return command_result(events.receivable_state(row), **_shown(checkout), receivable_state=row.state)


def _shown(checkout: Checkout) -> dict[str, Any]:
    return {
        "checkout_id": str(checkout.id),
        "redirect_url": checkout.redirect_url,
        "state": checkout.state,
        "method": checkout.method,
        "amount_minor": checkout.amount_minor,
        "currency": checkout.currency,
        "document_id": str(checkout.document_id),
    }
