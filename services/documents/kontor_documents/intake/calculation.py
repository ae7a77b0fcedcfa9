"""POST /v1/calculations: what data would come to, before it is handed in."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from kontor_documents.errors import NothingSubmitted
from kontor_documents.intake.parse import parse, refuse_wrong_totals
from kontor_service.bodies import takes
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["submissions"])

Submitter = Annotated[Principal, Depends(require("documents:submit"))]


@router.post("/v1/calculations")
@takes(lambda settings: settings.max_upload_bytes)
async def calculate(request: Request, _principal: Submitter) -> dict[str, Any]:
    """DocumentData in JSON, answered with its lines' nets, tax breakdown and totals. Nothing is kept.

    Raises what a submission of this data would be refused with at the door.
    """
    body = await request.body()
    if not body:
        raise NothingSubmitted(field="data")
    parsed = await asyncio.to_thread(parse, None, body)
    refuse_wrong_totals(parsed)
    return parsed.data.model_dump(mode="json", exclude_none=True)
