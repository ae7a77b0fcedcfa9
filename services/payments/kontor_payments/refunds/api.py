"""Refunds by staff, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from kontor_payments.dependencies import dependencies_of
from kontor_payments.refunds.staff import refund_surplus
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["refunds"])
Booker = Annotated[Principal, Depends(require("payments:book"))]


@router.post("/payments/{payment_id}/refund", status_code=202)
async def refund(request: Request, payment_id: UUID, principal: Booker) -> dict[str, Any]:
    """202: the provider is told after this; what becomes of it is told by events."""
    return await refund_surplus(dependencies_of(request), principal, payment_id)
