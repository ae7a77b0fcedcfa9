"""HTTP from one part of the platform to another."""

import json
import ssl
from functools import cache
from typing import Any, Self

import httpx

from kontor_service.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Gone,
    Invalid,
    NotFound,
    Problem,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from kontor_service.i18n import accept_language
from kontor_service.telemetry import trace_headers
from kontor_service.vocabulary import Rendered

# Servers close a connection that was idle for 5 s; one used again at that moment would be lost with its request.
_IDLE_SECONDS = 2.0
_BY_STATUS: dict[int, type[Problem]] = {
    kind.status: kind for kind in (Unauthorized, Forbidden, NotFound, Conflict, Gone, TooLarge, Invalid, TooMany)
}


@cache
def _certificates() -> ssl.SSLContext:
    """The system's, read once: reading them for each client is most of what a service's start computes."""
    return httpx.create_ssl_context()


class ServiceClient:
    """Calls one service. Its problems are raised as ours; its silence is Unavailable (503)."""

    def __init__(self, base_url: str, *, timeout: float = 5.0) -> None:
        """`timeout` in seconds, for the whole answer of a call."""
        self._http = httpx.AsyncClient(
            base_url=base_url, timeout=timeout, follow_redirects=False, verify=_certificates(),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=_IDLE_SECONDS),
        )  # fmt: skip

    async def request(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Raises Problem with the callee's status and code, and Unavailable for 5xx, time-outs and lost connections."""
        # What a caller's header said is passed on byte by byte, as ASGI read it; httpx alone would insist on ASCII.
        sent = httpx.Headers(accept_language() | trace_headers() | (headers or {}), encoding="latin-1")
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if options.get("json") is not None:
            # In ASCII: half a character, which UTF-8 cannot say, is for the callee to refuse.
            options["content"] = json.dumps(options.pop("json"))
            sent["Content-Type"] = "application/json"
        try:
            response = await self._http.request(method, path, headers=sent, **options)
        except httpx.HTTPError as error:
            raise Unavailable from error
        if response.status_code >= 500:
            raise Unavailable
        if response.status_code >= 400:
            raise problem_from(response)
        return response

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def problem_from(response: httpx.Response) -> Problem:
    """The problem another service answered with, as an exception of ours: NotFound for 404, and so on."""
    try:
        body: dict[str, Any] = response.json()
    except ValueError:
        body = {}
    known = {"type", "title", "status", "detail", "code", "field", "errors", "trace"}
    return _BY_STATUS.get(response.status_code, Problem)(
        Rendered(body.get("detail", "")),
        status=response.status_code,
        code=body.get("code", "http_error"),
        title=Rendered(body.get("title", response.reason_phrase)),
        field=body.get("field"),
        errors=[_rendered(error) for error in body.get("errors", ())],
        headers={"Retry-After": response.headers["retry-after"]} if "retry-after" in response.headers else None,
        **{name: value for name, value in body.items() if name not in known},
    )


def _rendered(error: FieldError) -> FieldError:
    error["message"] = Rendered(error["message"])
    return error
