"""Documents: the list, one document with all that belongs to it, and what staff do with it."""

from fastapi import APIRouter

from kontor_admin.copy import documents
from kontor_admin.documents import actions, document, files, listing, sharing
from kontor_edge.feature import Feature, Menu, sql
from kontor_service.i18n import gettext as _

router = APIRouter()
for part in (listing, document, files, actions, sharing):
    router.include_router(part.router, prefix="/dokumente")

FEATURE = Feature(
    "documents",
    order=20,
    routers=(router,),
    menu=Menu("/dokumente", lambda: _("Documents")),
    views=documents.VIEWS,
    indexes=sql("kontor_admin", "sql/documents_indexes.sql"),
    functions=(
        sql("kontor_admin", "sql/document.sql"),
        *listing.DOCUMENTS.functions,
    ),
)
