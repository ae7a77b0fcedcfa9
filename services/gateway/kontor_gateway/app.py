"""Composition root of the gateway: the public edge."""

from fastapi import FastAPI

from kontor_edge.app import Kind, build_edge, secret_paths
from kontor_edge.head_of_links import HeadOfLinks
from kontor_edge.portal import current_reader, known_page_context
from kontor_gateway import openapi
from kontor_gateway.access.previews import ReadOnlyPreviews
from kontor_gateway.features import FEATURES
from kontor_gateway.settings import Settings
from kontor_gateway.views import SHAPE
from kontor_identity_pages.log_in import install_log_in_redirect
from kontor_web import Protect

# What a page may know of the session it serves.
SESSION_VALUES = (
    "id", "kind", "subject", "name", "email", "language", "contact_id", "customers", "document_id", "draft_id", "rights", "accepts", "sees",
    "seen_at", "ends_at", "expires_at",
)  # fmt: skip
_GATEWAY = Kind("kontor_gateway", FEATURES, SHAPE, SESSION_VALUES, current_reader, known_page_context)


def create_app(settings: Settings) -> FastAPI:
    app = build_edge(
        _GATEWAY,
        settings,
        title=openapi.TITLE,
        description=openapi.DESCRIPTION,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    openapi.describe(app)
    install_log_in_redirect(app)
    app.add_middleware(ReadOnlyPreviews)
    app.add_middleware(HeadOfLinks, paths=secret_paths(FEATURES))
    app.add_middleware(
        Protect,
        exempt=("/api/ingest/", "/webhooks/", "/internal/"),
        public=("/static/", "/api/openapi.json"),
        secret_paths=secret_paths(FEATURES),
        form_targets=_provider_origins(settings),
    )
    return app


def _provider_origins(settings: Settings) -> tuple[str, ...]:
    sandbox = (settings.sandbox_url,) if settings.environment == "development" else ()
    return (*settings.provider_origins, *sandbox)
