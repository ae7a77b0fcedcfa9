"""From a queued mail to the message that goes over the wire."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.message import EmailMessage

from kontor_notifications.mails.drafting import Draft, draft
from kontor_notifications.mails.message import LOGO, Attached, Picture, compose
from kontor_notifications.mails.outside import Outside
from kontor_notifications.models import Mail
from kontor_notifications.rendering.render import render
from kontor_notifications.settings import Settings
from kontor_notifications.templates import syntax
from kontor_service.database import Database


@dataclass(frozen=True)
class Made:
    message: EmailMessage
    subject: str
    # The address for the envelope, as mail servers know it.
    recipient: str


class Maker:
    """Gathers, fetches, renders and composes. Nothing of what it makes is kept."""

    def __init__(self, settings: Settings, database: Database, outside: Outside) -> None:
        self._settings = settings
        self._database = database
        self._outside = outside

    async def make(self, mail: Mail) -> Made:
        """Raises Overtaken, NotHereYet, NoAddress, and Problem (TemplateInvalid is one)."""
        now = datetime.now(UTC)
        async with self._database.transaction(mail.merchant_id) as session:
            made = await draft(session, mail, now)
        wording, facts = made.wording, made.facts
        syntax.check(wording.kind, wording.subject, wording.text)
        files = await self._files(made)
        facts = replace(facts, attachments=tuple(file.name for file in files))
        used = syntax.used(wording.kind, wording.subject, wording.text, portal=facts.portal)
        secrets = await self._outside.secrets(mail, used if facts.portal else set())
        picture = await self._outside.logo(facts.merchant)
        logo = Picture(facts.merchant.logo_media_type, picture) if picture else None
        rendered = render(wording, facts, secrets, logo=f"cid:{LOGO}" if logo else None)
        message = compose(self._settings, facts.merchant, mail, rendered, logo=logo, files=files, now=now)
        return Made(message, rendered.subject, message["To"].addresses[0].addr_spec)

    async def _files(self, made: Draft) -> list[Attached]:
        """All of them, or none where they are too much for a mail: half of a delivery would mislead."""
        if sum(file.size for _, file in made.files) > self._settings.attachments_at_most_bytes:
            return []
        return [
            Attached(file.name, file.media_type, await self._outside.file(document, file))
            for document, file in made.files
        ]
