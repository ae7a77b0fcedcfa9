"""Uploading documents, several at once, with a result per file."""

from kontor_admin.uploads.page import router
from kontor_edge.feature import Feature

FEATURE = Feature("uploads", routers=(router,))
