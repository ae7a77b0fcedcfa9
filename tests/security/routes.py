"""Every route of every service, as the app itself knows them: one that is new stands here without anybody's doing."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import Mount

_UNUSED = "postgresql://nobody:x@127.0.0.1:1/nothing"
_SECRET = "x" * 48


def routes_of(service: str) -> list[str]:
    """`METHOD /path/{parameter}` of each route, mounts as `MOUNT /path`."""
    return sorted(set(_walk(_app(service).routes)))


def described(service: str) -> dict[str, Any]:
    """OpenAPI of all its routes, pages as well."""
    app = _app(service)
    return get_openapi(title=service, version="1", routes=app.routes)


def published(service: str) -> dict[str, Any]:
    """The OpenAPI document that the service publishes."""
    found: dict[str, Any] = _app(service).openapi()
    return found


def _app(service: str) -> Any:
    settings = import_module(f"kontor_{service}.settings").Settings
    wanted = {
        "environment": "development", "database_url": _UNUSED, "copy_database_url": _UNUSED, "bus_url": _UNUSED,
        "service_secret": _SECRET, "service_secrets": {"gateway": _SECRET}, "credential_key": "ab" * 24,
        "sandbox_platform_key": "ab" * 24, "sandbox_url": "http://127.0.0.1:1", "webhook_url": "http://127.0.0.1:1",
        "files_url": "file:///tmp",
    }  # fmt: skip
    known = {name: value for name, value in wanted.items() if name in settings.model_fields}
    return import_module(f"kontor_{service}.app").create_app(settings(**known))


def _walk(routes: Any) -> Iterator[str]:
    for route in routes:
        if isinstance(route, Mount):
            yield f"MOUNT {route.path}"
        elif hasattr(route, "effective_route_contexts"):
            yield from _walk(route.effective_route_contexts())
        else:
            yield from (f"{method} {route.path}" for method in route.methods or () if method != "HEAD")
