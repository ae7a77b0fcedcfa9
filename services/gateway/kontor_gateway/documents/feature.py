"""Documents as customers read them."""

from starlette.requests import Request
from starlette.responses import Response

from kontor_edge.feature import Feature, Section, per_order, sql
from kontor_edge.hot import HotRoute
from kontor_gateway.documents import files, formats, pages, portal_api
from kontor_gateway.documents.copy import COUNT_CAP, DOCUMENT, SORTS
from kontor_service.i18n import N_


async def _list_json(request: Request) -> Response:
    return await portal_api.documents(request, request.path_params["slug"])


async def _list_page(request: Request) -> Response:
    return await pages.documents(request, request.path_params["slug"])


DOCUMENTS = Feature(
    "documents",
    order=20,
    views=(DOCUMENT,),
    indexes=sql(__package__, "sql/indexes.sql"),
    functions=(
        *per_order(sql(__package__, "sql/documents.sql").replace("{cap}", str(COUNT_CAP)), SORTS),
        sql(__package__, "sql/document.sql"),
    ),
    sections=(Section("documents", N_("Documents"), "/dokumente"),),
    routers=(portal_api.router, files.api_router),
    portal=(pages.router, files.router),
    hot=(HotRoute("/api/portal/v1/{slug}/documents", _list_json), HotRoute("/{slug}/dokumente", _list_page)),
    globals=formats.GLOBALS,
)
