"""Use cases of secret links, for staff and for mails."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_identity.customers.store import ContactMissing, CustomerMissing
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.derived import Purpose
from kontor_identity.links import store
from kontor_identity.links.rules import why_closed
from kontor_identity.links.store import Target, link_to, links_to
from kontor_identity.models import Contact, Customer, Link, Merchant
from kontor_identity.sessions.changes import grants_change
from kontor_service.commands import command_result
from kontor_service.errors import Conflict
from kontor_service.events import state_of
from kontor_service.i18n import N_

# A link would lead nowhere; `code` is one of NoLink.
PortalClosed = Conflict.named("portal_off", N_("The portal is switched off."))
LinkRevoked = Conflict.named("link_revoked", N_("The link was revoked."))


def url_of(deps: Dependencies, link: Link) -> str:
    """The address of the link in its present generation. It is a secret: never log it, never put it on the bus."""
    return f"{deps.settings.portal_url}/l/{deps.secrets.token(Purpose.LINK, link.id, link.generation)}"


async def merchants_link(deps: Dependencies, target: Target) -> dict[str, Any]:
    """The link for copying (A9), made on demand; `reason` says why there is none. Raises CustomerMissing."""
    async with deps.db.transaction(target.merchant_id) as session:
        customer = await _customer(session, target)
        link = await link_to(session, target, None)
        if link.expired:
            await store.renew(session, [link])
        return await _answer(session, deps, customer, link)


async def renew_links(deps: Dependencies, target: Target) -> dict[str, Any]:
    """New addresses for everybody; those so far stop working at once. Raises CustomerMissing."""
    return await _change(deps, target, store.renew)


async def revoke_links(deps: Dependencies, target: Target) -> dict[str, Any]:
    """Every link to it stops working at once, until it is renewed. Raises CustomerMissing."""
    return await _change(deps, target, store.revoke)


async def _change(
    deps: Dependencies, target: Target, change: Callable[[AsyncSession, list[Link]], Awaitable[None]]
) -> dict[str, Any]:
    async with deps.db.transaction(target.merchant_id) as session:
        await grants_change(session, target.merchant_id)
        customer = await _customer(session, target)
        link = await link_to(session, target, None)
        await change(session, await links_to(session, target))
        answer = await _answer(session, deps, customer, link)
    return answer | {"pushed": await deps.push.now(target.merchant_id)}


async def link_for_a_mail(deps: Dependencies, target: Target, contact_id: UUID | None, *, renew: bool = False) -> str:
    """The address for the mail to this person, or to the customer's own mailbox.

    With `renew` the one mailed before stops working at once; nobody else's does.
    Raises CustomerMissing, ContactMissing, PortalClosed, LinkRevoked (the merchant revoked it, or the person's access).
    """
    async with deps.db.transaction(target.merchant_id) as session:
        if renew:
            await grants_change(session, target.merchant_id)
        customer = await _customer(session, target)
        closed = why_closed(await session.get_one(Merchant, target.merchant_id), customer)
        if closed:
            raise PortalClosed(code=closed)
        if contact_id is not None:
            await _check_contact(session, target, contact_id)
        link = await link_to(session, target, contact_id)
        own = next((other for other in await links_to(session, target) if other.contact_id is None), link)
        if link.revoked_at is not None or own.revoked_at is not None:
            raise LinkRevoked(N_("The link was revoked. Please renew it first."))
        if renew or link.expired:
            await store.renew(session, [link])
        address = url_of(deps, link)
    if renew:
        await deps.push.now(target.merchant_id)
    return address


async def _check_contact(session: AsyncSession, target: Target, contact_id: UUID) -> None:
    contact = await session.get(Contact, contact_id)
    if contact is None or contact.customer_id != target.customer_id:
        raise ContactMissing
    if contact.access == "revoked":
        raise LinkRevoked(N_("This person's access was revoked."))


async def _customer(session: AsyncSession, target: Target) -> Customer:
    customer = await session.get(Customer, target.customer_id)
    if customer is None:
        raise CustomerMissing
    return customer


async def _answer(session: AsyncSession, deps: Dependencies, customer: Customer, link: Link) -> dict[str, Any]:
    merchant = await session.get_one(Merchant, customer.merchant_id)
    reason = why_closed(merchant, customer) or ("revoked" if link.revoked else None)
    described = {
        "id": str(link.id),
        "generation": link.generation,
        "revoked": link.revoked,
        "expires_at": link.expires_at.isoformat(),
        "last_used_at": link.last_used_at.isoformat() if link.last_used_at else None,
    }
    url = None if reason else url_of(deps, link)
    return command_result(state_of(pb.Link, link), url=url, reason=reason, link=described)
