"""The cookie of a portal session: one per merchant, so that portals do not know of each other."""

import hashlib
from datetime import UTC, datetime

from fastapi import Request
from starlette.responses import Response


def cookie_name(slug: str) -> str:
    return f"__Host-kontor-{slug}"


def session_hash(request: Request, slug: str) -> str:
    """Under what identity and the copy know this browser's session; empty without a cookie."""
    token = request.cookies.get(cookie_name(slug))
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def set_session(response: Response, slug: str, token: str, expires_at: str) -> None:
    """`expires_at`: ISO 8601 with zone, as identity says it."""
    left = datetime.fromisoformat(expires_at) - datetime.now(UTC)
    response.set_cookie(
        cookie_name(slug), token, max_age=max(0, int(left.total_seconds())),
        path="/", secure=True, httponly=True, samesite="lax",
    )  # fmt: skip


def drop_session(response: Response, slug: str) -> None:
    response.delete_cookie(cookie_name(slug), path="/", secure=True, httponly=True, samesite="lax")
