"""The release list (A19): what waits, why, and letting it go together."""

from kontor_admin.release.page import router

__all__ = ["router"]
