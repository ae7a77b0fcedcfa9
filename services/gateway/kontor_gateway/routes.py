"""All routes of the gateway, in the order in which they are tried: the portals' come last, they begin with any name."""

from fastapi import APIRouter

from kontor_gateway.features import FEATURES

# Where errors are problem+json whatever the client accepts.
API_PREFIXES = ("/api/", "/internal/", "/webhooks/", "/health", "/metrics")
HOT = tuple(route for feature in FEATURES for route in feature.hot)
SECRET_PATHS = tuple(path for feature in FEATURES for path in feature.secret_paths)


def routers() -> list[APIRouter]:
    fixed = [router for feature in FEATURES for router in feature.routers]
    return fixed + [router for feature in FEATURES for router in feature.portal]
