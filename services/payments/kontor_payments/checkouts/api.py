"""Starting a checkout, and coming back from it."""

from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse
from sqlmodel import select

from kontor_payments import events
from kontor_payments.checkouts import asking, service
from kontor_payments.checkouts.reports import OVER
from kontor_payments.checkouts.service import CheckoutWanted, Desk, Settled
from kontor_payments.errors import CheckoutNotFound
from kontor_payments.models import Checkout, Receivable
from kontor_payments.providers.protocol import OutcomeUnknown, Refused
from kontor_payments.receivables.access import may_reach
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["checkouts"])
log = structlog.get_logger()
Payer = Annotated[Principal, Depends(require("documents:pay"))]
Reader = Annotated[Principal, Depends(require("documents:pay", "documents:read"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


def desk(request: Request) -> Desk:
    state = request.app.state
    return Desk(state.db, state.providers, state.clock)


@router.post("/documents/{document_id}/checkouts", status_code=201)
async def start(
    request: Request, document_id: UUID, wanted: CheckoutWanted, principal: Payer, key: Key = None
) -> JSONResponse:
    """201 with the address of the provider's page; 200 with a status when nothing is to be paid any more."""
    found = await service.start(desk(request), principal, document_id, wanted, key)
    if isinstance(found, Settled):
        return JSONResponse(command_result(events.snapshot(found.receivable), status=found.status))
    async with request.app.state.db.transaction(principal.merchant) as session:
        row = (await session.exec(select(Receivable).where(Receivable.id == found.receivable_id))).one()
    return JSONResponse(command_result(events.snapshot(row), **_shown(found)), status_code=201)


@router.get("/checkouts/{checkout_id}")
async def show(
    request: Request, checkout_id: UUID, principal: Reader, refresh: Annotated[bool, Query()] = False
) -> dict[str, Any]:
    """With refresh=1 the provider is asked first; if it does not answer, what we know is shown."""
    checkout, row = await _reachable(request, checkout_id, principal)
    if refresh and (checkout.ask_at is not None or checkout.state not in OVER):
        at = desk(request)
        try:
            await asking.ask(at.db, at.providers, at.clock, checkout)
        except (OutcomeUnknown, Refused) as error:
            log.warning("checkout_not_answered", checkout_id=str(checkout_id), error=str(error))
        checkout, row = await _reachable(request, checkout_id, principal)
    return command_result(events.snapshot(row), **_shown(checkout), receivable_state=row.state)


async def _reachable(request: Request, checkout_id: UUID, principal: Principal) -> tuple[Checkout, Receivable]:
    async with request.app.state.db.transaction(principal.merchant) as session:
        checkout = (await session.exec(select(Checkout).where(Checkout.id == checkout_id))).one_or_none()
        if checkout is None:
            raise CheckoutNotFound
        row = (await session.exec(select(Receivable).where(Receivable.id == checkout.receivable_id))).one()
        if not await may_reach(session, principal, row):
            raise CheckoutNotFound
        return checkout, row


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
