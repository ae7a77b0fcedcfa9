"""From a queued mail to the message that goes over the wire. Nothing of it is stored."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document, File
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_notifications.copies import queries as copies
from kontor_notifications.errors import NoLongerNeeded, TryLater
from kontor_notifications.kind import MailKind
from kontor_notifications.kinds import kinds
from kontor_notifications.mails.message import LOGO, Attached, compose
from kontor_notifications.mails.owners import Owners
from kontor_notifications.models import Mail
from kontor_notifications.rendering.facts import DocumentFacts, Facts, attaches_files, portal_is_on
from kontor_notifications.rendering.render import Wording, render
from kontor_notifications.settings import Settings
from kontor_notifications.templates import syntax
from kontor_notifications.templates.service import wording
from kontor_service.database import Database
from kontor_service.i18n import language_of


@dataclass(frozen=True)
class Content:
    """What our own database knows about a mail."""

    wording: Wording
    facts: Facts
    # Of which document, what goes along unless it is too much.
    files: tuple[tuple[Document, File], ...]


async def build(settings: Settings, database: Database, owners: Owners, mail: Mail) -> EmailMessage:
    """Reads the facts in one short transaction, then fetches links and files, then renders.

    Raises NotSent, and Problem (TemplateInvalid is one).
    """
    now, kind = datetime.now(UTC), kinds()[mail.kind]
    async with database.transaction(mail.merchant_id) as session:
        content = await _content(session, kind, mail, now)
    words, facts = content.wording, content.facts
    syntax.check(words.about, words.subject, words.text)
    files = await _files(settings, owners, content)
    used = syntax.used(words.about, words.subject, words.text, portal=facts.portal)
    secrets = await kind.links.fetch(owners, mail, set(used) if facts.portal else set())
    facts = replace(facts, attachments=tuple(file.name for file in files), secrets=secrets)
    picture = await owners.logo(facts.merchant)
    logo = Attached(facts.merchant.logo_media_type, picture) if picture else None
    rendered = render(words, facts, logo=f"cid:{LOGO}" if logo else None)
    return compose(settings, facts.merchant, mail, rendered, logo=logo, files=files, now=now)


async def _content(session: AsyncSession, kind: MailKind, mail: Mail, now: datetime) -> Content:
    if mail.expires_at and mail.expires_at <= now:
        raise NoLongerNeeded(MailError.EXPIRED)
    merchant = await copies.get(session, Merchant, mail.merchant_id)
    customer = await copies.get(session, Customer, mail.customer_id) if mail.customer_id else Customer()
    if customer.deleted:
        raise NoLongerNeeded(MailError.CUSTOMER_DELETED)
    documents = await _documents(session, kind, mail)
    portal = portal_is_on(merchant, customer)
    facts = Facts(
        language=language_of(mail.language),
        merchant=merchant,
        recipient=mail.recipient,
        name=mail.name,
        customer=customer,
        documents=documents,
        data=await kind.load(session, mail),
        portal=portal,
        expires_at=mail.expires_at,
    )
    words = await wording(session, kind.text([one.state for one in documents]), facts.language)
    words = replace(words, subject=mail.own_subject or words.subject, text=mail.own_text or words.text)
    with_files = kind.shares_documents and attaches_files(merchant, customer, portal=portal)
    files = tuple((one.state, file) for one in documents for file in one.state.files if with_files and not file.private)
    return Content(words, facts, files)


async def _documents(session: AsyncSession, kind: MailKind, mail: Mail) -> tuple[DocumentFacts, ...]:
    if not mail.document_ids:
        return ()
    found = await copies.documents(session, mail.document_ids)
    if len(found) < len(mail.document_ids):
        raise TryLater(MailError.NOT_KNOWN_YET)
    if kind.shares_documents:
        found = _still_shared(found)
    amounts = await copies.open_amounts(session, mail.document_ids)
    return tuple(DocumentFacts(document, amounts.get(UUID(document.id))) for document in found)


def _still_shared(documents: list[Document]) -> list[Document]:
    if any(document.state == "waiting" for document in documents):
        raise TryLater(MailError.RELEASE_UNKNOWN)
    shared = [document for document in documents if document.state == "shared"]
    if not shared:
        raise NoLongerNeeded(MailError.NOT_SHARED)
    return shared


async def _files(settings: Settings, owners: Owners, content: Content) -> list[Attached]:
    """All of them, or none where they are too much for a mail: half of a delivery would mislead."""
    if sum(file.size for _, file in content.files) > settings.attachments_at_most_bytes:
        return []
    return [Attached(file.media_type, await owners.file(document, file), file.name) for document, file in content.files]
