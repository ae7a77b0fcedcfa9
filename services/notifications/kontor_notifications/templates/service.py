"""The merchant's templates: what is in force, changing it, trying it out."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.notifications.v1.notifications_pb2 import TemplateChanged
from kontor_bus import record
from kontor_notifications.events import template_state
from kontor_notifications.kind import MailText
from kontor_notifications.kinds import text_of, texts
from kontor_notifications.models import Template
from kontor_notifications.rendering.render import Wording
from kontor_notifications.templates import queries, syntax
from kontor_service.i18n import LANGUAGES, Language


@dataclass(frozen=True)
class InForce:
    """A template as mails use it now; `own` where the merchant wrote it."""

    kind: str
    # What mails of this kind are called, in English, and the document type they are about.
    label: str
    document_type: str
    language: str
    subject: str
    text: str
    own: bool


async def wording(session: AsyncSession, text: MailText, language: Language) -> Wording:
    """The merchant's words, else the default."""
    own = await queries.own(session, text.name, language)
    if own is not None and not own.deleted:
        return Wording(text, own.subject, own.text)
    return Wording(text, *text.default(language))


async def in_force(session: AsyncSession) -> list[InForce]:
    """All templates of the merchant, in the order of the settings page."""
    own = {(one.kind, one.language): one for one in await queries.all_own(session) if not one.deleted}
    found = []
    for kind, (_, about) in texts().items():
        for language in LANGUAGES:
            written = own.get((kind, language))
            subject, text = (written.subject, written.text) if written else about.default(language)
            found.append(InForce(kind, about.label, about.document_type, language, subject, text, written is not None))
    return found


async def change(
    session: AsyncSession, merchant_id: UUID, kind: str, language: Language, subject: str, text: str
) -> Template:
    """Raises KindUnknown, TemplateInvalid (naming field and placeholder)."""
    syntax.check(text_of(kind), subject, text)
    template = await queries.own(session, kind, language, lock=True)
    if template is None:
        template = Template(
            merchant_id=merchant_id, kind=kind, language=language, subject=subject.strip(), text=text.strip()
        )
    else:
        template.subject, template.text, template.deleted = subject.strip(), text.strip(), False
        template.touch()
    return _changed(session, template)


async def reset(session: AsyncSession, kind: str, language: Language) -> Template | None:
    """Back to the default; None where it was never left."""
    text_of(kind)
    template = await queries.own(session, kind, language, lock=True)
    if template is None or template.deleted:
        return template
    template.deleted = True
    template.touch()
    return _changed(session, template)


def _changed(session: AsyncSession, template: Template) -> Template:
    session.add(template)
    record(session, TemplateChanged(template=template_state(template)))
    return template
