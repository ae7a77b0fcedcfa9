"""Secret links to things over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from kontor_identity.access.rights import OWNERS
from kontor_identity.access.tokens import NotAllowed
from kontor_identity.fields import Input
from kontor_identity.parts import Here
from kontor_identity.things.rules import Thing, may_link
from kontor_identity.things.service import links_to_things, revoke_links_to_things
from kontor_service.tokens import SERVICE_RIGHT, Principal, require

router = APIRouter(prefix="/v1/things/links", tags=["links"])

_EDITORS = tuple(f"{owner}:edit" for owner in sorted(OWNERS))
Caller = Annotated[Principal, Depends(require(SERVICE_RIGHT, *_EDITORS))]


class Things(Input):
    things: Annotated[list[Thing], Field(min_length=1, max_length=500)]


class LinksWanted(Things):
    # The addresses so far reached the wrong hands, or were revoked.
    renew: bool = False


@router.post("")
async def links(wanted: LinksWanted, here: Here, caller: Caller) -> dict[str, Any]:
    _check(caller, wanted)
    return {"links": await links_to_things(here, caller.merchant, wanted.things, renew=wanted.renew)}


@router.post("/revoke")
async def revoke(wanted: Things, here: Here, caller: Caller) -> dict[str, Any]:
    _check(caller, wanted)
    return {"links": await revoke_links_to_things(here, caller.merchant, wanted.things)}


def _check(caller: Principal, wanted: Things) -> None:
    refused = next((thing for thing in wanted.things if not may_link(caller, thing)), None)
    if refused is not None:
        raise NotAllowed(f"Links to {refused} are not yours to make")
