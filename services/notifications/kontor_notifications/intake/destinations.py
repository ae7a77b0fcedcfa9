"""Whose an incoming mail is, and which of ours it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kontor_notifications.reply_addresses import NotOurs, ReplyAddresses
from kontor_notifications.settings import Settings
from kontor_service.database import Database


@dataclass(frozen=True)
class Destination:
    """Whose mail it is, and which of ours it answers. `proven`: by a reply address, else by a Message-ID."""

    merchant_id: UUID
    answers: UUID | None = None
    proven: bool = False


class Destinations:
    def __init__(self, settings: Settings, database: Database) -> None:
        self._database = database
        self._addresses = ReplyAddresses(settings)
        # Which ends our Message-IDs.
        self._domain = settings.mail_from.rpartition("@")[2]

    async def knows(self, address: str) -> bool:
        """Whether mail for this address may be ours. Of the plain one only the mail's own head can tell."""
        return self._addresses.extension(address) == "" or await self.find([address]) is not None

    async def find(self, recipients: Sequence[str], references: Sequence[str] = ()) -> Destination | None:
        """By the first reply address; else by the mail that it answers; else by the merchant's name in the address."""
        extensions = [one for address in recipients if (one := self._addresses.extension(address)) is not None]
        for answers in filter(None, map(self._proven, extensions)):
            if merchants := await self._database.merchants("merchant_of_mail", answers):
                return Destination(merchants[0], answers, proven=True)
        for answers in filter(None, map(self._referred, references if extensions else ())):
            if merchants := await self._database.merchants("merchant_of_mail", answers):
                return Destination(merchants[0], answers)
        for extension in filter(None, extensions):
            if merchants := await self._database.merchants("merchant_of_slug", extension):
                return Destination(merchants[0])
        return None

    def _proven(self, extension: str) -> UUID | None:
        try:
            return self._addresses.mail_id(extension)
        except NotOurs:
            return None

    def _referred(self, reference: str) -> UUID | None:
        """Our Message-IDs are `<the mail's id@our domain>`."""
        name, _, domain = reference.strip("<>").partition("@")
        try:
            return UUID(name) if domain == self._domain else None
        except ValueError:
            return None
