"""From a queued mail to the message that goes over the wire, and to what staff may see of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document, File, StandingDocumentVersion
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_notifications.copies import queries as copies
from kontor_notifications.errors import NoLongerNeeded, TryLater
from kontor_notifications.kind import MailKind
from kontor_notifications.kinds import kinds
from kontor_notifications.mails.message import LOGO, Attached, compose
from kontor_notifications.mails.owners import Owners
from kontor_notifications.models import Mail
from kontor_notifications.placeholders.standing import NAME as ADDITIONAL_DOCUMENTS
from kontor_notifications.placeholders.standing import given
from kontor_notifications.rendering.facts import DocumentFacts, Facts, attaches_files, portal_is_on
from kontor_notifications.rendering.render import Rendered, Wording, render
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
    # What goes along, of which document.
    files: Sequence[tuple[Document, File]]
    standing: Sequence[tuple[Document, StandingDocumentVersion]]


@dataclass(frozen=True)
class Built:
    """A message, and the same for staff to read: its links lead to the portal's front door, its code is covered."""

    message: EmailMessage
    shown: Rendered


async def build(settings: Settings, database: Database, owners: Owners, mail: Mail) -> Built:
    """Reads the facts in one short transaction, then fetches links and files, then renders.

    Raises NotSent, and Problem (TemplateInvalid is one).
    """
    kind = kinds()[mail.kind]
    async with database.transaction(mail.merchant_id) as session:
        content = await content_of(session, settings, mail)
    words, facts = content.wording, content.facts
    syntax.check(words.about, words.subject, words.text)
    files = [
        Attached(file.media_type, await owners.file(document, file), file.name) for document, file in content.files
    ]
    files += [
        Attached(one.media_type, await owners.standing_document(document, one), one.name)
        for document, one in content.standing
    ]
    used = syntax.used(words.about, words.subject, words.text, portal=facts.portal)
    secrets = await kind.links.fetch(owners, mail, set(used) if facts.portal else set())
    picture = await owners.logo(facts.merchant)
    logo = Attached(facts.merchant.logo_media_type, picture) if picture else None
    place = f"cid:{LOGO}" if logo else None
    rendered = render(words, replace(facts, secrets=secrets), logo=place)
    message = compose(settings, facts.merchant, mail, rendered, logo=logo, files=files, now=datetime.now(UTC))
    covered = secrets.covered(facts.portal_url)
    return Built(message, render(words, replace(facts, secrets=covered), logo=place))


async def content_of(session: AsyncSession, settings: Settings, mail: Mail, *, sharing: bool = False) -> Content:
    """`sharing`: its document is being shared, not yet released. Raises NotSent."""
    kind = kinds()[mail.kind]
    if mail.expires_at and mail.expires_at <= datetime.now(UTC):
        raise NoLongerNeeded(MailError.EXPIRED)
    merchant = await copies.get(session, Merchant, mail.merchant_id)
    customer = await copies.get(session, Customer, mail.customer_id) if mail.customer_id else Customer()
    if customer.deleted:
        raise NoLongerNeeded(MailError.CUSTOMER_DELETED)
    documents = await _documents(session, kind, mail, sharing=sharing)
    portal = portal_is_on(merchant, customer)
    with_files = kind.shares_documents and attaches_files(merchant, customer, portal=portal)
    files = [(one.state, file) for one in documents for file in one.state.files if with_files and not file.private]
    standing = _attached_standing_documents(kind, merchant, [one.state for one in documents], portal=portal)
    # All of them, or none where they are too much for a mail: half of a delivery would mislead.
    going: list[File | StandingDocumentVersion] = [*(file for _, file in files), *(one for _, one in standing)]
    if sum(one.size for one in going) > settings.attachments_at_most_bytes:
        files, standing, going = [], [], []
    facts = Facts(
        language=language_of(mail.language),
        merchant=merchant,
        recipient=mail.recipient,
        name=mail.name,
        customer=customer,
        documents=documents,
        data=await kind.load(session, mail),
        portal=portal,
        portal_url=f"{settings.portal_url}/{merchant.slug}",
        attachments=tuple(one.name for one in going),
        expires_at=mail.expires_at,
    )
    words = await wording(session, kind.text([one.state for one in documents]), facts.language)
    words = replace(words, subject=mail.own_subject or words.subject, text=mail.own_text or words.text)
    if kind.shares_documents:
        words = replace(words, text=_with_additional_documents(words))
    return Content(words, facts, files, standing)


def _with_additional_documents(words: Wording) -> str:
    """Also a text that does not name them has them, at its end: they go along with every share."""
    known = {words.about.by_spelling.get(mark.lower()) for mark in syntax.marks(words.text)}
    if any(one is not None and one.name == ADDITIONAL_DOCUMENTS for one in known):
        return words.text
    return f"{words.text}\n\n[{ADDITIONAL_DOCUMENTS}]"


def _attached_standing_documents(
    kind: MailKind, merchant: Merchant, documents: list[Document], *, portal: bool
) -> list[tuple[Document, StandingDocumentVersion]]:
    """Those that are attached (A6): where the merchant wants it for the type, and where there is no portal to link to."""
    if not kind.shares_documents:
        return []
    attached = {one.type for one in merchant.document_types if one.attach_standing}
    return [(document, one) for document, one in given(documents) if not portal or document.type in attached]


async def _documents(session: AsyncSession, kind: MailKind, mail: Mail, *, sharing: bool) -> tuple[DocumentFacts, ...]:
    if not mail.document_ids:
        return ()
    found = await copies.documents(session, mail.document_ids)
    if len(found) < len(mail.document_ids):
        raise TryLater(MailError.NOT_KNOWN_YET)
    if kind.shares_documents and not sharing:
        found = _still_shared(found)
    receivables = await copies.receivables(session, mail.document_ids)
    return tuple(DocumentFacts(document, receivables.get(UUID(document.id))) for document in found)


def _still_shared(documents: list[Document]) -> list[Document]:
    if any(document.state == "waiting" for document in documents):
        raise TryLater(MailError.RELEASE_UNKNOWN)
    shared = [document for document in documents if document.state == "shared"]
    if not shared:
        raise NoLongerNeeded(MailError.NOT_SHARED)
    return shared
