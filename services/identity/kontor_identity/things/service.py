"""Use cases of links to things, many at once: a sheet of stickers is one call."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.keys.derived import Purpose
from kontor_identity.models import ThingLink
from kontor_identity.parts import Parts
from kontor_identity.system_time import now
from kontor_identity.things.rules import expiry
from kontor_service.ids import uuid7


async def links_to_things(
    parts: Parts, merchant_id: UUID, things: Sequence[str], *, renew: bool = False
) -> list[dict[str, Any]]:
    """The links in the order asked for, made where there is none yet; the same again as long as they are good.

    With `renew` every address so far stops working at once, and what was revoked is good again.
    Without, a revoked one has no address, and `reason` says so.
    """
    async with parts.db.transaction(merchant_id) as session:
        found = await _made(session, merchant_id, things)
        for link in found.values():
            if renew or (link.expires_at <= now() and link.revoked_at is None):
                link.generation += 1
                link.revoked_at, link.expires_at = None, expiry(now())
        return [_answer(parts, found[thing]) for thing in things]


async def revoke_links_to_things(parts: Parts, merchant_id: UUID, things: Sequence[str]) -> list[dict[str, Any]]:
    """No address of these things works any more, until they are renewed; also where none was made so far."""
    async with parts.db.transaction(merchant_id) as session:
        found = await _made(session, merchant_id, things)
        for link in found.values():
            link.revoked_at = link.revoked_at or now()
        return [_answer(parts, found[thing]) for thing in things]


async def _made(session: AsyncSession, merchant_id: UUID, things: Sequence[str]) -> dict[str, ThingLink]:
    """One link per thing, under its row lock; always in the same order, so that two callers do not block each other."""
    instant = now()
    rows = [
        {"id": uuid7(), "merchant_id": merchant_id, "thing": thing, "generation": 1,
         "created_at": instant, "expires_at": expiry(instant)}
        for thing in sorted(set(things))
    ]  # fmt: skip
    await session.exec(insert(ThingLink).values(rows).on_conflict_do_nothing(constraint="uq_thing_link_thing"))
    wanted = select(ThingLink).where(ThingLink.merchant_id == merchant_id, col(ThingLink.thing).in_(things))
    found = await session.exec(wanted.order_by(ThingLink.thing).with_for_update())
    return {link.thing: link for link in found.all()}


def _answer(parts: Parts, link: ThingLink) -> dict[str, Any]:
    if link.revoked_at is not None:
        return {"thing": link.thing, "url": None, "reason": "revoked"}
    # The address is a secret: it is never logged and never on the bus.
    token = parts.secrets.token(Purpose.THING, link.id, link.generation)
    return {"thing": link.thing, "url": f"{parts.settings.portal_url}/z/{token}", "reason": None}
