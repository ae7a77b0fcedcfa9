"""The conversation about a document as customers see it."""

from kontor_documents_pages.portal.conversation import api, ingest, pages
from kontor_documents_pages.portal.conversation.copy import VIEWS
from kontor_edge.feature import Feature, sql

FEATURE = Feature(
    "conversation",
    order=21,
    views=VIEWS,
    indexes=sql(__name__, "sql/indexes.sql"),
    parts=sql(__name__, "sql/parts.sql"),
    routers=(api.router, ingest.router),
    portal=(pages.router,),
)
