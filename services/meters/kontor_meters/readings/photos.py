"""A photo of the meter's face: what was read, for whoever doubts it later."""

import asyncio
import threading
from typing import Annotated
from uuid import UUID

import pillow_heif
from fastapi import APIRouter, Depends, Request, Response, UploadFile
from sqlalchemy.dialects.postgresql import insert

from kontor_meters.errors import PhotoNotFound
from kontor_meters.models import Photo
from kontor_meters.readings import history
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.i18n import N_
from kontor_service.pictures import PictureTooLarge, redrawn
from kontor_service.tokens import SERVICE_RIGHT, Principal, require

router = APIRouter(prefix="/v1", tags=["readings"])
Reader = Annotated[Principal, Depends(require("meters:enter", "meters:edit"))]
Viewer = Annotated[Principal, Depends(require("meters:read", SERVICE_RIGHT))]
MOST_BYTES = 25 * MEBIBYTE
# The largest phones take 200 megapixels, but send fewer.
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 1_600
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# One after the other: a picture of 64 megapixels takes 200 MB while it is decoded.
_decoding = threading.Lock()


@router.post("/photos", status_code=201)
@takes(MOST_BYTES + MEBIBYTE)
async def upload_photo(request: Request, file: UploadFile, principal: Reader) -> dict[str, str]:
    """JPEG, PNG, WebP or HEIC of up to 25 MB; kept as JPEG of at most 1600 px without what the camera wrote into it."""
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise PictureTooLarge(
            N_("At most %(megabytes)s MiB are accepted."), field="file", megabytes=MOST_BYTES // 1024**2
        )
    state = request.app.state
    sha256 = await state.files.put(await asyncio.to_thread(_jpeg, content))
    row = {"merchant_id": principal.merchant, "sha256": sha256, "uploaded_by": principal.subject}
    async with state.db.transaction(principal.merchant) as session:
        statement = insert(Photo).values(row | {"uploaded_at": state.clock.now()})
        await session.execute(statement.on_conflict_do_nothing())
    return {"sha256": sha256}


@router.get("/readings/{reading_id}/photo")
async def photo(request: Request, reading_id: UUID, principal: Viewer) -> Response:
    state = request.app.state
    async with state.db.transaction(principal.merchant) as session:
        reading = await history.by_id(session, reading_id)
    if not reading.photo_sha256:
        raise PhotoNotFound
    content = await state.files.get(reading.photo_sha256)
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


def _jpeg(content: bytes) -> bytes:
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    side = (LONGEST_SIDE, LONGEST_SIDE)
    with _decoding:
        return redrawn(content, formats=_FORMATS, fits_into=side, most_pixels=MOST_PIXELS, as_jpeg=True).content
