"""The conversation about a document as staff see it: the customer's questions, their answers, and notes among themselves."""

from functools import partial

from kontor.documents.v1.documents_pb2_codes import CommentSource
from kontor_documents_pages.admin.conversation import pages
from kontor_documents_pages.admin.conversation.copy import VIEWS
from kontor_edge.feature import Feature, Menu, Panel, sql
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word

FEATURE = Feature(
    "questions",
    order=25,
    views=VIEWS,
    routers=(pages.questions_router,),
    menu=Menu(
        "/fragen",
        lambda: _("Questions"),
        waiting="comment c WHERE c.merchant_id = who.merchant_id AND c.open AND NOT c.deleted",
    ),
    indexes=sql(__package__, "sql/indexes.sql"),
    parts=sql(__package__, "sql/parts.sql"),
    functions=(sql(__package__, "sql/questions.sql"),),
    panels=(Panel("board", "_open_questions({merchant}, 5)", "conversation/board_panel.html", "documents:comment"),),
    globals={"comment_source": partial(word, CommentSource)},
)
