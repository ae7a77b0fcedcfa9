"""Trying a template out: real data where there is some, and never a real link."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.copies import queries as copies
from kontor_notifications.mails.outside import Outside
from kontor_notifications.mails.recipients import Recipient, recipients
from kontor_notifications.rendering.facts import DocumentFacts, Facts, Secrets
from kontor_notifications.rendering.render import Wording, render
from kontor_notifications.templates import kinds, sample, syntax
from kontor_notifications.templates.service import wording
from kontor_notifications.words import Language
from kontor_service.errors import NotFound


class DocumentUnknown(NotFound):
    code, title = "document_unknown", "There is no such document"


async def preview(
    session: AsyncSession,
    outside: Outside,
    portal_url: str,
    merchant_id: UUID,
    kind: str,
    language: Language,
    *,
    subject: str | None,
    text: str | None,
    document_id: UUID | None,
) -> dict[str, str]:
    """{subject, text, html}. Raises TemplateInvalid, DocumentUnknown."""
    in_force = await wording(session, kind, language)
    tried = Wording(
        kind, subject if subject is not None else in_force.subject, text if text is not None else in_force.text
    )
    syntax.check(tried.kind, tried.subject, tried.text)
    merchant = await copies.merchant(session, merchant_id)
    facts = await _facts(session, merchant, kind, language, document_id)
    url = f"{portal_url}/{merchant.slug}"
    secrets = Secrets(
        documents={one.state.id: url for one in facts.documents},
        customer=url,
        link=url,
        code="482 913" if kind == "login_code" else "",
    )
    picture = await outside.logo(merchant)
    logo = f"data:{merchant.logo_media_type};base64,{base64.b64encode(picture).decode()}" if picture else None
    rendered = render(tried, facts, secrets, logo=logo)
    return {"subject": rendered.subject, "text": rendered.text, "html": rendered.html}


async def _facts(
    session: AsyncSession, merchant: Merchant, kind: str, language: Language, document_id: UUID | None
) -> Facts:
    document, customer = await _about(session, kind, language, document_id)
    known = bool(customer.id)
    found = recipients(document, customer, merchant) if known else []
    recipient = found[0] if found else Recipient(customer.email, language, sample.contact_name(language))
    today = datetime.now(UTC).date()
    with_documents = (kind.startswith("document") and kind != "document_link") or kind in kinds.PAYMENTS
    return Facts(
        kind=kind.partition(":")[0],
        language=language,
        merchant=merchant,
        recipient=recipient.email,
        name=recipient.name,
        customer=customer,
        documents=(DocumentFacts(document),) * (2 if kind == kinds.BUNDLE else 1) if with_documents else (),
        payment=sample.payment(kind, document, today),
        reading_invitation=sample.reading_invitation(kind, language, today),
        reading=sample.reading(kind, language, today),
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )


async def _about(
    session: AsyncSession, kind: str, language: Language, document_id: UUID | None
) -> tuple[Document, Customer]:
    """The document asked for, else the newest of the type, else a sample; with its customer."""
    if document_id is not None:
        found = await copies.documents(session, [document_id])
        if not found:
            raise DocumentUnknown(f"There is no document {document_id}", field="document_id")
        document: Document | None = found[0]
    else:
        document = await copies.newest_document(session, kinds.document_type(kind))
    if document is None or not document.customer_id:
        today = datetime.now(UTC).date()
        return document or sample.document(kinds.document_type(kind), today), sample.customer(language)
    return document, await copies.customer(session, document.customer_id)
