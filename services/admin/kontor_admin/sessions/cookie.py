"""The session's cookie: its value is known to the browser and, as a hash, to us."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from kontor_admin.sessions.store import keep
from kontor_admin.staff import COOKIE


async def begin(request: Request, response: Response, started: dict[str, Any]) -> None:
    """Takes up the session that identity has started. It lasts as long as the browser is open, at most a day."""
    await keep(request, [started["session"]])
    response.set_cookie(COOKIE, started["token"], path="/", secure=True, httponly=True, samesite="lax")


def forget(response: Response) -> None:
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
