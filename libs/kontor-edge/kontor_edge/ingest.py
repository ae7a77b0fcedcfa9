"""Other systems' doors: an API key becomes a token for one command, a body passes through to the owner, or a list of
inputs is done one by one."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from kontor_edge.edge import client_ip, edge_of
from kontor_service.bodies import before_body
from kontor_service.errors import Problem, Unauthorized, Unavailable
from kontor_service.i18n import N_
from kontor_service.paging import Paging

T = TypeVar("T")
# Inputs in one request.
MOST = 500
_bearer = HTTPBearer(auto_error=False, scheme_name="API key", description="`Authorization: Bearer <API key>`")


KeyMissing = Unauthorized.named("api_key_missing", N_("An API key is needed."))


@dataclass(frozen=True, slots=True)
class Permit:
    """A token for one command of the key's owner at one service."""

    token: str
    merchant_id: UUID


class Result(BaseModel):
    """The result for one item of a list: the fields that a request with this item alone would return, or its `error`."""

    model_config = ConfigDict(extra="allow")

    index: int
    error: Annotated[dict[str, Any] | None, Field(description="problem+json")] = None


class Results(BaseModel):
    """In the order of the input."""

    results: list[Result]
    failed: int


def data_body(name: str, *, many: bool = False) -> dict[str, Any]:
    """`openapi_extra` for a route that passes its body on to the owner; with `many` the body may also be a list."""
    one = {"$ref": f"#/components/schemas/{name}"}
    schema = {"anyOf": [one, {"type": "array", "items": one, "maxItems": MOST}]} if many else one
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def let_in(audience: str, right: str) -> Any:
    """A dependency: the Permit for this request, whose key is checked before its body is read."""

    @before_body
    async def check(request: Request) -> Permit:
        return await permit(request, audience=audience, right=right)

    async def permitted(found: Annotated[Permit, Depends(check)], _: Annotated[Any, Depends(_bearer)]) -> Permit:
        return found

    return Depends(permitted)


async def permit(request: Request, *, audience: str, right: str) -> Permit:
    """A token of this request's API key. Raises Unauthorized if the key is missing, unknown or revoked, Forbidden if its
    scopes do not include the right."""
    credentials = await _bearer(request)
    if credentials is None or not credentials.credentials:
        raise KeyMissing(
            N_("An API key is needed, as Authorization: Bearer <API key>"), headers={"WWW-Authenticate": "Bearer"}
        )
    edge = edge_of(request)
    wanted = {
        "api_key": credentials.credentials[:200], "audience": audience, "right": right, "ip": client_ip(request),
    }  # fmt: skip
    answer = await edge.owner("identity").request("POST", "/v1/tokens", headers=dict(edge.credential), json=wanted)
    minted = answer.json()
    return Permit(minted["token"], UUID(minted["principal"]["merchant"]))


async def parked(request: Request, allowed: Permit, owner: str, path: str, paging: Paging) -> dict[str, Any]:
    """A page of what waits at its owner for something that it needs."""
    answer = await edge_of(request).owner(owner).request(
        "GET", path, token=allowed.token, params=paging.model_dump(mode="json")
    )  # fmt: skip
    found: dict[str, Any] = answer.json()
    return found


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
