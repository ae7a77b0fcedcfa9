"""Documents as customers read them."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_documents_pages import filters
from kontor_documents_pages.content import document_name, unit_price
from kontor_documents_pages.portal import (
    conversation,
    files,
    forwarding,
    ingest,
    listing,
    opened,
    pages,
    portal_api,
    quotes_api,
    responsible,
)
from kontor_documents_pages.portal.copy import (
    DOCUMENT,
    NEW_COUNT,
    RARELY_ASKED,
    counts_in_sql,
    for_roles,
    is_new,
    label,
    neighbour_in_sql,
    role_bits,
)
from kontor_documents_pages.portal.quotes import pages as quotes
from kontor_edge.content import ContentSource
from kontor_edge.feature import Feature, Section, sql
from kontor_edge.hot import HotRoute
from kontor_service import vocabulary
from kontor_service.i18n import N_

# Lines and texts of documents that a customer may see.
_CONTENT = ContentSource(
    "documents", "document", lambda d: bool(d.customer_id) and d.state in ("shared", "cancelled"), "shown"
)

_ALL_CUSTOMERS = "CASE WHEN r.document_id IS NULL THEN r.customers ELSE '{}' END"


def _document_sql() -> str:
    marks = {
        "label": label(), "for_roles": for_roles("d"), "role_bits": role_bits("d.customer_id"),
        "counts": counts_in_sql(_ALL_CUSTOMERS), "newer": neighbour_in_sql("asc"),
        "older": neighbour_in_sql("desc"), "new": is_new("d", "r.subject"), "other_new": is_new("o", "r.subject"),
    }  # fmt: skip
    return _marked(sql(__name__, "sql/document.sql"), marks)


def _marked(text: str, marks: Mapping[str, str]) -> str:
    """SQL with the meaning of each word in braces."""
    for mark, meaning in marks.items():
        text = text.replace(f"{{{mark}}}", meaning)
    return text


_GLOBALS: dict[str, Any] = {
    "document_name": document_name,
    "document_type": partial(vocabulary.word, DocumentType),
    "label_words": filters.label_words,
    "document_types": partial(vocabulary.plural, DocumentType),
    "quote_state": listing.quote_state,
    "payment_status": partial(vocabulary.state, ReceivableState),
    "unit_price": unit_price,
}


async def _list_json(request: Request) -> Response:
    return await portal_api.documents(request, request.path_params["slug"])


async def _list_page(request: Request) -> Response:
    return await pages.documents(request, request.path_params["slug"])


_DOCUMENTS = Feature(
    "documents",
    order=20,
    package=__name__,
    views=(DOCUMENT,),
    indexes=sql(__name__, "sql/indexes.sql"),
    parts=_marked(sql(__name__, "sql/parts.sql"), {"for_roles": for_roles("d")})
    + _marked(sql(__name__, "sql/rarely_asked.sql"), RARELY_ASKED),
    functions=(*listing.DOCUMENTS.functions, *listing.ENTRIES.functions, _document_sql()),
    sections=(Section("documents", N_("Documents"), "/dokumente", count=NEW_COUNT, page_counts=True),),
    routers=(
        portal_api.router,
        quotes_api.router,
        files.api_router,
        responsible.api_router,
        forwarding.api_router,
        ingest.router,
    ),
    portal=(pages.router, quotes.router, files.router, responsible.router, forwarding.router, opened.router),
    hot=(HotRoute("/api/portal/v1/{slug}/documents", _list_json), HotRoute("/{slug}/dokumente", _list_page)),
    globals=_GLOBALS,
    content=_CONTENT,
)
FEATURES = (_DOCUMENTS, conversation.FEATURE)
