"""No body is read before its sender was let in, and none without a limit."""

from collections.abc import Awaitable, Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kontor_service.errors import TooLarge
from kontor_service.i18n import N_

T = TypeVar("T")
E = TypeVar("E", bound=Callable[..., Any])

MEBIBYTE = 1024**2
# JSON and forms become many times as much in memory, and are parsed while everybody else waits.
MOST_BYTES = MEBIBYTE
# Of whom nothing is known, where a form of a few fields is expected.
FEW_BYTES = 64 * 1024
_KNOWN = "kontor.let_in"
_FEW = "kontor.few_bytes"


def takes(most: int | Callable[[Any], int], *, from_anybody: bool = False) -> Callable[[E], E]:
    """Says of a route how many bytes its body may have, where that is not MOST_BYTES: a number, or one of the settings.
    `from_anybody`: also where the app lets nobody else send anything; the endpoint itself decides whose body it reads.

    @router.post("/v1/photos")
    @takes(25 * MEBIBYTE)
    """

    def mark(endpoint: E) -> E:
        endpoint.most_bytes, endpoint.from_anybody = most, from_anybody  # type: ignore[attr-defined]
        return endpoint

    return mark


def before_body(check: Callable[[Request], Awaitable[T]]) -> Callable[[Request], Awaitable[T]]:
    """A dependency that lets the caller in or raises: it is asked before the body is read, and once per request."""

    @wraps(check)
    async def once(request: Request) -> T:
        known: dict[Any, T] = request.scope.setdefault(_KNOWN, {})
        if once not in known:
            known[once] = await check(request)
        return known[once]

    once.before_body = True  # type: ignore[attr-defined]
    return once


def let_few_bytes_in(request: Request) -> None:
    """Allows reading FEW_BYTES of a body whose sender was not let in: what they typed is shown to them again."""
    request.scope[_FEW] = True


class LimitedBodies:
    """Middleware: what is too large is refused while it is read, by whatever reads it (TooLarge).

    Nothing is read before the route's `before_body` dependencies have let the caller in; where it has none, the app's own
    check, `state.let_in`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        # Servers let only digits through.
        announced = headers.get(b"content-length", b"0")
        if announced == b"0" and b"transfer-encoding" not in headers:
            await self._app(scope, receive, send)
            return
        most = passed = 0

        async def limited() -> Message:
            nonlocal most, passed
            if not most:
                # The route is known by now.
                if scope.get(_FEW):
                    most = FEW_BYTES
                else:
                    for check in _checks(scope):
                        await check(Request(scope))
                    most = _most_bytes(scope)
                _check(int(announced[:18]), most)
            message = await receive()
            passed += len(message.get("body", b""))
            _check(passed, most)
            return message

        await self._app(scope, limited, send)


def _most_bytes(scope: Scope) -> int:
    most = getattr(scope.get("endpoint"), "most_bytes", MOST_BYTES)
    return int(most(scope["app"].state.settings) if callable(most) else most)


def _check(count: int, most: int) -> None:
    if count > most:
        raise TooLarge(
            N_("At most %(megabytes)s MiB are accepted."),
            code="file_too_large",
            field="file",
            megabytes=most // MEBIBYTE or most / MEBIBYTE,
        )


def _checks(scope: Scope) -> list[Callable[[Request], Awaitable[Any]]]:
    own = list(_dependencies(getattr(scope.get("route"), "dependant", None)))
    if own or getattr(scope.get("endpoint"), "from_anybody", False):
        return own
    let_in = getattr(scope["app"].state, "let_in", None)
    return [let_in] if let_in else []


def _dependencies(dependant: Any) -> Iterator[Callable[[Request], Awaitable[Any]]]:
    for dependency in dependant.dependencies if dependant else ():
        yield from _dependencies(dependency)
        if getattr(dependency.call, "before_body", False):
            yield dependency.call
