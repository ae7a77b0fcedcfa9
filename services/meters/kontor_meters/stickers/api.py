"""Stickers by staff."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kontor_meters.copies import language
from kontor_meters.stickers.inputs import StickersInput
from kontor_meters.stickers.sheet import stickers_pdf
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["stickers"])
Editor = Annotated[Principal, Depends(require("meters:edit"))]


@router.post("/stickers")
async def stickers(request: Request, wanted: StickersInput, principal: Editor) -> Response:
    """A PDF of A4 sheets with 21 labels each, in the merchant's language."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        spoken = await language(session, principal.merchant)
    pdf = await asyncio.to_thread(stickers_pdf, wanted, spoken)
    return Response(pdf, media_type="application/pdf", headers={"Cache-Control": "private, no-store"})
