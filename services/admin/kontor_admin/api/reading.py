"""GET /api/admin/v1/…: what the pages show, as JSON. The session's cookie is the credential; amounts are minor units."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kontor_admin.board.view import board
from kontor_admin.customers.listing import SORTS as CUSTOMER_SORTS
from kontor_admin.customers.listing import customer
from kontor_admin.documents.document import document
from kontor_admin.documents.listing import listing
from kontor_admin.payments.page import STATES as PAYMENT_STATES
from kontor_edge.answers import json_response
from kontor_edge.paging import PAGE_SIZE, Keyset, Slice, slice_of
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import query_view

router = APIRouter(prefix="/api/admin/v1", tags=["admin"])

Limit = Annotated[int, Query(ge=1, le=200)]


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), media_type="application/json", headers={"cache-control": "no-store"})


def _listed(page: Slice, **more: Any) -> Response:
    """A page of a list with the cursors of its neighbours: `after` and `before` of the next request."""
    return json_response({"entries": page.entries, "next": page.after, "previous": page.before, **more})


@router.get("/session")
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


@router.get("/board")
async def get_board(request: Request) -> Response:
    staff, row = await query_view(request, "board")
    return json_response(asdict(board(staff, row)))


@router.get("/documents")
async def documents(request: Request, limit: Limit = PAGE_SIZE) -> Response:
    """Takes q, type, state, status, customer, sort (date, due, amount, number, received), order, after, before."""
    found = await listing(request, limit)
    return _listed(found.page, counts=found.counts)


@router.get("/documents/{document_id}")
async def get_document(request: Request, document_id: UUID) -> Response:
    _staff, view, _row = await document(request, document_id)
    return json_response(asdict(view))


@router.get("/release")
async def release(request: Request, limit: Limit = PAGE_SIZE) -> Response:
    """What waits for release, oldest first; `group` is ready, no_email, unmatched, invalid or making."""
    keyset = Keyset("received", "asc", request.query_params.get("after", ""), size=limit)
    _staff, row = await query_view(
        request, "release_list", of_group=request.query_params.get("group") or None, **keyset.arguments
    )
    return _listed(slice_of(row, keyset), groups=loads(row["groups"], {}))


@router.get("/customers")
async def customers(request: Request, limit: Limit = PAGE_SIZE) -> Response:
    keyset = Keyset.of(request, CUSTOMER_SORTS, "name", "asc").sized(limit)
    words = search_patterns(request.query_params.get("q", ""))
    _staff, row = await query_view(
        request, f"customers_by_{keyset.sort}_{keyset.direction}", of_words=words, **keyset.arguments
    )
    return _listed(slice_of(row, keyset), total=row["total"])


@router.get("/customers/{customer_id}")
async def get_customer(request: Request, customer_id: UUID) -> Response:
    _staff, view = await customer(request, customer_id)
    return json_response(asdict(view))


@router.get("/payments")
async def payments(request: Request, limit: Limit = PAGE_SIZE) -> Response:
    keyset = Keyset.of(request, ("time",), "time").sized(limit)
    state = request.query_params.get("state")
    words = search_patterns(request.query_params.get("q", ""))
    _staff, row = await query_view(
        request, f"payments_by_time_{keyset.direction}", of_state=state if state in PAYMENT_STATES else None,
        of_words=words, **keyset.arguments,
    )  # fmt: skip
    return _listed(slice_of(row, keyset))
