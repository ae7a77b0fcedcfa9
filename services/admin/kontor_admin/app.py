"""The admin's composition root: settings in, ASGI app out."""

from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.utils import generate_unique_id

from kontor_admin import words
from kontor_admin.features import FEATURES
from kontor_admin.settings import Settings
from kontor_admin.views import SHAPE
from kontor_edge.app import Kind, add_globals, build_edge, secret_paths
from kontor_edge.head_of_links import HeadOfLinks
from kontor_edge.openapi import Api
from kontor_edge.staff import current_staff, known_page_context
from kontor_identity_pages.log_in import install_log_in_redirect
from kontor_web import Protect

_SESSION_VALUES = (
    "id", "merchant_id", "slug", "user_id", "name", "email", "language", "rights", "role",
    "seen_at", "ends_at", "expires_at",
)  # fmt: skip
_ADMIN = Kind(
    "kontor_admin",
    FEATURES,
    SHAPE,
    _SESSION_VALUES,
    current_staff,
    known_page_context,
    error_template="error.html",
    patience=20.0,
)
_API = Api(
    "Kontor admin", "What the admin's pages show, as JSON, with the session cookie of the merchant's staff. Amounts are minor units.", "/",
    errors={
        "401": ("Not logged in", ["not_logged_in"]),
        "403": ("Your role does not include this", ["not_allowed"]),
        "404": ("There is no such thing", ["document_not_found", "customer_not_found", "meter_not_found", "not_found"]),
        "422": ("Something in the address is not right", ["invalid"]),
        "503": ("A part of the platform does not answer: try again", ["owner_unavailable"]),
    },
    session={"Staff session": {"type": "apiKey", "in": "cookie", "name": "__Host-kontor-admin"}},
)  # fmt: skip


def _operation_id(route: APIRoute) -> str:
    return route.name if route.path.startswith("/api/") else generate_unique_id(route)


def create_app(settings: Settings) -> FastAPI:
    """The merchant's edge. Needs its database migrated; the copy creates itself."""
    app = build_edge(
        _ADMIN, settings, title="Kontor admin",
        openapi_url=None if settings.environment == "production" else "/openapi.json",
        generate_unique_id_function=_operation_id,
    )  # fmt: skip
    app.openapi = lambda: _API.of(app)  # type: ignore[method-assign]
    add_globals(app.state.pages, words.GLOBALS)
    install_log_in_redirect(app)
    app.add_middleware(HeadOfLinks, paths=secret_paths(FEATURES))
    app.add_middleware(Protect, exempt=("/internal/",), secret_paths=secret_paths(FEATURES))
    return app
