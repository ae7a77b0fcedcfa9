"""Use cases of capability links, many at once: a sheet of stickers is one call."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.capability_links.rules import expiry
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.derived import Purpose
from kontor_identity.models import CapabilityLink
from kontor_identity.system_time import now
from kontor_service.ids import uuid7


async def capability_links(
    deps: Dependencies, merchant_id: UUID, resources: Sequence[str], *, renew: bool = False
) -> list[dict[str, Any]]:
    """The links in the order asked for, made where there is none yet; the same again as long as they are good.

    With `renew` every address so far stops working at once, and what was revoked is good again.
    Without, a revoked one has no address, and `reason` says so.
    """
    async with deps.db.transaction(merchant_id) as session:
        found = await _made(session, merchant_id, resources)
        for link in found.values():
            if renew or (link.expires_at <= now() and link.revoked_at is None):
                link.generation += 1
                link.revoked_at, link.expires_at = None, expiry(now())
        return [_answer(deps, found[resource]) for resource in resources]


async def revoke_capability_links(
    deps: Dependencies, merchant_id: UUID, resources: Sequence[str]
) -> list[dict[str, Any]]:
    """No address of these resources works any more, until they are renewed; also where none was made so far."""
    async with deps.db.transaction(merchant_id) as session:
        found = await _made(session, merchant_id, resources)
        for link in found.values():
            link.revoked_at = link.revoked_at or now()
        return [_answer(deps, found[resource]) for resource in resources]


async def _made(session: AsyncSession, merchant_id: UUID, resources: Sequence[str]) -> dict[str, CapabilityLink]:
    """One link per resource, under its row lock; always in the same order, so that two callers do not block each other."""
    instant = now()
    rows = [
        {"id": uuid7(), "merchant_id": merchant_id, "resource": resource, "generation": 1,
         "created_at": instant, "expires_at": expiry(instant)}
        for resource in sorted(set(resources))
    ]  # fmt: skip
    await session.exec(
        insert(CapabilityLink).values(rows).on_conflict_do_nothing(constraint="uq_capability_link_resource")
    )
    wanted = select(CapabilityLink).where(
        CapabilityLink.merchant_id == merchant_id, col(CapabilityLink.resource).in_(resources)
    )
    found = await session.exec(wanted.order_by(CapabilityLink.resource).with_for_update())
    return {link.resource: link for link in found.all()}


def _answer(deps: Dependencies, link: CapabilityLink) -> dict[str, Any]:
    if link.revoked_at is not None:
        return {"resource": link.resource, "url": None, "reason": "revoked"}
    # The address is a secret: it is never logged and never on the bus.
    token = deps.secrets.token(Purpose.CAPABILITY, link.id, link.generation)
    return {"resource": link.resource, "url": f"{deps.settings.portal_url}/z/{token}", "reason": None}
