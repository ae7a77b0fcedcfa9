"""Everything about a mail that our own database knows, gathered in one short transaction before anybody is called."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document, File
from kontor.identity.v1.identity_pb2 import Customer
from kontor.meters.v1.meters_pb2 import ReadingInvitation
from kontor_notifications.copies import queries as copies
from kontor_notifications.models import Mail
from kontor_notifications.rendering.facts import DocumentFacts, Facts, Payment, Reading, attaches_files, portal_is_on
from kontor_notifications.rendering.render import Wording
from kontor_notifications.templates import kinds
from kontor_notifications.templates.service import wording
from kontor_notifications.words import Language, language_of


class Overtaken(Exception):
    """The mail would no longer be true; the message says why."""


@dataclass(frozen=True)
class Draft:
    wording: Wording
    facts: Facts
    # Of which document, what goes along unless it is too much.
    files: tuple[tuple[Document, File], ...]


async def draft(session: AsyncSession, mail: Mail, now: datetime) -> Draft:
    """Raises Overtaken, or NotHereYet where an owner's fact is still on its way."""
    if mail.expires_at and mail.expires_at <= now:
        raise Overtaken("The link or code had expired before the mail could be sent.")
    language = language_of(mail.language)
    merchant = await copies.merchant(session, mail.merchant_id)
    customer = await copies.customer(session, mail.customer_id) if mail.customer_id else Customer()
    if customer.deleted:
        raise Overtaken("The customer has been deleted.")
    documents = await _documents(session, mail)
    reading_invitation = (
        await _reading_invitation(session, mail.reference_id)
        if mail.kind in kinds.READING_REQUESTS and mail.reference_id
        else None
    )
    portal = portal_is_on(merchant, customer)
    facts = Facts(
        kind=mail.kind,
        language=language,
        merchant=merchant,
        recipient=mail.recipient,
        name=mail.name,
        customer=customer,
        documents=documents,
        payment=Payment(**mail.data) if mail.kind in kinds.PAYMENTS and mail.data else None,
        reading_invitation=reading_invitation,
        reading=Reading(**mail.data) if mail.kind == kinds.REJECTED and mail.data else None,
        portal=portal,
        expires_at=mail.expires_at,
    )
    with_files = mail.kind == kinds.SHARED and attaches_files(merchant, customer, portal=portal)
    files = tuple((one.state, file) for one in documents for file in one.state.files if with_files and not file.private)
    return Draft(await _wording(session, mail, documents, language), facts, files)


async def _documents(session: AsyncSession, mail: Mail) -> tuple[DocumentFacts, ...]:
    if not mail.document_ids:
        return ()
    found = await copies.documents(session, mail.document_ids)
    if len(found) < len(mail.document_ids):
        raise copies.NotHereYet("A document of this mail is not known yet.")
    if mail.kind == kinds.SHARED:
        if any(document.state == "waiting" for document in found):
            raise copies.NotHereYet("The document's release is not known yet.")
        found = [document for document in found if document.state == "shared"]
        if not found:
            raise Overtaken("The document was withdrawn or cancelled before the mail went out.")
    amounts = await copies.open_amounts(session, mail.document_ids)
    return tuple(DocumentFacts(document, amounts.get(UUID(document.id))) for document in found)


async def _reading_invitation(session: AsyncSession, reading_invitation_id: UUID) -> ReadingInvitation:
    """As it stands now: who has answered meanwhile is not asked any more."""
    reading_invitation = await copies.reading_invitation(session, reading_invitation_id)
    if (
        reading_invitation.deleted
        or reading_invitation.state in ("done", "closed")
        or not any(meter.state == "invited" for meter in reading_invitation.meters)
    ):
        raise Overtaken("The readings had arrived, or were no longer needed, before the mail went out.")
    return reading_invitation


async def _wording(
    session: AsyncSession, mail: Mail, documents: tuple[DocumentFacts, ...], language: Language
) -> Wording:
    first = documents[0].state.type if documents else ""
    found = await wording(session, kinds.template_kind(mail.kind, first, len(documents)), language)
    return Wording(found.kind, mail.own_subject or found.subject, mail.own_text or found.text)
