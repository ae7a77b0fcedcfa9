"""The admin's composition root: settings in, ASGI app out."""

from fastapi import FastAPI

from kontor_admin import words
from kontor_admin.features import FEATURES
from kontor_admin.settings import Settings
from kontor_admin.views import SHAPE
from kontor_edge.app import Kind, add_globals, build_edge, secret_paths
from kontor_edge.staff import known_page_context
from kontor_identity_pages.log_in import install_log_in_redirect
from kontor_web import Protect

_SESSION_VALUES = (
    "id", "merchant_id", "slug", "user_id", "name", "email", "language", "rights", "role",
    "seen_at", "ends_at", "expires_at",
)  # fmt: skip
_ADMIN = Kind(
    "kontor_admin", FEATURES, SHAPE, _SESSION_VALUES, known_page_context, error_template="error.html", patience=20.0
)


def create_app(settings: Settings) -> FastAPI:
    """The merchant's edge. Needs its database migrated; the copy creates itself."""
    app = build_edge(
        _ADMIN, settings, title="Kontor admin",
        openapi_url=None if settings.environment == "production" else "/openapi.json",
    )  # fmt: skip
    add_globals(app.state.pages, words.GLOBALS)
    install_log_in_redirect(app)
    app.add_middleware(Protect, exempt=("/internal/",), secret_paths=secret_paths(FEATURES))
    return app
