"""GET /api/admin/v1/…: what the pages show, as JSON. The session's cookie is the credential; amounts are minor units."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.api.answers import Board, Customer, Customers, Session
from kontor_admin.board.view import board
from kontor_admin.customers.listing import CUSTOMERS, customer
from kontor_documents_pages.admin.answers import Document, Documents, Release
from kontor_documents_pages.admin.document import document
from kontor_documents_pages.admin.listing import DOCUMENTS
from kontor_documents_pages.admin.release import RELEASE
from kontor_edge.answers import json_response
from kontor_edge.described import answers
from kontor_edge.listing import staff_listing
from kontor_edge.staff import query_view
from kontor_payments_pages.admin.answers import Disputes, Payment, Payments
from kontor_payments_pages.admin.disputes.listing import DISPUTES
from kontor_payments_pages.admin.listing import PAYMENTS
from kontor_payments_pages.admin.refunds.view import payment_view

router = APIRouter(prefix="/api/admin/v1", tags=["admin"])


@router.get("/session", **answers(Session))
async def session(request: Request) -> Response:
    staff, _row = await query_view(request, "staff")
    known = {name: staff.session[name] for name in ("name", "email", "role", "rights", "language")}
    return json_response(
        known
        | {
            "merchant": staff.merchant,
            "today": staff.today,
            "waiting": staff.waiting.get("release", 0),
            "counts": staff.waiting,
        }
    )


@router.get("/board", **answers(Board))
async def get_board(request: Request) -> Response:
    staff, row = await query_view(request, "board")
    return json_response(board(staff, row))


@router.get("/documents", openapi_extra={"parameters": DOCUMENTS.parameters}, **answers(Documents))
async def documents(request: Request) -> Response:
    _staff, listing = await staff_listing(request, DOCUMENTS)
    return listing.json(counts=listing.fact("counts", {}))


@router.get("/documents/{document_id}", **answers(Document))
async def get_document(request: Request, document_id: UUID) -> Response:
    _staff, view, _row = await document(request, document_id)
    return json_response(asdict(view))


@router.get("/release", openapi_extra={"parameters": RELEASE.parameters}, **answers(Release))
async def release(request: Request) -> Response:
    """What waits for release, oldest first."""
    _staff, listing = await staff_listing(request, RELEASE)
    return listing.json(groups=listing.fact("groups", {}))


@router.get("/customers", openapi_extra={"parameters": CUSTOMERS.parameters}, **answers(Customers))
async def customers(request: Request) -> Response:
    _staff, listing = await staff_listing(request, CUSTOMERS)
    return listing.json(total=listing.row["total"])


@router.get("/customers/{customer_id}", **answers(Customer))
async def get_customer(request: Request, customer_id: UUID) -> Response:
    _staff, view = await customer(request, customer_id)
    return json_response(asdict(view))


@router.get("/payments", openapi_extra={"parameters": PAYMENTS.parameters}, **answers(Payments))
async def payments(request: Request) -> Response:
    _staff, listing = await staff_listing(request, PAYMENTS)
    return listing.json()


@router.get("/payments/{payment_id}", **answers(Payment))
async def payment(request: Request, payment_id: UUID) -> Response:
    """With its refunds, its fee and payout where the provider has told them, and its disputes."""
    _staff, view = await payment_view(request, payment_id)
    return json_response(asdict(view))


@router.get("/disputes", openapi_extra={"parameters": DISPUTES.parameters}, **answers(Disputes))
async def disputes(request: Request) -> Response:
    _staff, listing = await staff_listing(request, DISPUTES)
    return listing.json()
