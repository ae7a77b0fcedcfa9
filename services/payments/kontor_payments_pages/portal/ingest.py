"""Payments booked in the ERP (D17)."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, Field

from kontor_edge.described import Amount
from kontor_edge.edge import edge_of
from kontor_edge.ingest import MOST, Permit, Results, data_body, each, let_in, parked, permit
from kontor_service.paging import Page

router = APIRouter(prefix="/api/ingest/v1/payments", tags=["ingest"])


_RIGHT = {"audience": "payments", "right": "payments:book"}
Booker = Annotated[Permit, let_in(**_RIGHT)]


class Reported(BaseModel):
    """`refused`: what was parked did not fit its document, or staff refused it; `error` says which, `reason` what staff wrote."""

    external_id: str
    status: Literal["booked", "parked", "refused"]
    status_url: str | None = None
    error: str = ""
    reason: str = ""


class ParkedPayment(BaseModel):
    id: UUID
    external_id: str
    document_number: str
    document_external_id: str
    amount: Amount
    paid_on: date
    received_at: datetime


class ParkedPayments(BaseModel):
    """`next` is the following page's `after`, null at the end."""

    parked: list[ParkedPayment]
    next: UUID | None


@router.get("/parked", summary="Payments whose document has not come yet", response_model=ParkedPayments)
async def parked_payments(request: Request, allowed: Booker, paging: Page) -> dict[str, Any]:
    """The oldest first."""
    return await parked(request, allowed, "payments", "/v1/incoming-payments/parked", paging)


@router.get(
    "/{payment_id}", summary="What became of a payment", response_model=Reported, response_model_exclude_unset=True
)
async def payment_state(request: Request, payment_id: UUID, allowed: Booker) -> dict[str, Any]:
    """`parked` until its document comes, then `booked`, or `refused` with the reason."""
    answer = await edge_of(request).owner("payments").request(
        "GET", f"/v1/incoming-payments/{payment_id}", token=allowed.token
    )  # fmt: skip
    found: dict[str, Any] = answer.json()
    return found


@router.post(
    "", summary="Report payments", response_model=Reported | Results, response_model_exclude_unset=True,
    openapi_extra=data_body("PaymentData", many=True),
)  # fmt: skip
async def post_payments(
    request: Request,
    body: Annotated[dict[str, Any] | Annotated[list[dict[str, Any]], Field(max_length=MOST)], Body()],
    allowed: Booker,
) -> dict[str, Any]:
    """`status` is `booked`, or `parked` until the document comes. `status_url` (same key) says what
    became of it. A list answers with `results`, one for each."""
    if isinstance(body, dict):
        return await _book(request, allowed, body)

    async def one_of_many(one: dict[str, Any]) -> dict[str, Any]:
        # A permit is for a moment; a long list takes longer.
        return await _book(request, await permit(request, **_RIGHT), one)

    return await each(body, one_of_many)


async def _book(request: Request, allowed: Permit, payment: dict[str, Any]) -> dict[str, Any]:
    edge = edge_of(request)
    answer = (
        await edge.owner("payments").request("POST", "/v1/incoming-payments", token=allowed.token, json=payment)
    ).json()
    if "snapshot" in answer:
        await edge.views.apply_result(answer)
    url = f"{edge.settings.portal_url}/api/ingest/v1/payments/{answer['incoming_payment_id']}"
    return {"external_id": answer["external_id"], "status": answer["status"], "status_url": url}
