"""Uploading documents, several at once, with a result per file."""

from kontor_admin.uploads.page import router

__all__ = ["router"]
