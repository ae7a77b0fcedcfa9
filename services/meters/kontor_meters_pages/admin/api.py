"""GET /api/admin/v1/meters…: what the pages show, as JSON."""

from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.answers import json_response
from kontor_edge.described import answers
from kontor_meters_pages.admin.answers import (
    Batch,
    Batches,
    Meter,
    Meters,
    ReadingRequest,
    ReadingRequests,
    ReadingsToCheck,
)
from kontor_meters_pages.admin.files import batch
from kontor_meters_pages.admin.listing import BATCHES, INVITATIONS, METERS, REQUESTS, TO_CHECK
from kontor_meters_pages.admin.requests import reading_request
from kontor_meters_pages.admin.staff_page import query_list
from kontor_meters_pages.admin.view import meter

router = APIRouter(prefix="/api/admin/v1", tags=["meters"])


@router.get("/meters", openapi_extra={"parameters": METERS.parameters}, **answers(Meters))
async def meters(request: Request) -> Response:
    _staff, listing = await query_list(request, METERS)
    return listing.json(counts=listing.fact("counts", {}))


@router.get("/meters/{meter_id}", **answers(Meter))
async def get_meter(request: Request, meter_id: UUID) -> Response:
    """With its readings, the meters before and after it, and its consumption: thousandths of the unit per day, -1 unknown."""
    _staff, view = await meter(request, meter_id, 1000)
    return json_response(asdict(view))


@router.get("/readings-to-check", openapi_extra={"parameters": TO_CHECK.parameters}, **answers(ReadingsToCheck))
async def readings_to_check(request: Request) -> Response:
    _staff, listing = await query_list(request, TO_CHECK)
    return listing.json(groups=listing.fact("groups", {}))


@router.get("/reading-requests", openapi_extra={"parameters": REQUESTS.parameters}, **answers(ReadingRequests))
async def reading_requests(request: Request) -> Response:
    _staff, listing = await query_list(request, REQUESTS)
    return listing.json()


@router.get(
    "/reading-requests/{request_id}", openapi_extra={"parameters": INVITATIONS.parameters}, **answers(ReadingRequest)
)
async def get_request(request: Request, request_id: UUID) -> Response:
    _staff, listing = await reading_request(request, request_id)
    return listing.json(request=listing.fact("request"), groups=listing.fact("groups", {}))


@router.get("/meter-batches", openapi_extra={"parameters": BATCHES.parameters}, **answers(Batches))
async def batches(request: Request) -> Response:
    _staff, listing = await query_list(request, BATCHES)
    return listing.json()


@router.get("/meter-batches/{batch_id}", **answers(Batch))
async def get_batch(request: Request, batch_id: UUID) -> Response:
    _staff, found = await batch(request, batch_id)
    return json_response(found)
