"""The merchant's templates: what is in force, changing it, trying it out."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.notifications.v1.notifications_pb2 import TemplateChanged
from kontor_bus import record
from kontor_notifications.events import template_state
from kontor_notifications.models import Template
from kontor_notifications.rendering.render import Wording
from kontor_notifications.templates import kinds, queries, syntax
from kontor_notifications.templates.defaults import default
from kontor_notifications.words import Language
from kontor_service.errors import NotFound


class KindUnknown(NotFound):
    code, title = "template_kind_unknown", "There is no such kind of mail"


@dataclass(frozen=True)
class InForce:
    """A template as mails use it now; `own` where the merchant wrote it."""

    kind: str
    language: str
    subject: str
    text: str
    own: bool


async def wording(session: AsyncSession, kind: str, language: Language) -> Wording:
    """The merchant's words, else the default."""
    own = await queries.own(session, kind, language)
    if own is not None and not own.deleted:
        return Wording(kind, own.subject, own.text)
    return Wording(kind, *default(kind, language))


async def in_force(session: AsyncSession) -> list[InForce]:
    """All templates of the merchant, in the order of the settings page."""
    own = {(one.kind, one.language): one for one in await queries.all_own(session) if not one.deleted}
    found = []
    for kind in kinds.KINDS:
        for language in kinds.LANGUAGES:
            written = own.get((kind, language))
            subject, text = (written.subject, written.text) if written else default(kind, language)  # type: ignore[arg-type]
            found.append(InForce(kind, language, subject, text, written is not None))
    return found


async def change(
    session: AsyncSession, merchant_id: UUID, kind: str, language: Language, subject: str, text: str
) -> Template:
    """Raises KindUnknown, TemplateInvalid (naming field and placeholder)."""
    known(kind)
    syntax.check(kind, subject, text)
    template = await queries.lock(session, merchant_id, kind, language)
    if template is None:
        template = Template(
            merchant_id=merchant_id, kind=kind, language=language, subject=subject.strip(), text=text.strip()
        )
    else:
        template.subject, template.text, template.deleted = subject.strip(), text.strip(), False
        template.touch()
    return _changed(session, template)


async def reset(session: AsyncSession, merchant_id: UUID, kind: str, language: Language) -> Template | None:
    """Back to the default; None where it was never left."""
    known(kind)
    template = await queries.lock(session, merchant_id, kind, language)
    if template is None or template.deleted:
        return template
    template.deleted = True
    template.touch()
    return _changed(session, template)


def known(kind: str) -> str:
    if kind not in kinds.KINDS:
        raise KindUnknown(f"There is no kind {kind}", field="kind")
    return kind


def _changed(session: AsyncSession, template: Template) -> Template:
    session.add(template)
    record(session, TemplateChanged(template=template_state(template)))
    return template
