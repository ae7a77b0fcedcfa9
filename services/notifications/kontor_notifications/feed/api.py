"""GET /v1/feed: read on from a position, wait for more."""

import asyncio
import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request

from kontor_notifications.feed.service import read
from kontor_service.models import LARGEST
from kontor_service.tokens import Principal, require

router = APIRouter()
_LOOK_EVERY = 0.5


@router.get("/v1/feed")
async def feed(
    request: Request,
    principal: Annotated[Principal, Depends(require("events:read"))],
    after: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    wait: Annotated[float, Query(ge=0, le=20)] = 0,
    types: Annotated[list[str], Query(alias="type", max_length=50)] = [],  # noqa: B006 - FastAPI copies it
) -> dict[str, Any]:
    """Events behind position `after`, of these types alone where some are named.

    With `wait` (seconds) an empty answer is held back until there is news."""
    deadline = time.monotonic() + wait
    while True:
        async with request.app.state.db.transaction(principal.merchant) as session:
            events, goes_on = await read(session, after, limit, types)
        if events or time.monotonic() >= deadline or await request.is_disconnected():
            return {"events": events, "next": goes_on}
        await asyncio.sleep(_LOOK_EVERY)
