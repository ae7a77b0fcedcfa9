"""Capability links over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from kontor_identity.access.rights import OWNERS
from kontor_identity.access.tokens import NotAllowed
from kontor_identity.capability_links.rules import Resource, may_link
from kontor_identity.capability_links.service import capability_links, revoke_capability_links
from kontor_identity.dependencies import Deps
from kontor_identity.fields import Input
from kontor_service.i18n import N_
from kontor_service.tokens import SERVICE_RIGHT, Principal, require

router = APIRouter(prefix="/v1/capability-links", tags=["links"])

_EDITORS = tuple(f"{owner}:edit" for owner in sorted(OWNERS))
Caller = Annotated[Principal, Depends(require(SERVICE_RIGHT, *_EDITORS))]


class Resources(Input):
    resources: Annotated[list[Resource], Field(min_length=1, max_length=500)]


class LinksWanted(Resources):
    # The addresses so far reached the wrong hands, or were revoked.
    renew: bool = False


@router.post("")
async def links(wanted: LinksWanted, deps: Deps, caller: Caller) -> dict[str, Any]:
    _check(caller, wanted)
    return {"links": await capability_links(deps, caller.merchant, wanted.resources, renew=wanted.renew)}


@router.post("/revoke")
async def revoke(wanted: Resources, deps: Deps, caller: Caller) -> dict[str, Any]:
    _check(caller, wanted)
    return {"links": await revoke_capability_links(deps, caller.merchant, wanted.resources)}


def _check(caller: Principal, wanted: Resources) -> None:
    refused = next((resource for resource in wanted.resources if not may_link(caller, resource)), None)
    if refused is not None:
        raise NotAllowed(N_("Links to %(resources)s are not yours to make."), resources=refused)
