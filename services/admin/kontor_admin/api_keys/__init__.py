"""API keys for systems (B13): made, shown once, revoked."""

from kontor_admin.api_keys.page import router

__all__ = ["router"]
