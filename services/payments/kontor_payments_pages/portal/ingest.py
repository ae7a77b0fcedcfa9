"""Payments booked in the ERP (D17)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kontor_edge.edge import edge_of
from kontor_edge.ingest import MOST, Permit, each, let_in, permit

router = APIRouter(prefix="/api/ingest/v1/payments", tags=["ingest"])


_RIGHT = {"audience": "payments", "right": "payments:book"}


class Payment(BaseModel):
    """Money that arrived for a document, named by its number or by the ERP's id of it."""

    external_id: Annotated[str, Field(min_length=1, max_length=100, description="The ERP's own id: again is once")]
    document_number: Annotated[str, Field(max_length=100)] = ""
    document_external_id: Annotated[str, Field(max_length=100)] = ""
    amount: Annotated[str, Field(pattern=r"^\d{1,12}(\.\d{1,4})?$", description='Decimal string, e.g. "119.00"')]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    paid_on: date
    method: Annotated[str, Field(max_length=100, description="transfer, cash, …")] = ""
    reference: Annotated[str, Field(max_length=100)] = ""


@router.post("", summary="Report payments")
async def post_payments(
    request: Request,
    body: Payment | Annotated[list[Payment], Field(max_length=MOST)],
    allowed: Annotated[Permit, let_in(**_RIGHT)],
) -> dict[str, Any]:
    """`status` is `booked`, or `parked` until the document comes. A list answers with `results`, one for each."""
    if isinstance(body, Payment):
        return await _book(request, allowed, body)

    async def one_of_many(one: Payment) -> dict[str, Any]:
        # A permit is for a moment; a long list takes longer.
        return await _book(request, await permit(request, **_RIGHT), one)

    return await each(body, one_of_many)


async def _book(request: Request, allowed: Permit, payment: Payment) -> dict[str, Any]:
    edge = edge_of(request)
    answer = (
        await edge.owner("payments").request(
            "POST", "/v1/incoming-payments", token=allowed.token, json=payment.model_dump(mode="json")
        )
    ).json()
    if "snapshot" in answer:
        await edge.views.apply_result(answer)
    return {"external_id": payment.external_id, "status": answer["status"]}
