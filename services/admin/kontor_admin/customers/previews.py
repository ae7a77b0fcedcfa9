"""A customer's portal as the customer, or one of its contact persons, sees it (A10)."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.customers.listing import customer
from kontor_edge.previews import preview

router = APIRouter(prefix="/{customer_id:uuid}/vorschau")


@router.get("")
async def show(request: Request, customer_id: UUID, person: UUID | None = None) -> Response:
    await customer(request, customer_id)
    return await preview(request, back=f"/kunden/{customer_id}", customer_id=customer_id, contact_id=person)
