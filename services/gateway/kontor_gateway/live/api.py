"""The event stream of a private page. It says that something changed, never what: the page then fetches itself again."""

from typing import Annotated, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_gateway.edge import edge_of
from kontor_gateway.reading.ask import ask
from kontor_gateway.sessions.cookie import session_hash
from kontor_service.errors import NotFound
from kontor_web.live import stream

router = APIRouter(include_in_schema=False)

Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$")]


@router.get("/{slug}/live")
async def live(
    request: Request, slug: Slug, document: UUID | None = None, about: Literal["customer", "meters"] = "customer"
) -> Response:
    """News of one document, or of all this session may see: what is asked of its customers, or of their meters."""
    if document is None:
        record = await ask(request, slug, "reader")
        topics = {f"{about}:{customer}" for customer in orjson.loads(record["session"])["customers"]}
    else:
        record = await ask(request, slug, "document", document)
        if record["document"] is None:
            raise NotFound
        topics = {f"document:{document}"}
    # A revoked session's pages look again, and are sent away.
    return stream(request, edge_of(request).hub, topics | {f"session:{session_hash(request, slug)}"})
