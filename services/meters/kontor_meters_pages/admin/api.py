"""GET /api/admin/v1/meters…: what the pages show, as JSON."""

from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kontor_edge.answers import json_response
from kontor_edge.paging import PAGE_SIZE, Keyset, Slice, slice_of
from kontor_edge.query import loads
from kontor_meters_pages.admin.checking import STATES
from kontor_meters_pages.admin.files import batch
from kontor_meters_pages.admin.listing import listing
from kontor_meters_pages.admin.requests import reading_request
from kontor_meters_pages.admin.staff_page import ask_meters, uuid_of
from kontor_meters_pages.admin.view import meter

router = APIRouter(prefix="/api/admin/v1", tags=["meters"])

Limit = Annotated[int, Query(ge=1, le=200)]


def _json(value: Any) -> Response:
    return Response(orjson.dumps(value), media_type="application/json", headers={"cache-control": "no-store"})


def _listed(page: Slice, **more: Any) -> Response:
    return json_response({"entries": page.entries, "next": page.after, "previous": page.before, **more})


@router.get("/meters")
async def meters(request: Request, limit: Limit = PAGE_SIZE) -> Response:
    """Takes q, kind, customer, use (current, ended, all), unread (days, a date or `never`), sort (number, place, read), order."""
    found = await listing(request, limit)
    return _listed(found.page, counts=found.counts)


@router.get("/meters/{meter_id}")
async def get_meter(request: Request, meter_id: UUID) -> Response:
    """With its readings, the meters before and after it, and its consumption: thousandths of the unit per day, -1 unknown."""
    _staff, view = await meter(request, meter_id, 1000)
    return json_response(asdict(view))


@router.get("/readings-to-check")
async def readings_to_check(request: Request, limit: Limit = PAGE_SIZE) -> Response:
    """Takes state (to_be_checked, implausible), customer, after."""
    query = request.query_params
    asked = query.get("state", "")
    keyset = Keyset("entered", "asc", query.get("after", ""), size=limit)
    _staff, row = await ask_meters(
        request,
        "readings_to_check",
        of_state=asked if asked in STATES else None,
        of_customer=uuid_of(query.get("customer")),
        **keyset.arguments,
    )
    return _listed(slice_of(row, keyset), groups=loads(row["groups"], {}))


@router.get("/reading-requests")
async def reading_requests(request: Request, limit: Limit = PAGE_SIZE) -> Response:
    keyset = Keyset("made", "desc", request.query_params.get("after", ""), size=limit)
    _staff, row = await ask_meters(request, "reading_requests", **keyset.arguments)
    return _listed(slice_of(row, keyset))


@router.get("/reading-requests/{request_id}")
async def get_request(request: Request, request_id: UUID) -> Response:
    """Takes state (missing, done, closed), q, after."""
    _staff, found, groups, page = await reading_request(request, request_id)
    return _listed(page, request=found, groups=groups)


@router.get("/meter-batches")
async def batches(request: Request, limit: Limit = PAGE_SIZE) -> Response:
    """Takes source (csv, http, bus), after."""
    query = request.query_params
    keyset = Keyset("time", "desc", query.get("after", ""), size=limit)
    _staff, row = await ask_meters(request, "meter_batches", of_source=query.get("source") or None, **keyset.arguments)
    return _listed(slice_of(row, keyset))


@router.get("/meter-batches/{batch_id}")
async def get_batch(request: Request, batch_id: UUID) -> Response:
    _staff, found = await batch(request, batch_id)
    return json_response(found)
