"""Paying as JSON, for portals that are not these pages."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from kontor_edge.described import Amount
from kontor_edge.edge import edge_of
from kontor_edge.portal import query_view
from kontor_payments_pages.portal.commands import start_checkout, transfer_details
from kontor_service.errors import NotFound

router = APIRouter(prefix="/api/portal/v1/{slug}/documents/{document_id}", tags=["portal"])


class CheckoutWanted(BaseModel):
    """`method`: one of the document's `payment_details.methods`, other than transfer."""

    method: Annotated[str, Field(min_length=1, max_length=40, examples=["card"])]


class CheckoutState(BaseModel):
    checkout_id: UUID | None
    redirect_url: str | None
    status: Annotated[str, Field(examples=["open"])]


class TransferDetails(BaseModel):
    iban: str
    bic: str
    holder: str
    reference: str
    epc: str | None
    amount: Amount


@router.post(
    "/checkouts",
    summary="Start paying",
    status_code=201,
    response_model=CheckoutState,
    responses={200: {"model": CheckoutState, "description": "Nothing is left to pay"}},
)
async def checkout(
    request: Request, response: Response, slug: str, document_id: UUID, body: CheckoutWanted
) -> dict[str, Any]:
    """`redirect_url` is the provider's payment page; repeated calls return the same page until it is paid or expires.
    If nothing is left to pay, `redirect_url` is null, the answer is 200 instead of 201, and `status` says
    `already_paid` or `on_its_way`."""
    language = await _visible(request, slug, document_id)
    back = f"{edge_of(request).settings.portal_url}/{slug}/dokumente/{document_id}/zurueck"
    found = await start_checkout(request, document_id, method=body.method, return_url=back, language=language)
    if "redirect_url" not in found:
        response.status_code = 200
    return {
        "checkout_id": found.get("checkout_id"),
        "redirect_url": found.get("redirect_url"),
        "status": found.get("status", "open"),
    }


@router.get("/transfer", summary="What to write on a bank transfer", response_model=TransferDetails)
async def transfer(request: Request, slug: str, document_id: UUID) -> dict[str, Any]:
    """`epc` is the text of the QR code that banking apps read (EPC069-12)."""
    await _visible(request, slug, document_id)
    found = await transfer_details(request, document_id)
    amount = {"minor_units": found["amount_minor"], "currency": found["currency"]}
    return {name: found[name] for name in ("iban", "bic", "holder", "reference", "epc")} | {"amount": amount}


async def _visible(request: Request, slug: str, document_id: UUID) -> str:
    """The reader's language. Raises NotFound for a document that is not theirs, before any owner is asked."""
    record = await query_view(request, "document", asked=document_id)
    if record["document"] is None:
        raise NotFound
    language: str = orjson.loads(record["session"])["language"]
    return language
