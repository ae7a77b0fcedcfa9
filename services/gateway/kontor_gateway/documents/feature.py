"""Documents as customers read them."""

from starlette.requests import Request
from starlette.responses import Response

from kontor_gateway.documents import files, formats, pages, portal_api
from kontor_gateway.documents.copy import COUNT_CAP, DOCUMENT, SORTS
from kontor_gateway.feature import Feature, Section, sql
from kontor_gateway.reading.hot import Hot
from kontor_service.i18n import N_


async def _list_json(request: Request) -> Response:
    return await portal_api.documents(request, request.path_params["slug"])


async def _list_page(request: Request) -> Response:
    return await pages.documents(request, request.path_params["slug"])


def _lists() -> tuple[str, ...]:
    """The list once per order: each walks along an index of its own."""
    text = sql("documents", "documents")
    return tuple(
        text.format(sort=sort, direction=direction, beyond=beyond, cap=COUNT_CAP)
        for sort in SORTS
        for direction, beyond in (("asc", ">"), ("desc", "<"))
    )


DOCUMENTS = Feature(
    views=(DOCUMENT,),
    indexes=sql("documents", "indexes"),
    functions=(*_lists(), sql("documents", "document")),
    sections=(Section("documents", N_("Documents"), "/dokumente"),),
    routers=(portal_api.router, files.api_router),
    portal=(pages.router, files.router),
    hot=(Hot("/api/portal/v1/{slug}/documents", _list_json), Hot("/{slug}/dokumente", _list_page)),
    globals=formats.GLOBALS,
)
