"""Secret links to resources of other owners (a meter, an invitation to read meters): whoever holds one may do one thing with it.

Identity knows a resource by its name alone. Such a link opens no session: every command asks for a token anew, so what is
revoked has no copy anywhere that would have to be told.
"""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter, Depends
from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.access.rights import EDGE_OF_KIND, LINK_PATHS, LINK_RIGHTS, OWNERS
from kontor_identity.access.tokens import Minted, NotAllowed, PortalOff, mint
from kontor_identity.dependencies import Dependencies, Deps, LinkExpired, LinkUnknown
from kontor_identity.fields import Input
from kontor_identity.keys.derived import Purpose
from kontor_identity.limits import CAPABILITY_LINK, LINK_BY_IP, network
from kontor_identity.links.rules import expiry
from kontor_identity.models import CapabilityLink
from kontor_identity.system_time import now
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.tokens import SERVICE_RIGHT, Principal, require
from kontor_service.validation import wrong

router = APIRouter(prefix="/v1/capability-links", tags=["links"])

# A sticker hangs as long as its meter. The longest time a meter may hang without a new verification is 16 years
# (MessEV, Anlage 7), and samples of its kind can prolong that. Nobody goes round to put up new ones in between:
# whoever must end a link earlier revokes it.
_YEARS = 20
_EDITORS = tuple(f"{owner}:edit" for owner in sorted(OWNERS))
Caller = Annotated[Principal, Depends(require(SERVICE_RIGHT, *_EDITORS))]


def _resource(value: str) -> str:
    name, _, id = value.partition(":")
    context, _, aggregate = name.partition(".")
    if context not in OWNERS or not aggregate.isidentifier() or not aggregate.islower():
        raise wrong(
            "resource", N_("What a link is for is written <owner>.<aggregate>:<id>, for example meters.meter:4711.")
        )
    return f"{name}:{UUID(id)}"


Resource = Annotated[str, StringConstraints(max_length=100), AfterValidator(_resource)]


class Resources(Input):
    resources: Annotated[list[Resource], Field(min_length=1, max_length=500)]


class LinksWanted(Resources):
    # The addresses so far reached the wrong hands, or were revoked.
    renew: bool = False


@router.post("")
async def capability_links(wanted: LinksWanted, deps: Deps, caller: Caller) -> dict[str, Any]:
    """The links in the order asked for, made where there is none yet; the same again as long as they are good.

    With `renew` every address so far stops working at once, and what was revoked is good again.
    Without, a revoked one has no address, and `reason` says so.
    """
    async with deps.db.transaction(caller.merchant) as session:
        found = await _made(session, caller, wanted.resources)
        for link in found.values():
            if wanted.renew or (link.expires_at <= now() and link.revoked_at is None):
                link.generation += 1
                link.revoked_at, link.expires_at = None, expiry(now(), _YEARS)
        return {"links": [_answer(deps, found[resource]) for resource in wanted.resources]}


@router.post("/revoke")
async def revoke_capability_links(wanted: Resources, deps: Deps, caller: Caller) -> dict[str, Any]:
    """Revokes the links of these resources; each works again only after it is renewed. For a resource that has no link yet, a
    revoked one is stored, so that none can be made before a renewal."""
    async with deps.db.transaction(caller.merchant) as session:
        found = await _made(session, caller, wanted.resources)
        for link in found.values():
            link.revoked_at = link.revoked_at or now()
        return {"links": [_answer(deps, found[resource]) for resource in wanted.resources]}


async def inspect_capability_link(deps: Dependencies, text: str, ip: str = "") -> dict[str, Any] | None:
    """Whose link it is and to which resource; None where it is no link to a resource, but perhaps another's.

    Raises LinkExpired, PortalOff, TooMany: the page of such a link shows the resource at once, so one that is
    worthless must not name it.
    """
    await deps.limits.take(LINK_BY_IP, network(ip))
    try:
        _link_id, row = await _open(deps, text)
    except LinkUnknown:
        return None
    return {"slug": row["slug"], "document_id": None, "resource": row["resource"]}


