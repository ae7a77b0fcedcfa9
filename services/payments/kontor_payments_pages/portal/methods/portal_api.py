"""Saved payment methods as JSON, for portals that are not these pages."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from kontor.payments.v1 import payments_pb2
from kontor_edge.answers import json_answer
from kontor_edge.described import Instant, answers, fields, many, model
from kontor_edge.edge import edge_of
from kontor_edge.owners import command
from kontor_payments_pages.portal.commands import PAY
from kontor_payments_pages.portal.methods.view import saved_methods

router = APIRouter(prefix="/api/portal/v1/{slug}/saved-methods", tags=["portal"])

_NAMES = "id customer_id provider method display state is_default mandate_reference end_reason"
_Method = model(
    "SavedPaymentMethod", fields(payments_pb2.SavedMethod, _NAMES, null="expires_on mandate_date"),
    agreed_at=Instant | None, saved_at=Instant | None, ended_at=Instant | None,
)  # fmt: skip
_Option = model("SavablePaymentMethod", method=str, provider=str, terms=str)
_Methods = model("SavedPaymentMethods", methods=many(_Method), options=many(_Option) | None)


class SavingWanted(BaseModel):
    """`method`: one of `options`, whose `terms` the customer has read and agrees to."""

    customer_id: UUID
    method: Annotated[str, Field(min_length=1, max_length=40, examples=["card"])]
    agreed: bool


class SavingBegun(BaseModel):
    id: UUID
    redirect_url: str


class Changed(BaseModel):
    id: UUID
    state: str


@router.get("", summary="Saved payment methods", **answers(_Methods))
async def methods(request: Request, slug: str) -> Response:
    """Those that can be charged while the customer is not there, and what can be added; `options` is null while that cannot be said."""
    found = await saved_methods(request)
    return json_answer(request, orjson.dumps({"methods": found.methods, "options": found.options}))


@router.post("", summary="Begin to save a payment method", status_code=201, response_model=SavingBegun)
async def begin(request: Request, slug: str, body: SavingWanted) -> dict[str, Any]:
    """`redirect_url` is the provider's page, which asks for the details and leads back to the portal."""
    found = await saved_methods(request, with_options=False)
    wanted = body.model_dump(mode="json") | {
        "return_url": f"{edge_of(request).settings.portal_url}/{slug}/zahlungsmittel/zurueck", "language": found.language
    }  # fmt: skip
    return await command(request, "payments", PAY, "POST", "/v1/saved-methods", json=wanted)


@router.post("/{method_id}/default", summary="Use a saved payment method from now on", response_model=Changed)
async def make_default(request: Request, slug: str, method_id: UUID) -> dict[str, Any]:
    return await _change(request, "POST", f"/{method_id}/default")


@router.delete("/{method_id}", summary="Remove a saved payment method", response_model=Changed)
async def remove(request: Request, slug: str, method_id: UUID) -> dict[str, Any]:
    """Nothing is charged to it from then on."""
    return await _change(request, "DELETE", f"/{method_id}")


async def _change(request: Request, method: str, path: str) -> dict[str, Any]:
    await saved_methods(request, with_options=False)
    return await command(request, "payments", PAY, method, f"/v1/saved-methods{path}")
