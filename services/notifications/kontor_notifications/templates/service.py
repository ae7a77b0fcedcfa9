"""The merchant's templates: what is in force, changing it, trying it out."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from kontor.notifications.v1.notifications_pb2 import TemplateChanged
from kontor_bus import record
from kontor_notifications.events import template_state
from kontor_notifications.kind import MailText
from kontor_notifications.kinds import text_of, texts
from kontor_notifications.models import Template
from kontor_notifications.rendering.render import Wording
from kontor_notifications.templates import syntax
from kontor_service.i18n import LANGUAGES, Language


async def own_template(session: AsyncSession, kind: str, language: str, *, lock: bool = False) -> Template | None:
    """The merchant's template, also one that was put back to the default (deleted). `lock`: for writing."""
    query = select(Template).where(Template.kind == kind, Template.language == language)
    return (await session.scalars(query.with_for_update() if lock else query)).first()


async def wording(session: AsyncSession, text: MailText, language: Language) -> Wording:
    """The merchant's words, else the default."""
    own = await own_template(session, text.name, language)
    if own is not None and not own.deleted:
        return Wording(text, own.subject, own.text)
    return Wording(text, *text.default(language))


async def in_force(session: AsyncSession) -> list[dict[str, Any]]:
    """All templates as mails use them now, in the order of the settings page; `own` where the merchant wrote it."""
    known = await session.scalars(select(Template).where(~col(Template.deleted)))
    own = {(one.kind, one.language): (one.subject, one.text) for one in known}
    found = []
    for kind, (_, about) in texts().items():
        for language in LANGUAGES:
            written = own.get((kind, language))
            subject, text = written or about.default(language)
            shown = {"kind": kind, "label": about.label, "document_type": about.document_type, "language": language}
            found.append({**shown, "subject": subject, "text": text, "own": written is not None})
    return found


async def change(
    session: AsyncSession, merchant_id: UUID, kind: str, language: Language, subject: str, text: str
) -> Template:
    """Raises KindUnknown, TemplateInvalid (naming field and placeholder)."""
    syntax.check(text_of(kind), subject, text)
    template = await own_template(session, kind, language, lock=True)
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
    template = await own_template(session, kind, language, lock=True)
    if template is None or template.deleted:
        return template
    template.deleted = True
    template.touch()
    return _changed(session, template)


def _changed(session: AsyncSession, template: Template) -> Template:
    session.add(template)
    record(session, TemplateChanged(template=template_state(template)))
    return template
