"""The way back: what happened, read on from a position (I4)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from kontor_edge.edge import edge_of
from kontor_edge.ingest import Permit, let_in
from kontor_service.models import LARGEST

router = APIRouter(prefix="/api", tags=["events"])

_PATIENCE_SECONDS = 5.0


class Event(BaseModel):
    """`data` is the state of the aggregate after the fact, in protobuf's JSON mapping (docs/asyncapi.json)."""

    position: int
    id: UUID
    type: str
    time: Annotated[str, Field(json_schema_extra={"format": "date-time"})]
    subject: str
    data: dict[str, Any]


class Events(BaseModel):
    """`next` is the following call's `after`."""

    events: list[Event]
    next: int


@router.get("/events", summary="What happened since", response_model=Events)
async def events(
    request: Request,
    allowed: Annotated[Permit, let_in("notifications", "events:read")],
    after: Annotated[int, Query(ge=0, le=LARGEST, description="The last position you have seen")] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    types: Annotated[
        list[str],
        Query(
            alias="type",
            max_length=50,
            description="`documents.document.shared.v1`, or the beginning of several: `payments`",
        ),
    ] = [],  # noqa: B006 - FastAPI copies it
    wait: Annotated[float, Query(ge=0, le=20, description="Seconds to wait for news before an empty answer")] = 0,
) -> dict[str, Any]:
    """`events` in order of `position`, and `next` for the following call. One writer assigns positions: none is skipped."""
    edge = edge_of(request)
    answer = await edge.owner("notifications").request(
        "GET", "/v1/feed", token=allowed.token, params={"after": after, "limit": limit, "wait": wait, "type": types},
        timeout=wait + _PATIENCE_SECONDS,
    )  # fmt: skip
    found: dict[str, Any] = answer.json()
    return found
