"""Documents as customers read them."""

from starlette.requests import Request
from starlette.responses import Response

from kontor_documents_pages.portal import files, formats, ingest, listing, opened, pages, portal_api
from kontor_documents_pages.portal.content import CONTENT
from kontor_documents_pages.portal.copy import DOCUMENT
from kontor_edge.feature import Feature, Section, sql
from kontor_edge.hot import HotRoute
from kontor_service.i18n import N_


async def _list_json(request: Request) -> Response:
    return await portal_api.documents(request, request.path_params["slug"])


async def _list_page(request: Request) -> Response:
    return await pages.documents(request, request.path_params["slug"])


FEATURE = Feature(
    "documents",
    order=20,
    package=__name__,
    views=(DOCUMENT,),
    indexes=sql(__name__, "sql/indexes.sql"),
    parts=sql(__name__, "sql/parts.sql"),
    functions=(*listing.DOCUMENTS.functions, sql(__name__, "sql/document.sql")),
    sections=(Section("documents", N_("Documents"), "/dokumente"),),
    routers=(portal_api.router, files.api_router, ingest.router),
    portal=(pages.router, files.router),
    hot=(HotRoute("/api/portal/v1/{slug}/documents", _list_json), HotRoute("/{slug}/dokumente", _list_page)),
    globals=formats.GLOBALS,
    content=CONTENT,
    closing=opened.finish,
)
