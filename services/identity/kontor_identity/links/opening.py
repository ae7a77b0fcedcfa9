"""Opening a secret link, and asking for a fresh one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.access.tokens import PortalOff
from kontor_identity.challenges import issue
from kontor_identity.dependencies import Dependencies, LinkExpired, LinkUnknown
from kontor_identity.keys.derived import Purpose, SecretKeys, Token
from kontor_identity.limits import FRESH_LINK, LINK_BY_IP, network
from kontor_identity.links import store
from kontor_identity.links.rules import why_closed
from kontor_identity.models import Contact, Customer, Link, Merchant
from kontor_identity.sessions.changes import session_starts
from kontor_identity.sessions.start import Started, start_session
from kontor_identity.system_time import now
from kontor_service.errors import TooMany

# Opening tells the merchant's list no more often than this.
_USE_TOLD_EVERY = timedelta(hours=1)
_FRESH_LINK_LIFETIME = timedelta(days=7)


async def open_link(deps: Dependencies, text: str, ip: str) -> Started:
    """A session that sees what the link opens. Raises LinkUnknown, LinkExpired, PortalOff, TooMany."""
    await deps.limits.take(LINK_BY_IP, network(ip))
    token, (merchant_id,) = await deps.look_up(text, "merchant_of_link")
    async with deps.db.transaction(merchant_id) as session:
        await session_starts(session, merchant_id)
        link = await _locked(session, token.id)
        await _check_opens(session, deps.secrets, link, token)
        if link.last_used_at is None or now() - link.last_used_at > _USE_TOLD_EVERY:
            await store.used(session, link)
        return await start_session(
            session, deps, kind="link", merchant_id=merchant_id, ip=ip, link_id=link.id,
            link_generation=link.generation, customer_id=link.customer_id, document_id=link.document_id,
            contact_id=link.contact_id,
        )  # fmt: skip


async def inspect_link(deps: Dependencies, text: str) -> dict[str, Any]:
    """Whose link it is and of which document, for the page with its button. Uses nothing up.

    Raises LinkUnknown, LinkExpired, PortalOff.
    """
    token, (merchant_id,) = await deps.look_up(text, "merchant_of_link")
    async with deps.db.transaction(merchant_id) as session:
        link = await session.get_one(Link, token.id)
        merchant = await session.get_one(Merchant, merchant_id)
        await _check_opens(session, deps.secrets, link, token)
        if why_closed(merchant, await session.get_one(Customer, link.customer_id)):
            raise PortalOff(slug=merchant.slug)
        return {"slug": merchant.slug, "document_id": str(link.document_id) if link.document_id else None}


async def request_new_link(deps: Dependencies, text: str) -> None:
    """Mails a link that works to whom the old one belonged. Says nothing about whether there was one."""
    try:
        token, (merchant_id,) = await deps.look_up(text, "merchant_of_link")
        await deps.limits.take(FRESH_LINK, str(token.id))
    except (LinkUnknown, TooMany):
        return
    async with deps.db.transaction(merchant_id) as session:
        link = await _locked(session, token.id)
        recipient = await store.recipient_of(session, link)
        known = deps.secrets.generation_of(token, Purpose.LINK, link.generation) is not None
        if not known or not _can_request_new(link, recipient):
            return
        if link.expired:
            await store.renew(session, [link])
        issue(
            session, deps, merchant_id, kind="document_link", lifetime=_FRESH_LINK_LIFETIME, link_id=link.id,
            customer_id=link.customer_id, document_id=link.document_id, **store.mailed_to(recipient),
        )  # fmt: skip


async def _check_opens(session: AsyncSession, secrets: SecretKeys, link: Link, token: Token) -> None:
    generation = secrets.generation_of(token, Purpose.LINK, link.generation)
    if generation is None:
        raise LinkUnknown
    recipient = await store.recipient_of(session, link)
    stale = generation != link.generation or link.expired
    if stale or link.revoked or _lost_access(recipient):
        merchant = await session.get_one(Merchant, link.merchant_id)
        raise LinkExpired(slug=merchant.slug, can_request_new=_can_request_new(link, recipient))


def _can_request_new(link: Link, recipient: Contact | Customer) -> bool:
    return not link.revoked and not _lost_access(recipient) and bool(recipient.email)


def _lost_access(recipient: Contact | Customer) -> bool:
    return isinstance(recipient, Contact) and recipient.access == "revoked"


async def _locked(session: AsyncSession, link_id: UUID) -> Link:
    return (await session.exec(select(Link).where(Link.id == link_id).with_for_update())).one()
