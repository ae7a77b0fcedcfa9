"""Finished mails for staff: as they would go out, and as they went out. Their links and codes are covered."""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import DocumentShared
from kontor.identity.v1.identity_pb2 import Merchant
from kontor_notifications.copies import queries as copies
from kontor_notifications.errors import NotSent
from kontor_notifications.kinds import kinds
from kontor_notifications.kinds.documents import SHARED
from kontor_notifications.mails.build import content_of
from kontor_notifications.mails.from_events import drafts
from kontor_notifications.mails.message import LOGO
from kontor_notifications.mails.owners import Owners
from kontor_notifications.mails.queue import Queue
from kontor_notifications.models import OLD_BODY, Mail, MailBody
from kontor_notifications.rendering.facts import Secrets
from kontor_notifications.rendering.render import Rendered, check_filled, render
from kontor_notifications.settings import Settings
from kontor_notifications.templates import syntax
from kontor_notifications.templates.preview import DocumentUnknown
from kontor_notifications.templates.service import wording
from kontor_service.database import Database
from kontor_service.errors import Conflict, NotFound
from kontor_service.i18n import N_, language_of

MailUnknown = NotFound.named("mail_unknown", N_("There is no such mail."))
NotSendable = Conflict.named("mail_not_sendable", N_("This mail cannot be sent."))


async def preview_sharing(
    session: AsyncSession,
    settings: Settings,
    queue: Queue,
    merchant_id: UUID,
    document_id: UUID,
    choice: dict[str, str],
) -> list[dict[str, str]]:
    """The mails that sharing a document by hand would lead to: {recipient, name, language, subject, text, html} of each.
    `choice` is what staff chose for this sharing, as fields of the document. Raises DocumentUnknown, TemplateInvalid."""
    known = await copies.documents(session, [document_id])
    if not known:
        raise DocumentUnknown(field="document_id", document_id=document_id)
    for name, value in choice.items():
        setattr(known[0], name, value)
    kind, event = kinds()[SHARED], DocumentShared(document=known[0])
    occasion = kind.occasion(event)
    assert occasion is not None
    return [
        {"recipient": mail.recipient, "name": mail.name, "language": mail.language}
        | asdict(await as_it_would_go(session, settings, mail, sharing=True))
        for mail in await drafts(session, queue, kind, event, merchant_id, occasion)
        if mail.recipient
    ]


async def as_it_would_go(session: AsyncSession, settings: Settings, mail: Mail, *, sharing: bool = False) -> Rendered:
    """Raises TemplateInvalid for what is wrong with staff's own words, also for a placeholder that stays empty in them;
    NotSendable where it would not go out."""
    try:
        content = await content_of(session, settings, mail, sharing=sharing)
    except NotSent as refused:
        raise NotSendable(refused.code.word, **refused.params) from refused
    words, facts = content.wording, content.facts
    syntax.check(words.about, words.subject, words.text)
    door = f"{settings.portal_url}/{facts.merchant.slug}" if facts.portal else ""
    documents = {one.state.id: door for one in facts.documents}
    facts = replace(facts, secrets=Secrets(documents, customer=door, link=door))
    own = {"subject": mail.own_subject, "text": mail.own_text}
    check_filled(words, facts, [field for field, text in own.items() if text])
    return render(words, facts, logo=None)


async def as_it_went(session: AsyncSession, mail_id: UUID) -> dict[str, Any]:
    """{subject, text, html, own, placeholders}: what was sent (text and html are empty where it was not, or is no longer kept),
    and what may be corrected: staff's own words, else the template's. The html still lacks its logo. Raises MailUnknown."""
    mail = await session.get(Mail, mail_id)
    if mail is None:
        raise MailUnknown(mail_id=mail_id)
    kind, documents = kinds()[mail.kind], await copies.documents(session, mail.document_ids)
    found: dict[str, Any] = {"subject": mail.subject, "text": "", "html": "", "own": None, "placeholders": []}
    if documents or not kind.variant:
        words = await wording(session, kind.text(documents), language_of(mail.language))
        found["own"] = {"subject": mail.own_subject or words.subject, "text": mail.own_text or words.text}
        found["placeholders"] = [{"name": one.name, "meaning": one.meaning} for one in words.about.placeholders]
    body = await session.get(MailBody, (mail.merchant_id, mail_id))
    if body is not None:
        found |= {"text": body.text, "html": body.html}
    return found


async def with_logo(owners: Owners, merchant: Merchant, html: str) -> str:
    """As a page shows it. Asks identity: not in a transaction."""
    return html.replace(f"cid:{LOGO}", await owners.logo_address(merchant) or "") if html else ""


async def delete_old_bodies(database: Database) -> None:
    for merchant_id in await database.merchants("merchants_with_old_bodies"):
        async with database.transaction(merchant_id) as session:
            await session.execute(text(f"DELETE FROM mail_body WHERE {OLD_BODY}"))
