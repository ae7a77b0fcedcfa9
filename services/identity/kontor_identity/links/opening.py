"""Opening a secret link, and asking for a fresh one."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.challenges.service import issue
from kontor_identity.dependencies import Dependencies
from kontor_identity.keys.derived import Purpose, SecretKeys, Token, TokenUnreadable
from kontor_identity.limits.buckets import FRESH_LINK, LINK_BY_IP, network
from kontor_identity.links import store
from kontor_identity.links.rules import expired
from kontor_identity.models import Contact, Customer, Link, Merchant
from kontor_identity.sessions.changes import session_starts
from kontor_identity.sessions.start import Started, start_session
from kontor_identity.system_time import now
from kontor_service.errors import Gone, NotFound, TooMany
from kontor_service.i18n import N_

# Opening tells the merchant's list no more often than this.
_USE_TOLD_EVERY = timedelta(hours=1)
_FRESH_LINK_LIFETIME = timedelta(days=7)


LinkUnknown = NotFound.named("link_unknown", N_("There is no such link."))
LinkExpired = Gone.named("link_expired", N_("The link is no longer valid."))


@dataclass(frozen=True)
class Recipient:
    """To whom a link belongs, and where a mail about it goes; never to an address somebody types in."""

    email: str
    name: str
    language: str
    contact_id: UUID | None
    revoked: bool


async def open_link(deps: Dependencies, text: str, ip: str) -> Started:
    """A session that sees what the link opens. Raises LinkUnknown, LinkExpired, PortalOff, TooMany."""
    await deps.limits.take(LINK_BY_IP, network(ip))
    token, merchant_id = await _known(deps, text)
    async with deps.db.transaction(merchant_id) as session:
        await session_starts(session, merchant_id)
        link = await _locked(session, token.id)
        await _check_opens(session, deps.secrets, link, token)
        if link.last_used_at is None or now() - link.last_used_at > _USE_TOLD_EVERY:
            await store.used(session, link)
        return await start_session(
            session, deps.settings, kind="link", merchant_id=merchant_id, ip=ip, link_id=link.id,
            link_generation=link.generation, customer_id=link.customer_id, document_id=link.document_id,
            contact_id=link.contact_id,
        )  # fmt: skip


async def inspect_link(deps: Dependencies, text: str) -> dict[str, Any]:
    """Whose link it is and of which document, for the page with its button. Uses nothing up. Raises LinkUnknown."""
    token, merchant_id = await _known(deps, text)
    async with deps.db.transaction(merchant_id) as session:
        link = await session.get(Link, token.id)
        if link is None or deps.secrets.generation_of(token, Purpose.LINK, link.generation) is None:
            raise LinkUnknown
        merchant = await session.get_one(Merchant, merchant_id)
        return {"slug": merchant.slug, "document_id": str(link.document_id) if link.document_id else None}


async def request_new_link(deps: Dependencies, text: str) -> None:
    """Mails a link that works to whom the old one belonged. Says nothing about whether there was one."""
    try:
        token, merchant_id = await _known(deps, text)
        await deps.limits.take(FRESH_LINK, str(token.id))
    except (LinkUnknown, TooMany):
        return
    async with deps.db.transaction(merchant_id) as session:
        link = await _locked(session, token.id)
        recipient = await recipient_of(session, link)
        known = deps.secrets.generation_of(token, Purpose.LINK, link.generation) is not None
        if not known or not _can_request_new(link, recipient):
            return
        if expired(link, now()):
            await store.renew(session, [link])
        issue(
            session, deps, merchant_id, kind="document_link", email=recipient.email, name=recipient.name,
            language=recipient.language, lifetime=_FRESH_LINK_LIFETIME, link_id=link.id,
            contact_id=recipient.contact_id, customer_id=link.customer_id, document_id=link.document_id,
        )  # fmt: skip


async def recipient_of(session: AsyncSession, link: Link) -> Recipient:
    """The person it was mailed to, else the customer's own mailbox."""
    customer = await session.get_one(Customer, link.customer_id)
    contact = await session.get_one(Contact, link.contact_id) if link.contact_id else None
    if contact is None:
        return Recipient(customer.email, customer.name, customer.language, None, revoked=False)
    return Recipient(contact.email, contact.name, contact.language, contact.id, contact.access == "revoked")


async def _check_opens(session: AsyncSession, secrets: SecretKeys, link: Link, token: Token) -> None:
    generation = secrets.generation_of(token, Purpose.LINK, link.generation)
    if generation is None:
        raise LinkUnknown
    recipient = await recipient_of(session, link)
    stale = generation != link.generation or expired(link, now())
    if stale or link.revoked_at is not None or recipient.revoked:
        merchant = await session.get_one(Merchant, link.merchant_id)
        raise LinkExpired(slug=merchant.slug, can_request_new=_can_request_new(link, recipient))


def _can_request_new(link: Link, recipient: Recipient) -> bool:
    return link.revoked_at is None and not recipient.revoked and bool(recipient.email)


async def _known(deps: Dependencies, text: str) -> tuple[Token, UUID]:
    try:
        token = deps.secrets.read(text)
    except TokenUnreadable as error:
        raise LinkUnknown from error
    merchant_id = await deps.db.pool.fetchval("SELECT merchant_of_link($1)", token.id)
    if merchant_id is None:
        raise LinkUnknown
    return token, merchant_id


async def _locked(session: AsyncSession, link_id: UUID) -> Link:
    return (await session.exec(select(Link).where(Link.id == link_id).with_for_update())).one()
