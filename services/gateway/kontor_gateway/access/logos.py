"""Merchants' logos, from our own address. Identity has them under their hash; they never change."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_edge.edge import edge_of

router = APIRouter(include_in_schema=False)

_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


@router.get("/{slug}/logo/{sha256}")
async def logo(
    request: Request,
    slug: Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$")],
    sha256: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
) -> Response:
    answer = await edge_of(request).owner("identity").request("GET", f"/v1/logos/{sha256}")
    return Response(answer.content, media_type=answer.headers["content-type"], headers=_FOR_EVER)