async def token_for_link(deps: Dependencies, *, edge: str, audience: str, right: str, link: str, ip: str) -> Minted:
    """A token for one command at the owner of the link's resource, with a right that the owner's contract gives to links.

    Raises LinkUnknown, LinkExpired, NotAllowed, PortalOff, TooMany.
    """
    await deps.limits.take(LINK_BY_IP, network(ip))
    link_id, row = await _open(deps, link)
    # Counted by link only where it is genuine: nobody else can use up what its holder has.
    await deps.limits.take(CAPABILITY_LINK, str(link_id))
    if EDGE_OF_KIND["link"] != edge or _owner(row["resource"]) != audience or right not in LINK_RIGHTS[audience]:
        raise NotAllowed(
            N_("This link does not have the right %(right)s at %(audience)s."), right=right, audience=audience
        )
    return mint(
        deps.signing, audience, subject=f"link:{link_id}", kind="link", name="",
        merchant_id=row["merchant_id"], rights=[right], language=row["language"], resource=row["resource"],
    )  # fmt: skip


async def _open(deps: Dependencies, text: str) -> tuple[UUID, asyncpg.Record]:
    """The id of a good link, and whose it is to which resource."""
    token, row = await deps.look_up(text, "resource_of_link")
    generation = deps.secrets.generation_of(token, Purpose.CAPABILITY, row["generation"])
    if generation is None:
        raise LinkUnknown
    if generation != row["generation"] or row["closed"]:
        raise LinkExpired(slug=row["slug"], can_request_new=False)
    if not row["portal_enabled"]:
        raise PortalOff(slug=row["slug"])
    return token.id, row


async def _made(session: AsyncSession, caller: Principal, resources: Sequence[str]) -> dict[str, CapabilityLink]:
    """One link per resource, under its row lock; always in the same order, so that two callers do not block each other.

    Raises NotAllowed for a resource of an owner for whom the caller makes no links.
    """
    refused = next((resource for resource in resources if not _may_link(caller, resource)), None)
    if refused is not None:
        raise NotAllowed(N_("Links to %(resources)s are not yours to make."), resources=refused)
    instant = now()
    rows = [
        {"id": uuid7(), "merchant_id": caller.merchant, "resource": resource, "generation": 1,
         "created_at": instant, "expires_at": expiry(instant, _YEARS)}
        for resource in sorted(set(resources))
    ]  # fmt: skip
    await session.exec(
        insert(CapabilityLink).values(rows).on_conflict_do_nothing(constraint="uq_capability_link_resource")
    )
    wanted = select(CapabilityLink).where(
        CapabilityLink.merchant_id == caller.merchant, col(CapabilityLink.resource).in_(resources)
    )
    found = await session.exec(wanted.order_by(CapabilityLink.resource).with_for_update())
    return {link.resource: link for link in found.all()}


def _may_link(caller: Principal, resource: str) -> bool:
    """Staff and systems that may edit what the owner has, the owner itself, and whoever mails the link."""
    owner = _owner(resource)
    if caller.kind == "service":
        return caller.subject in ("service:notifications", f"service:{owner}")
    return caller.kind in ("staff", "key") and f"{owner}:edit" in caller.rights


def _owner(resource: str) -> str:
    """meters of meters.meter:0192…"""
    return resource.partition(".")[0]


def _answer(deps: Dependencies, link: CapabilityLink) -> dict[str, Any]:
    if link.revoked_at is not None:
        return {"resource": link.resource, "url": None, "reason": "revoked"}
    # The address is a secret: it is never logged and never on the bus.
    token = deps.secrets.token(Purpose.CAPABILITY, link.id, link.generation)
    return {
        "resource": link.resource,
        "url": f"{deps.settings.portal_url}/{LINK_PATHS[_owner(link.resource)]}/{token}",
        "reason": None,
    }
