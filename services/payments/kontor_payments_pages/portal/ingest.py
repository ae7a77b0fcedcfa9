"""Payments booked in the ERP (D17)."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kontor_edge.edge import edge_of
from kontor_edge.ingest import MOST, ApiKey, each, permit

router = APIRouter(prefix="/api/ingest/v1/payments", tags=["ingest"])


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
    request: Request, body: Payment | Annotated[list[Payment], Field(max_length=MOST)], key: ApiKey
) -> dict[str, Any]:
    """`status` is `booked`, or `parked` until the document comes. A list answers with `results`, one for each."""
    if isinstance(body, Payment):
        return await _book(request, key, body)
    return await each(body, lambda one: _book(request, key, one))


async def _book(request: Request, key: str, payment: Payment) -> dict[str, Any]:
    edge = edge_of(request)
    allowed = await permit(request, key, audience="payments", right="payments:book")
    answer = (
        await edge.owner("payments").request(
            "POST", "/v1/incoming-payments", token=allowed.token, json=payment.model_dump(mode="json")
        )
    ).json()
    if "snapshot" in answer:
        await edge.views.apply_result(answer)
    return {"external_id": payment.external_id, "status": answer["status"]}
