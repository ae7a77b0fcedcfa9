"""A customer's saved methods over HTTP. Tokens of providers are in no answer."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import select

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.dependencies import dependencies_of
from kontor_payments.methods import service
from kontor_payments.methods.models import SavedMethod
from kontor_payments.methods.service import SetupInput
from kontor_payments.methods.terms import terms_of
from kontor_payments.models import Merchant
from kontor_service.commands import command_result
from kontor_service.events import state_of
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/saved-methods", tags=["saved methods"])
Payer = Annotated[Principal, Depends(require("documents:pay"))]


@router.get("/options")
async def options(request: Request, principal: Payer) -> dict[str, Any]:
    """The methods that can be saved now, each with what the customer has to agree to, in the language of the request."""
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        merchant = (await session.exec(select(Merchant))).one_or_none()
        name = merchant.name if merchant else ""
        found = await service.savable(session, principal.merchant)
    return {"options": [{"method": m, "provider": p, "terms": terms_of(m, name, p)} for m, p in found.items()]}


@router.post("", status_code=201)
async def begin(request: Request, wanted: SetupInput, principal: Payer) -> dict[str, Any]:
    """`redirect_url` is the provider's page, on which the customer enters and confirms the method."""
    row, url = await service.begin(dependencies_of(request), principal, wanted)
    return {"id": str(row.id), "state": row.state, "redirect_url": url}


@router.post("/reconcile")
async def look(request: Request, principal: Payer) -> dict[str, Any]:
    """The customer is back from the provider's page: what became of all that they have begun."""
    rows = await service.look_at_setups(dependencies_of(request), principal)
    return {"methods": [_result(row) for row in rows]}


@router.post("/{method_id}/default")
async def make_default(request: Request, method_id: UUID, principal: Payer) -> dict[str, Any]:
    return _result(await service.make_default(dependencies_of(request), principal, method_id))


@router.delete("/{method_id}")
async def remove(request: Request, method_id: UUID, principal: Payer) -> dict[str, Any]:
    """Nothing is charged with it from now on."""
    return _result(await service.remove(dependencies_of(request), principal, method_id))


def _result(row: SavedMethod) -> dict[str, Any]:
    """Of what is not saved nobody but the customer's own page is told."""
    if row.saved_at is None:
        return {"id": str(row.id), "state": row.state}
    return command_result(state_of(pb.SavedMethod, row), state=row.state)
