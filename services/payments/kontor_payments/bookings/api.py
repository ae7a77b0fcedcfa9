"""Bookings by staff and by the ERP (D16, D17)."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from kontor_payments import events
from kontor_payments.bookings import incoming, staff
from kontor_payments.bookings.inputs import Currency, IncomingWanted, Name
from kontor_service.commands import command_result
from kontor_service.money import TOO_MUCH_MINOR
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["bookings"])
Booker = Annotated[Principal, Depends(require("payments:book"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


class BookingWanted(BaseModel):
    """Money that staff know to have arrived. `method` says how: transfer, cash, card, …; empty where it is not known."""

    amount_minor: int = Field(gt=0, lt=TOO_MUCH_MINOR)
    currency: Currency
    method: Name = ""
    booked_on: date | None = None
    reference: Name = ""
    external_id: Name = ""


class MarkPaid(BaseModel):
    method: Name = ""
    booked_on: date | None = None
    reference: Name = ""


@router.post("/documents/{document_id}/bookings", status_code=201)
async def book(
    request: Request, document_id: UUID, wanted: BookingWanted, principal: Booker, key: Key = None
) -> dict[str, Any]:
    """The same external_id, or the same idempotency key, is one booking."""
    state = request.app.state
    found = staff.StaffBooking(
        amount_minor=wanted.amount_minor,
        currency=wanted.currency,
        method=wanted.method,
        booked_on=wanted.booked_on,
        reference=wanted.reference,
        external_id=wanted.external_id,
    )
    answer = await staff.book_by_staff(state.db, state.clock, principal, document_id, found, key)
    state.wake.set()
    return answer


@router.post("/documents/{document_id}/mark-paid")
async def mark_paid(
    request: Request, document_id: UUID, principal: Booker, wanted: MarkPaid | None = None
) -> dict[str, Any]:
    """Books what is open as received. Nothing open: nothing is booked."""
    state = request.app.state
    asked = wanted or MarkPaid()
    row, booked = await staff.mark_paid(
        state.db, state.clock, principal, document_id, asked.method, asked.booked_on, asked.reference
    )
    state.wake.set()
    return command_result(events.receivable_state(row), booked_minor=booked)


@router.post("/incoming-payments", status_code=201)
async def take_incoming(request: Request, wanted: IncomingWanted, principal: Booker) -> JSONResponse:
    """201 booked, 202 parked until the document comes, 200 known already."""
    state = request.app.state
    told = wanted.told(by=principal.subject, at=datetime.now(UTC))
    row, receivable, is_new = await incoming.take(state.db, state.clock, principal.merchant, told)
    state.wake.set()
    answer: dict[str, Any] = {"id": str(row.id), "status": row.state, "external_id": row.external_id}
    if receivable is not None:
        answer = command_result(events.receivable_state(receivable), status=row.state, external_id=row.external_id)
    return JSONResponse(answer, status_code=200 if not is_new else 202 if row.state == "parked" else 201)
