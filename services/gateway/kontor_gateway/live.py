"""The event stream of a portal page: the copy's changes reach the pages that are open."""

from typing import Annotated
from uuid import UUID

import asyncpg
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
    """News of one document, or of all this session may see: of its customers, or of what page packages say of theirs.

    A document's page also shows what belongs to it, such as the order confirmation of a quote: news of its reader's
    customers are news for it, too.
    """
    if document is None:
        record = await query_view(request, "reader")
        return news(request, _of_customers(record, about))
    record = await query_view(request, "document", asked=document)
    if record["document"] is None:
        raise NotFound
    return news(request, {f"document:{document}", *_of_customers(record, about)})


def _of_customers(record: asyncpg.Record, about: str) -> set[str]:
    return {f"{about}:{customer}" for customer in orjson.loads(record["session"])["customers"]}
