"""Trying a text out: real data where there is some, and never a real link."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.copies import queries as copies
from kontor_notifications.kind import MailText
from kontor_notifications.kinds import text_of, texts
from kontor_notifications.mails.owners import Owners
from kontor_notifications.mails.recipients import Recipient, recipients
from kontor_notifications.rendering.facts import DocumentFacts, Facts, Secrets
from kontor_notifications.rendering.render import render
from kontor_notifications.templates import syntax
from kontor_notifications.templates.service import wording
from kontor_service.database import Database
from kontor_service.errors import NotFound
from kontor_service.i18n import N_, Language, speaking
from kontor_service.i18n import gettext as _
from kontor_service.validation import Line, Text

DocumentUnknown = NotFound.named("document_unknown", N_("There is no such document."))


class Trial(BaseModel):
    """Left out: the words in force; the newest document of the kind's type, else a sample."""

    model_config = ConfigDict(extra="forbid")

    kind: Line
    language: Language = "de"
    subject: Line | None = None
    text: Text | None = None
    document_id: UUID | None = None


async def preview(
    database: Database, owners: Owners, portal_url: str, merchant_id: UUID, trial: Trial
) -> dict[str, str]:
    """{subject, text, html}. Raises KindUnknown, TemplateInvalid, DocumentUnknown."""
    about = text_of(trial.kind)
    async with database.transaction(merchant_id) as session:
        tried = await wording(session, about, trial.language)
        merchant = await copies.get(session, Merchant, merchant_id)
        document, customer = await _document(session, about, trial)
    tried = replace(
        tried,
        subject=tried.subject if trial.subject is None else trial.subject,
        text=tried.text if trial.text is None else trial.text,
    )
    syntax.check(about, tried.subject, tried.text)
    facts = sample_facts(about, trial.language, merchant, document, customer, f"{portal_url}/{merchant.slug}")
    return asdict(render(tried, facts, logo=await owners.logo_address(merchant)))


def sample_facts(
    about: MailText, language: Language, merchant: Merchant, document: Document, customer: Customer, url: str
) -> Facts:
    """A mail as if it were about this document and customer. All its links lead to `url`."""
    found = recipients(document, customer, merchant) if customer.id else []
    kind, now = texts()[about.name][0], datetime.now(UTC)
    with speaking(language):
        recipient = found[0] if found else Recipient(customer.email, language, _("Alex Sample"))
        data = kind.sample(now.date(), document)
    return Facts(
        language=language,
        merchant=merchant,
        recipient=recipient.email,
        name=recipient.name,
        customer=customer,
        documents=(DocumentFacts(document),) * about.documents,
        data=data,
        portal_url=url,
        expires_at=now + timedelta(hours=1),
        secrets=Secrets(documents={document.id: url}, customer=url, link=url, code="482 913"),
    )


async def _document(session: AsyncSession, about: MailText, trial: Trial) -> tuple[Document, Customer]:
    """The document asked for, else the newest of the type, else a sample; with its customer."""
    if trial.document_id is not None:
        found = await copies.documents(session, [trial.document_id])
        if not found:
            raise DocumentUnknown(field="document_id", document_id=trial.document_id)
        document: Document | None = found[0]
    else:
        document = await copies.newest_document(session, about.document_type)
    if document is None or not document.customer_id:
        with speaking(trial.language):
            return document or sample_document(about.document_type), sample_customer()
    return document, await copies.get(session, Customer, document.customer_id)


def sample_customer() -> Customer:
    return Customer(name=_("Sample Ltd"), number="10001", email="info@example.com")


def sample_document(document_type: str) -> Document:
    """For merchants who have none of the type yet."""
    today = datetime.now(UTC).date()
    return Document(
        id="00000000-0000-0000-0000-000000000000",
        type=document_type or "invoice",
        number="2026-0815",
        title=_("Maintenance contract") if document_type == "contract" else "",
        state="shared",
        issue_date=today.isoformat(),
        due_date=(today + timedelta(days=14)).isoformat(),
        valid_until=(today + timedelta(days=30)).isoformat() if document_type == "quote" else "",
        currency="EUR",
        net_minor=103_600,
        tax_minor=19_684,
        gross_minor=123_284,
        amount_due_minor=123_284,
        payment_reference="2026-0815",
    )
