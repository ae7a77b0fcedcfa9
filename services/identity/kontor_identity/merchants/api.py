"""The merchant's settings and logo."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from google.protobuf.json_format import MessageToDict

from kontor.identity.v1 import identity_pb2 as pb
from kontor_identity.dependencies import Deps
from kontor_identity.merchants.inputs import MerchantChange
from kontor_identity.merchants.logo import LARGEST_BYTES, logo, remove_logo, set_logo
from kontor_identity.merchants.service import change_settings, merchant_settings
from kontor_service.bodies import takes
from kontor_service.events import state_of
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["merchant"])

Editor = Annotated[Principal, Depends(require("merchant:edit"))]

# The hash is the content: a copy never grows old.
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get("/v1/merchant")
async def get_settings(deps: Deps, editor: Editor) -> dict[str, Any]:
    merchant = await merchant_settings(deps, editor.merchant)
    return MessageToDict(
        state_of(pb.Merchant, merchant), preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )


@router.patch("/v1/merchant")
async def patch_settings(change: MerchantChange, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await change_settings(deps, editor, change)


@router.put("/v1/merchant/logo")
@takes(2 * LARGEST_BYTES)
async def put_logo(request: Request, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await set_logo(deps, editor.merchant, await request.body())


@router.delete("/v1/merchant/logo")
async def delete_logo(deps: Deps, editor: Editor) -> dict[str, Any]:
    return await remove_logo(deps, editor.merchant)


@router.get("/v1/logos/{sha256}", tags=["public"])
async def public_logo(sha256: str, deps: Deps) -> Response:
    content, media_type = await logo(deps, sha256)
    return Response(content, media_type=media_type, headers=_FOR_EVER)
