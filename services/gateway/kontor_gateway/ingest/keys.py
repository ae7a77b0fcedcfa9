"""API keys at the door."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from kontor_gateway.edge import client_ip, edge_of
from kontor_service.errors import Unauthorized

_bearer = HTTPBearer(auto_error=False, scheme_name="API key", description="`Authorization: Bearer <API key>`")


class KeyMissing(Unauthorized):
    code, title = "api_key_missing", "An API key is needed"


@dataclass(frozen=True, slots=True)
class Permit:
    """A token for one command of the key's owner at one service."""

    token: str
    merchant_id: UUID


async def api_key(credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> str:
    if credentials is None or not credentials.credentials:
        raise KeyMissing("Authorization: Bearer <API key>", headers={"WWW-Authenticate": "Bearer"})
    return credentials.credentials


ApiKey = Annotated[str, Depends(api_key)]


async def permit(request: Request, key: str, *, audience: str, right: str) -> Permit:
    """Raises Unauthorized for an unknown or revoked key, Forbidden where its scopes do not include the right."""
    edge = edge_of(request)
    answer = await edge.owner("identity").request(
        "POST",
        "/v1/tokens",
        headers=edge.credential,
        json={"api_key": key[:200], "audience": audience, "right": right, "ip": client_ip(request)},
    )
    minted = answer.json()
    return Permit(minted["token"], UUID(minted["principal"]["merchant"]))
