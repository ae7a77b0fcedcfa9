"""The merchant's templates: what is in force, changing it, trying it out."""

from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from kontor_notifications.kind import MailText
from kontor_notifications.kinds import text_of, texts
from kontor_notifications.models import Template
from kontor_notifications.rendering.render import Wording
from kontor_notifications.templates import blocks, syntax
from kontor_service.i18n import LANGUAGES, Language


async def wording(session: AsyncSession, text: MailText, language: Language) -> Wording:
    """The merchant's words, those preferred among several, else the default."""
    if (preferred := await blocks.preferred(session, text.name, language)) is not None:
        return Wording(text, preferred.subject, preferred.text)
    return await wording_without_blocks(session, text, language)


async def wording_without_blocks(session: AsyncSession, text: MailText, language: Language) -> Wording:
    """The merchant's words without a name, else the default."""
    query = select(Template).where(Template.kind == text.name, Template.language == language)
    if own := (await session.scalars(query)).first():
        return Wording(text, own.subject, own.text)
    return Wording(text, *text.default(language))


async def in_force(session: AsyncSession) -> list[dict[str, Any]]:
    """All templates, in the order of the settings page; `own` where the merchant wrote it, `blocks` for further ones."""
    known = await session.scalars(select(Template))
    further = await blocks.by_text(session)
    own = {(one.kind, one.language): (one.subject, one.text) for one in known}
    found = []
    for kind, (_, about) in texts().items():
        for language in LANGUAGES:
            written = own.get((kind, language))
            subject, text = written or about.default(language)
            shown = {"kind": kind, "label": about.label, "document_type": about.document_type, "language": language}
            found.append({
                **shown, "subject": subject, "text": text, "own": written is not None,
                "blocks": further.get((kind, language), []),
            })  # fmt: skip
    return found


async def change(
    session: AsyncSession, merchant_id: UUID, kind: str, language: Language, subject: str, text: str
) -> None:
    """Raises KindUnknown, TemplateInvalid (naming field and placeholder)."""
    syntax.check(text_of(kind), subject, text)
    words = {"subject": subject.strip(), "text": text.strip()}
    written = insert(Template).values(merchant_id=merchant_id, kind=kind, language=language, **words)
    await session.execute(written.on_conflict_do_update(constraint="pk_template", set_=words))


async def reset(session: AsyncSession, kind: str, language: Language) -> None:
    """Back to the default, also where it was never left. Raises KindUnknown."""
    text_of(kind)
    await session.execute(delete(Template).where(col(Template.kind) == kind, col(Template.language) == language))
