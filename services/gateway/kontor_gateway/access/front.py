"""The bare address: the one portal there is, or a word on how to find one's own."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import edge_of
from kontor_edge.portal import public_page_context

router = APIRouter(include_in_schema=False)


@router.get("/")
async def front(request: Request) -> Response:
    edge = edge_of(request)
    if edge.settings.home_portal:
        return edge.pages.redirect(f"/{edge.settings.home_portal}")
    return edge.pages.render(request, "front.html", public_page_context(request, None))
