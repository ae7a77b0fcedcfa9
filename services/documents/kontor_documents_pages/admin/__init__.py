"""Documents as staff see them: the list, one document with what staff do with it, uploads, the release list (A19)."""

from fastapi import APIRouter

from kontor_documents_pages.admin import (
    actions,
    document,
    files,
    listing,
    previews,
    release,
    sharing,
    uploads,
    words,
)
from kontor_documents_pages.admin.conversation import pages as conversation_pages
from kontor_documents_pages.admin.conversation.feature import FEATURE as QUESTIONS
from kontor_documents_pages.admin.copy import VIEWS
from kontor_documents_pages.admin.quotes.feature import FEATURE as QUOTES
from kontor_edge.content import ContentSource
from kontor_edge.feature import Feature, Menu, sql
from kontor_service.i18n import gettext as _

router = APIRouter()
for part in (listing, document, files, actions, sharing, previews, conversation_pages):
    router.include_router(part.router, prefix="/dokumente")

# Lines and texts of every document, so that pages have them also while documents is away.
_CONTENT = ContentSource("documents", "document", lambda d: not d.deleted, "NOT deleted")
_DOCUMENTS = Feature(
    "documents",
    order=20,
    package=__name__,
    routers=(router, uploads.router),
    menu=Menu("/dokumente", lambda: _("Documents")),
    views=VIEWS,
    indexes=sql(__name__, "sql/documents_indexes.sql"),
    parts=sql(__name__, "sql/parts.sql"),
    functions=(
        sql(__name__, "sql/document.sql"),
        sql(__name__, "sql/standing.sql"),
        *listing.DOCUMENTS.functions,
    ),
    globals=words.GLOBALS,
    content=_CONTENT,
)
_RELEASE = Feature(
    "release",
    order=30,
    routers=(release.router,),
    menu=Menu(
        "/freigabe",
        lambda: _("Release"),
        waiting="document d WHERE d.merchant_id = who.merchant_id AND d.state = 'waiting' AND d.release_group <> 'draft' AND NOT d.deleted",
    ),
    parts=sql(__name__, "sql/release_parts.sql"),
    functions=(sql(__name__, "sql/release.sql"), *release.RELEASE.functions),
)
FEATURES = (_DOCUMENTS, QUESTIONS, _RELEASE, QUOTES)
