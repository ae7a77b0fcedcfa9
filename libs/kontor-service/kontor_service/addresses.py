"""Cleans the addresses of requests and of redirects before routes and browsers see them."""

import re
from collections.abc import MutableMapping
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# In a query a form may have tabs and line breaks.
_ESCAPED = re.compile(rb"%(?:0[0-8bcef]|1[0-9a-f]|7f)", re.IGNORECASE)
_NOTHING = "\ufffd"
_ABSOLUTE = re.compile(rb"https?://[^/]*/+")


class PlainAddresses:
    """Replaces each control character in a request's address by U+FFFD, as the server does with bytes that are not UTF-8.

    The redirect from /x/ to /x stays at the host that was asked, whatever the Host header says.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        scope["path"] = _CONTROL.sub(_NOTHING, scope["path"])
        if scope["query_string"]:
            scope["query_string"] = _ESCAPED.sub(b"%EF%BF%BD", scope["query_string"])

        async def answer(message: MutableMapping[str, Any]) -> None:
            # Starlette's own; a route of ours redirects with 303.
            if message["type"] == "http.response.start" and message["status"] == 307:
                message["headers"] = [
                    (name, _ABSOLUTE.sub(b"/", value, count=1) if name == b"location" else value)
                    for name, value in message["headers"]
                ]
            await send(message)

        return await self._app(scope, receive, answer)
