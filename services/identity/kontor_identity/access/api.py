"""Keys and tokens."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, model_validator

from kontor_identity.access.services import CallingService
from kontor_identity.access.tokens import Minted, token_for_key, token_for_session, token_of_a_service
from kontor_identity.capability_links import token_for_link
from kontor_identity.dependencies import Deps
from kontor_identity.fields import Input
from kontor_service.i18n import N_
from kontor_service.validation import wrong

router = APIRouter(tags=["tokens"])

Audience = Annotated[str, Field(pattern=r"^[a-z]{2,40}$")]


class TokenWanted(Input):
    audience: Audience
    right: Annotated[str, Field(max_length=60)]
    session_hash: Annotated[str, Field(max_length=64)] | None = None
    api_key: Annotated[str, Field(max_length=200)] | None = None
    link: Annotated[str, Field(max_length=200)] | None = None
    ip: str = ""

    @model_validator(mode="after")
    def one_of_them(self) -> "TokenWanted":
        if sum(who is not None for who in (self.session_hash, self.api_key, self.link)) != 1:
            raise wrong("one_of", N_("One of session_hash, api_key and link is needed."))
        return self


class ServiceTokenWanted(Input):
    audience: Audience
    merchant_id: UUID | None = None


@router.get("/.well-known/jwks.json")
async def key_set(deps: Deps) -> dict[str, Any]:
    return deps.signing.key_set()


@router.post("/v1/tokens")
async def token_for_a_command(wanted: TokenWanted, deps: Deps, edge: CallingService) -> Minted:
    asked = {"edge": edge, "audience": wanted.audience, "right": wanted.right}
    if wanted.link is not None:
        return await token_for_link(deps, **asked, link=wanted.link, ip=wanted.ip)
    if wanted.api_key is not None:
        return await token_for_key(deps, **asked, api_key=wanted.api_key)
    return await token_for_session(deps, **asked, session_hash=wanted.session_hash or "")


@router.post("/v1/service-tokens")
async def token_for_a_service(wanted: ServiceTokenWanted, deps: Deps, service: CallingService) -> Minted:
    return token_of_a_service(deps.signing, service=service, audience=wanted.audience, merchant_id=wanted.merchant_id)
