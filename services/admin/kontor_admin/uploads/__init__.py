"""Uploading documents, several at once, with a result per file."""

from kontor_admin.feature import Feature
from kontor_admin.uploads.page import router

FEATURE = Feature("uploads", router)
