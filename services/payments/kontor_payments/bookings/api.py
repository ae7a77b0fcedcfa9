"""Bookings by staff and by the ERP (D16, D17)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from sqlmodel import select

from kontor_payments import events
from kontor_payments.bookings import decisions, incoming, payouts, staff
from kontor_payments.bookings.inputs import (
    AssignInput,
    BookingInput,
    CancelInput,
    IncomingPaymentInput,
    MarkPaidInput,
    PayoutInput,
)
from kontor_payments.dependencies import dependencies_of
from kontor_payments.errors import IncomingPaymentNotFound
from kontor_payments.models import IncomingPayment
from kontor_service.commands import command_result
from kontor_service.paging import Page, page_of
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["bookings"])
Booker = Annotated[Principal, Depends(require("payments:book"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


@router.post("/documents/{document_id}/bookings", status_code=201)
async def book(
    request: Request, document_id: UUID, booking: BookingInput, principal: Booker, key: Key = None
) -> dict[str, Any]:
    """The same external_id, or the same idempotency key, is one booking."""
    return await staff.book_by_staff(dependencies_of(request), principal, document_id, booking, key)


@router.post("/documents/{document_id}/payouts", status_code=201)
async def pay_out(
    request: Request, document_id: UUID, principal: Booker, payout: PayoutInput | None = None, key: Key = None
) -> dict[str, Any]:
    """Records that money of a credit note was paid to the customer; once per idempotency key. It can be cancelled like a booking."""
    return await payouts.pay_out(dependencies_of(request), principal, document_id, payout or PayoutInput(), key)


@router.post("/documents/{document_id}/mark-paid")
async def mark_paid(
    request: Request, document_id: UUID, principal: Booker, booking: MarkPaidInput | None = None
) -> dict[str, Any]:
    """Books what is open as received. Nothing open: nothing is booked."""
    return await staff.mark_paid(dependencies_of(request), principal, document_id, booking or MarkPaidInput())


@router.get("/incoming-payments/parked")
async def parked_payments(request: Request, principal: Booker, paging: Page) -> dict[str, Any]:
    """Those whose document has not come yet, the oldest first. `next` is the following page's `after`, null at the end."""
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        rows, following = await page_of(session, IncomingPayment, paging, IncomingPayment.state == "parked")
    shown = {"id", "external_id", "document_number", "document_external_id", "paid_on", "received_at"}
    parked = [
        row.model_dump(mode="json", include=shown)
        | {"amount": {"minor_units": row.amount_minor, "currency": row.currency}}
        for row in rows
    ]
    return {"parked": parked, "next": following}


@router.get("/incoming-payments/{payment_id}")
async def reported_payment(request: Request, payment_id: UUID, principal: Booker) -> dict[str, Any]:
    """What became of it; refused: `error` and, where staff refused it, their `reason`."""
    async with dependencies_of(request).db.transaction(principal.merchant) as session:
        row = (await session.exec(select(IncomingPayment).where(IncomingPayment.id == payment_id))).one_or_none()
    if row is None:
        raise IncomingPaymentNotFound
    shown = row.model_dump(mode="json", include={"id", "external_id", "error", "reason"})
    return shown | {"status": row.state}


@router.post("/incoming-payments/{payment_id}/assign")
async def assign(request: Request, payment_id: UUID, principal: Booker, wanted: AssignInput) -> dict[str, Any]:
    """Books a parked payment on this document."""
    return await decisions.assign(dependencies_of(request), principal, payment_id, wanted.document_id)


@router.post("/incoming-payments/{payment_id}/refuse")
async def refuse(request: Request, payment_id: UUID, principal: Booker, wanted: CancelInput) -> dict[str, Any]:
    """Ends a parked payment; its sender is told the reason."""
    return await decisions.refuse_by_staff(dependencies_of(request), principal, payment_id, wanted.reason)


@router.post("/payments/{payment_id}/cancel")
async def cancel(request: Request, payment_id: UUID, principal: Booker, wanted: CancelInput) -> dict[str, Any]:
    """Takes back what staff or the ERP booked; the booking stays visible with the reason."""
    return await staff.cancel_booking(dependencies_of(request), principal, payment_id, wanted)


@router.post("/incoming-payments", status_code=201)
async def ingest_payment(request: Request, payment: IncomingPaymentInput, principal: Booker) -> JSONResponse:
    """201 booked, 202 parked until the document comes, 200 known already."""
    row, receivable, is_new = await incoming.ingest_payment(
        dependencies_of(request), principal.merchant, payment, received_from=principal.subject
    )
    said = {"status": row.state, "external_id": row.external_id, "incoming_payment_id": str(row.id)}
    answer = command_result(events.receivable_state(receivable), **said) if receivable else {"id": str(row.id), **said}
    return JSONResponse(answer, status_code=200 if not is_new else 202 if row.state == "parked" else 201)
