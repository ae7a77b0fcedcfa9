"""The merchant's logo (A2): hostile until decoded, stored as what we encoded ourselves."""

import asyncio
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kontor.identity.v1 import identity_pb2 as pb
from kontor_identity.dependencies import Dependencies
from kontor_identity.merchants.service import locked_merchant, settings_changed
from kontor_identity.models import Logo
from kontor_identity.system_time import now
from kontor_service.commands import command_result
from kontor_service.errors import Invalid, NotFound, TooLarge
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.pictures import NotAnImage, Picture, PictureTooLarge, redrawn

LARGEST_BYTES = 2 * 1024 * 1024
LARGEST_SIDE = 4000
# 150×60 CSS pixels are suggested; four times that is sharp on every screen and in print.
_FITS_INTO = (600, 240)


LogoInvalid = Invalid.named("logo_invalid", N_("This picture cannot be used. Please send PNG or JPEG."))
LogoTooLarge = TooLarge.named("logo_too_large", N_("The logo is too large."))


async def set_logo(deps: Dependencies, merchant_id: UUID, content: bytes) -> dict[str, Any]:
    """Raises LogoTooLarge, LogoInvalid."""
    logo = await asyncio.to_thread(encode_logo, content)
    sha256 = await deps.files.put(logo.content)
    async with deps.db.transaction(merchant_id) as session:
        merchant = await locked_merchant(session, merchant_id)
        row = {"merchant_id": merchant_id, "sha256": sha256, "media_type": logo.media_type, "created_at": now()}
        await session.exec(insert(Logo).values(row).on_conflict_do_nothing())
        if merchant.logo_sha256 != sha256:
            merchant.logo_sha256, merchant.logo_media_type = sha256, logo.media_type
            await settings_changed(session, merchant)
    return command_result(state_of(pb.Merchant, merchant))


async def remove_logo(deps: Dependencies, merchant_id: UUID) -> dict[str, Any]:
    """The merchant has none any more; mails that went out go on showing theirs."""
    async with deps.db.transaction(merchant_id) as session:
        merchant = await locked_merchant(session, merchant_id)
        if merchant.logo_sha256:
            merchant.logo_sha256 = merchant.logo_media_type = ""
            await settings_changed(session, merchant)
    return command_result(state_of(pb.Merchant, merchant))


async def logo(deps: Dependencies, sha256: str) -> tuple[bytes, str]:
    """A logo by its hash, with its media type; logos are public, other files of the storage are not found here.

    Raises NotFound.
    """
    media_type = await deps.db.pool.fetchval("SELECT logo_media_type($1)", sha256)
    if media_type is None:
        raise NotFound
    return await deps.files.get(sha256), media_type


def encode_logo(content: bytes) -> Picture:
    """The picture, decoded and encoded anew without its metadata, fitted into 600×240. Raises LogoTooLarge, LogoInvalid."""
    if len(content) > LARGEST_BYTES:
        raise LogoTooLarge(
            N_("At most %(megabytes)s MiB are accepted."), field="logo", megabytes=LARGEST_BYTES // 1024 // 1024
        )
    try:
        return redrawn(content, formats=("PNG", "JPEG"), fits_into=_FITS_INTO, most_pixels=LARGEST_SIDE**2)
    except PictureTooLarge as error:
        raise LogoTooLarge(
            N_("A logo has at most %(pixels)s × %(pixels)s pixels."),
            field="logo",
            pixels=LARGEST_SIDE,
        ) from error
    except NotAnImage as error:
        raise LogoInvalid(N_("This picture cannot be used. Please send PNG or JPEG."), field="logo") from error
