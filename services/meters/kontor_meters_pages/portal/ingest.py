"""Meters and readings in, one by one or by the million: other systems' doors to the owner."""

from base64 import b64decode
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from kontor_edge.edge import Edge, edge_of
from kontor_edge.ingest import Permit, Results, data_body, let_in, parked
from kontor_meters_pages.portal.copy import METER
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.paging import Page

router = APIRouter(prefix="/api/ingest/v1", tags=["ingest"])

# A million values are checked and summed before meters answers.
_PATIENCE_SECONDS = 120.0
Submitter = Annotated[Permit, let_in("meters", "meters:submit")]
# What the owner reads a body by. Everything else of the caller's headers stays here.
_PASSED_ON = ("content-type", "content-encoding", "idempotency-key")

_READINGS_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/ReadingData"}},
            "application/octet-stream": {
                "schema": {
                    "type": "string", "format": "binary",
                    "description": "CSV (also as text/csv), one reading a line, see docs/api.md; CSV or JSON packed with gzip",
                }
            },
        },
    }
}  # fmt: skip


class LineProblem(BaseModel):
    """`index` of the reading in what was sent, from 0."""

    index: int
    code: str
    field: str = ""
    detail: str = ""


class BatchState(BaseModel):
    """What became of it. `parked` ones wait for a meter that is not known yet."""

    id: UUID
    status: str
    total: int
    stored: int
    duplicates: int
    corrected: int
    parked: int
    refused: int
    problems: list[LineProblem] = Field(description="The first ones; the others are not stored either")
    status_url: str = ""


class StoredRegister(BaseModel):
    id: UUID
    obis: str
    direction: str
    tariff: str


class StoredMeter(BaseModel):
    id: UUID
    version: int
    registers: list[StoredRegister]


class ParkedReading(BaseModel):
    """`line` is its place in what was sent."""

    id: UUID
    batch_id: UUID
    line: int
    kind: Literal["reading", "interval"]
    meter: str
    parked_at: datetime


class ParkedReadings(BaseModel):
    """`next` is the following page's `after`, null at the end."""

    parked: list[ParkedReading]
    next: UUID | None


@router.get("/readings/parked", summary="Readings whose meter is not known yet", response_model=ParkedReadings)
async def parked_readings(request: Request, allowed: Submitter, paging: Page) -> dict[str, Any]:
    """The oldest first."""
    return await parked(request, allowed, "meters", "/v1/incoming-readings/parked", paging)


@router.post(
    "/readings",
    summary="Hand in readings and 15-minute values",
    response_model=BatchState,
    openapi_extra=_READINGS_BODY,
)
@takes(32 * MEBIBYTE)
async def post_readings(request: Request, allowed: Submitter) -> dict[str, Any]:
    """JSON, CSV, or either packed with gzip; at most 32 MiB. `meter` is its number or your own id of it.

    What is wrong is named in `problems` and the rest is stored. The same values again change nothing, other values for the
    same time replace those that were there.
    """
    answer = await edge_of(request).owner("meters").request(
        "POST", "/v1/incoming-readings", token=allowed.token, headers=_headers(request), timeout=_PATIENCE_SECONDS,
        content=request.stream(),
    )  # fmt: skip
    return _with_address(request, answer.json())


@router.get("/readings/{batch_id}", summary="What became of them", response_model=BatchState)
async def readings_state(request: Request, batch_id: UUID, allowed: Submitter) -> dict[str, Any]:
    answer = await edge_of(request).owner("meters").request(
        "GET", f"/v1/incoming-readings/{batch_id}", token=allowed.token
    )  # fmt: skip
    return _with_address(request, answer.json())


@router.post(
    "/meters", summary="Create or change meters", response_model=StoredMeter | Results, response_model_exclude_unset=True,
    responses={201: {"model": StoredMeter, "description": "One that is new"}}, openapi_extra=data_body("MeterData", many=True),
)  # fmt: skip
async def post_meters(request: Request, response: Response, allowed: Submitter) -> dict[str, Any]:
    """One (201 where it is new), or a list of up to 500: see `results`. Upsert by `external_id`; the fields are in
    docs/api.md. Readings that waited for a meter are taken as soon as it is there."""
    edge = edge_of(request)
    answer = await edge.owner("meters").request(
        "POST", "/v1/incoming-meters", token=allowed.token, headers=_headers(request), timeout=_PATIENCE_SECONDS,
        content=request.stream(),
    )  # fmt: skip
    found: dict[str, Any] = answer.json()
    if "results" not in found:
        response.status_code = answer.status_code
        return await _told(edge, found)
    return found | {"results": [await _told(edge, result) for result in found["results"]]}


async def _told(edge: Edge, result: dict[str, Any]) -> dict[str, Any]:
    """What the sender hears of it; the state itself goes into the copy."""
    answer: dict[str, Any] = {name: result[name] for name in ("index", "id", "version", "error") if name in result}
    if "snapshot" not in result:
        return answer
    await edge.views.apply_result(result)
    state = METER.state(b64decode(result["snapshot"]["data"]))
    return answer | {
        "registers": [
            {"id": r.id, "obis": r.obis, "direction": r.direction, "tariff": r.tariff} for r in state.registers
        ]
    }


def _headers(request: Request) -> dict[str, str]:
    return {name: request.headers[name] for name in _PASSED_ON if name in request.headers}


def _with_address(request: Request, state: dict[str, Any]) -> dict[str, Any]:
    base = edge_of(request).settings.portal_url
    return state | {"status_url": f"{base}/api/ingest/v1/readings/{state['id']}"}
