"""Starting a checkout, and coming back from it."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel import col, select

from kontor_payments import events
from kontor_payments.checkouts import service
from kontor_payments.checkouts.intent import CheckoutInput
from kontor_payments.checkouts.reconcile import reconcile
from kontor_payments.checkouts.reports import OVER
from kontor_payments.checkouts.service import Settled
from kontor_payments.dependencies import Dependencies, dependencies_of
from kontor_payments.errors import CheckoutNotFound
from kontor_payments.models import Checkout, CheckoutPart, Receivable
from kontor_payments.receivables.access import may_reach
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["checkouts"])
# Customers, and whoever holds a pay link.
Payer = Annotated[Principal, Depends(require("documents:pay", "payments:pay"))]
Reader = Annotated[Principal, Depends(require("documents:pay", "payments:pay", "documents:read"))]


@router.post("/checkouts", status_code=201)
async def start(request: Request, wanted: CheckoutInput, principal: Payer) -> JSONResponse:
    """201 with the address of the provider's payment page, for one document or several of one customer in one currency; repeated
    calls return the same page until it is paid or expires.

    200 with a status if nothing is left to pay.
    """
    found = await service.start(dependencies_of(request), principal, wanted)
    if isinstance(found, Settled):
        return JSONResponse(receivables_answer(found.receivables, status=found.status))
    return JSONResponse(receivables_answer(found.receivables, **checkout_answer(found.checkout)), status_code=201)


@router.get("/checkouts/{checkout_id}")
async def show(request: Request, checkout_id: UUID, principal: Reader) -> dict[str, Any]:
    """What is known here. Nobody is asked, and nothing changes."""
    return _looked_up(*await _reachable(dependencies_of(request), checkout_id, principal))


@router.post("/checkouts/{checkout_id}/reconcile")
async def ask_provider(request: Request, checkout_id: UUID, principal: Payer) -> dict[str, Any]:
    """The payer is back from the provider's page: the provider is asked, and what the payer approved there is captured.

    Where the provider does not answer, this answers what is known here.
    """
    deps = dependencies_of(request)
    checkout, rows = await _reachable(deps, checkout_id, principal)
    if checkout.ask_at is not None or checkout.state not in OVER:
        await reconcile(deps, checkout)
        checkout, rows = await _reachable(deps, checkout_id, principal)
    return _looked_up(checkout, rows)


async def _reachable(deps: Dependencies, checkout_id: UUID, principal: Principal) -> tuple[Checkout, list[Receivable]]:
    """The checkout and what it pays, in the order of the documents. All of it has to be within reach."""
    async with deps.db.transaction(principal.merchant) as session:
        checkout = (await session.exec(select(Checkout).where(Checkout.id == checkout_id))).one_or_none()
        if checkout is None:
            raise CheckoutNotFound
        query = select(Receivable).join(CheckoutPart, col(CheckoutPart.receivable_id) == Receivable.id)
        query = query.where(CheckoutPart.checkout_id == checkout_id).order_by(col(Receivable.document_id))
        rows = list(await session.exec(query))
        for row in rows:
            if not await may_reach(session, principal, row):
                raise CheckoutNotFound
        return checkout, rows


def _looked_up(checkout: Checkout, rows: Sequence[Receivable]) -> dict[str, Any]:
    return receivables_answer(rows, **checkout_answer(checkout), receivable_state=rows[0].state)


def receivables_answer(rows: Sequence[Receivable], **extra: Any) -> dict[str, Any]:
    """The first document's receivable as of any command, the others in `others`."""
    first, *others = [command_result(events.receivable_state(row)) for row in rows]
    return first | {"documents": [str(row.document_id) for row in rows], "others": others} | extra


def checkout_answer(checkout: Checkout) -> dict[str, Any]:
    return {
        "checkout_id": str(checkout.id),
        "redirect_url": checkout.redirect_url,
        "state": checkout.state,
        "method": checkout.method,
        "amount_minor": checkout.amount_minor,
        "currency": checkout.currency,
    }
