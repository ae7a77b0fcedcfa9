"""Charging saved methods over HTTP: other owners, and staff; and the way to confirm a charge, for the customer."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from kontor_payments.checkouts.api import checkout_answer, receivables_answer
from kontor_payments.checkouts.service import Settled
from kontor_payments.dependencies import dependencies_of
from kontor_payments.methods.charges import ChargeInput, charge
from kontor_payments.methods.confirming import confirmation_of
from kontor_service.commands import Key
from kontor_service.tokens import SERVICE_RIGHT, Principal, require

router = APIRouter(prefix="/v1", tags=["saved methods"])
Charger = Annotated[Principal, Depends(require(SERVICE_RIGHT, "payments:book"))]
Payer = Annotated[Principal, Depends(require("documents:pay"))]


@router.post("/charges", status_code=201)
async def begin(request: Request, wanted: ChargeInput, principal: Charger, key: Key = None) -> JSONResponse:
    """201 with the checkout. `state`: completed (paid, or the debit is on its way), requires_action (the customer is mailed and has to
    confirm), cancelled (declined; `failure` says why), creating (the provider has not answered; it is asked again and not
    charged twice). 200 with a status if nothing is left to pay. What follows is told by events, as of every checkout."""
    found = await charge(dependencies_of(request), principal, wanted, key)
    if isinstance(found, Settled):
        return JSONResponse(receivables_answer(found.receivables, status=found.status))
    failure = found.receivables[0].last_failure if found.checkout.state in ("cancelled", "failed") else ""
    told = checkout_answer(found.checkout) | {"failure": failure}
    return JSONResponse(receivables_answer(found.receivables, **told), status_code=201)


@router.post("/documents/{document_id}/confirmation")
async def confirm(request: Request, document_id: UUID, principal: Payer) -> dict[str, Any]:
    """The provider's page on which the customer confirms a charge of this document. Raises NothingToConfirm."""
    checkout, rows = await confirmation_of(dependencies_of(request), principal, document_id)
    return receivables_answer(rows, **checkout_answer(checkout))
