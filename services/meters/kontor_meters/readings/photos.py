"""A photo of the meter's face: what was read, for whoever doubts it later."""

import asyncio
import threading
from uuid import UUID

import pillow_heif
from fastapi import UploadFile
from sqlalchemy.dialects.postgresql import insert

from kontor_meters.errors import PhotoNotFound
from kontor_meters.models import Photo
from kontor_meters.readings import queries
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.files import Files
from kontor_service.i18n import N_
from kontor_service.pictures import PictureTooLarge, redrawn
from kontor_service.tokens import Principal

MOST_BYTES = 25 * 1024 * 1024
# The largest phones take 200 megapixels, but send fewer.
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 1_600
MEDIA_TYPE = "image/jpeg"
_FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# One after the other: a picture of 64 megapixels takes 200 MB while it is decoded.
_decoding = threading.Lock()


async def store(db: Database, files: Files, clock: Clock, principal: Principal, file: UploadFile) -> str:
    """Answers its hash. Raises NotAnImage, PictureTooLarge."""
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise PictureTooLarge(
            N_("At most %(megabytes)s MiB are accepted."), field="file", megabytes=MOST_BYTES // 1024**2
        )
    sha256 = await files.put(await asyncio.to_thread(_jpeg, content))
    row = {
        "merchant_id": principal.merchant,
        "sha256": sha256,
        "uploaded_by": principal.subject,
        "uploaded_at": clock.now(),
    }
    async with db.transaction(principal.merchant) as session:
        await session.execute(insert(Photo).values(row).on_conflict_do_nothing())
    return sha256


async def of_reading(db: Database, files: Files, principal: Principal, reading_id: UUID) -> bytes:
    """Raises ReadingNotFound, PhotoNotFound."""
    async with db.transaction(principal.merchant) as session:
        reading = await queries.by_id(session, reading_id)
    if not reading.photo_sha256:
        raise PhotoNotFound
    return await files.get(reading.photo_sha256)


def _jpeg(content: bytes) -> bytes:
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    side = (LONGEST_SIDE, LONGEST_SIDE)
    with _decoding:
        return redrawn(content, formats=_FORMATS, fits_into=side, most_pixels=MOST_PIXELS, as_jpeg=True).content
