"""The event stream of a portal page: the copy's changes reach the pages that are open."""

from typing import Annotated
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from kontor_edge.live import news
from kontor_edge.portal import Slug, query_view
from kontor_service.errors import NotFound

router = APIRouter(include_in_schema=False)


@router.get("/{slug}/live")
async def live(
    request: Request,
    slug: Slug,
    document: UUID | None = None,
    about: Annotated[str, Query(pattern="^[a-z]{1,20}$")] = "customer",
) -> Response:
    """News of one document, or of all this session may see: of its customers, or of what page packages say of theirs."""
    if document is None:
        record = await query_view(request, "reader")
        return news(request, {f"{about}:{customer}" for customer in orjson.loads(record["session"])["customers"]})
    record = await query_view(request, "document", asked=document)
    if record["document"] is None:
        raise NotFound
    return news(request, {f"document:{document}"})
