"""The conversation about a document as staff see it: the customer's questions, their answers, and notes among themselves."""

from kontor_documents_pages.admin.conversation.copy import VIEWS
from kontor_edge.feature import Feature, sql

FEATURE = Feature(
    "questions",
    order=25,
    views=VIEWS,
    indexes=sql(__name__, "sql/indexes.sql"),
)
