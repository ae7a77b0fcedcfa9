"""Links in the database, and the facts about them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import record
from kontor_identity.links.rules import expiry
from kontor_identity.models import Contact, Customer, Link
from kontor_identity.sessions.changes import link_changed
from kontor_identity.system_time import now
from kontor_service.events import state_of
from kontor_service.ids import uuid7


@dataclass(frozen=True)
class Target:
    """What links open: a customer's portal, or one document of the customer's."""

    merchant_id: UUID
    customer_id: UUID
    document_id: UUID | None


async def links_to(session: AsyncSession, target: Target) -> list[Link]:
    """All links to it, the merchant's own first, under their row locks."""
    query = (
        select(Link)
        .where(Link.customer_id == target.customer_id, col(Link.document_id).is_not_distinct_from(target.document_id))
        .order_by(col(Link.contact_id).nulls_first())
        .with_for_update()
    )
    return list((await session.exec(query)).all())


async def link_to(session: AsyncSession, target: Target, contact_id: UUID | None) -> Link:
    """The one link to it for this person (None: the merchant's own), made if there is none yet."""
    instant = now()
    row = Link(
        id=uuid7(), merchant_id=target.merchant_id, customer_id=target.customer_id, document_id=target.document_id,
        contact_id=contact_id, created_at=instant, expires_at=expiry(instant),
    )  # fmt: skip
    made = await session.exec(
        insert(Link)
        .values(**row.model_dump())
        .on_conflict_do_nothing(constraint="uq_link_target")
        .returning(col(Link.id))
    )
    is_new = made.one_or_none() is not None
    found = next(link for link in await links_to(session, target) if link.contact_id == contact_id)
    if is_new:
        record(session, pb.LinkCreated(link=state_of(pb.Link, found)))
    return found


async def renew(session: AsyncSession, links: list[Link]) -> None:
    """The addresses so far are worthless; the links are good again under new ones."""
    instant = now()
    for link in links:
        link.generation += 1
        link.revoked_at, link.expires_at = None, expiry(instant)
        await _tell(session, link, pb.LinkRenewed)
    await link_changed(session, [link.id for link in links])


async def revoke(session: AsyncSession, links: list[Link]) -> None:
    for link in links:
        if link.revoked_at is None:
            link.revoked_at = now()
            await _tell(session, link, pb.LinkRevoked)
    await link_changed(session, [link.id for link in links])


async def used(session: AsyncSession, link: Link) -> None:
    link.last_used_at = now()
    await _tell(session, link, pb.LinkUsed)


async def kill_links_of_contact(session: AsyncSession, contact: Contact) -> None:
    """What was mailed to this person opens nothing any more; the next mail carries a new address."""
    query = select(Link).where(Link.contact_id == contact.id).with_for_update()
    await renew(session, list((await session.exec(query)).all()))


async def _tell(session: AsyncSession, link: Link, fact: type[Message]) -> None:
    link.touch()
    await session.flush()
    record(session, fact(link=state_of(pb.Link, link)))


async def recipient_of(session: AsyncSession, link: Link) -> Contact | Customer:
    """Where a mail about the link goes: the person it was mailed to, else the customer's own mailbox."""
    if link.contact_id:
        return await session.get_one(Contact, link.contact_id)
    return await session.get_one(Customer, link.customer_id)


def mailed_to(recipient: Contact | Customer) -> dict[str, Any]:
    """What a challenge keeps of whom it is mailed to."""
    return {
        "email": recipient.email, "name": recipient.name, "language": recipient.language,
        "contact_id": recipient.id if isinstance(recipient, Contact) else None,
    }  # fmt: skip
