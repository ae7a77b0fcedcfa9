"""Other systems' doors: an API key becomes a token for one command, a body passes through to the owner, or a list of
inputs is done one by one."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kontor_edge.edge import client_ip, edge_of
from kontor_service.errors import Problem, TooLarge, Unauthorized, Unavailable
from kontor_service.i18n import N_

T = TypeVar("T")
# Inputs in one request.
MOST = 500
_bearer = HTTPBearer(auto_error=False, scheme_name="API key", description="`Authorization: Bearer <API key>`")


KeyMissing = Unauthorized.named("api_key_missing", N_("An API key is needed."))


class UploadTooLarge(TooLarge):
    code = "file_too_large"


@dataclass(frozen=True, slots=True)
class Permit:
    """A token for one command of the key's owner at one service."""

    token: str
    merchant_id: UUID


async def api_key(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    if credentials is None or not credentials.credentials:
        raise KeyMissing(
            N_("An API key is needed, as Authorization: Bearer <API key>"), headers={"WWW-Authenticate": "Bearer"}
        )
    return credentials.credentials


ApiKey = Annotated[str, Depends(api_key)]


async def permit(request: Request, key: str, *, audience: str, right: str) -> Permit:
    """Raises Unauthorized for an unknown or revoked key, Forbidden where its scopes do not include the right."""
    edge = edge_of(request)
    wanted = {"api_key": key[:200], "audience": audience, "right": right, "ip": client_ip(request)}
    answer = await edge.owner("identity").request("POST", "/v1/tokens", headers=edge.credential, json=wanted)
    minted = answer.json()
    return Permit(minted["token"], UUID(minted["principal"]["merchant"]))


def check_length(request: Request, limit: int) -> None:
    """Refuses what says itself that it is too large, before a byte of it is read. Raises UploadTooLarge."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and (len(length) > 18 or int(length) > limit):
        raise _too_large(limit)


async def limited(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body in pieces. Raises UploadTooLarge after `limit` bytes: the owner then gets an unfinished request."""
    passed = 0
    async for piece in request.stream():
        passed += len(piece)
        if passed > limit:
            raise _too_large(limit)
        yield piece


def _too_large(limit: int) -> UploadTooLarge:
    return UploadTooLarge(N_("At most %(megabytes)s MiB are accepted."), field="file", megabytes=limit // 1024**2)


async def each(inputs: list[T], do: Callable[[T], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """`{"results": […], "failed": n}` in the order of the input; a failed one has `error` (a problem).

    Raises Unavailable where the owner is down: what was done stays done, and sending all again does it once.
    """
    results: list[dict[str, Any]] = []
    for index, one in enumerate(inputs):
        try:
            results.append({"index": index} | await do(one))
        except Unavailable:
            raise
        except Problem as problem:
            results.append({"index": index, "error": problem.as_dict()})
    return {"results": results, "failed": sum("error" in result for result in results)}
