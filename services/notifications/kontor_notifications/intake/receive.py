"""The use case of both ways in: a mail is stored, ignored or refused. Whoever sent it is told only after the commit."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from prometheus_client import Counter
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel

from kontor.notifications.v1.notifications_pb2 import IncomingMail as IncomingMailState
from kontor.notifications.v1.notifications_pb2 import IncomingMailOpened, IncomingMailReceived
from kontor.notifications.v1.notifications_pb2_codes import IncomingReason
from kontor_bus import record
from kontor_notifications.intake.automatic import is_doubtful, why_automatic
from kontor_notifications.intake.destinations import Destination, Destinations
from kontor_notifications.intake.files import MOST_FILES, is_program, refused
from kontor_notifications.intake.parse import IncomingFileContent, ParsedMail, parse
from kontor_notifications.models import IncomingBody, IncomingFile, IncomingMail, Mail
from kontor_notifications.settings import Settings
from kontor_service.database import Database
from kontor_service.events import state_of
from kontor_service.ids import uuid7

log = structlog.get_logger()

_table = IncomingMail.__table__
# As documents takes it; what is longer comes as a file besides.
LONGEST_COMMENT = 5_000


class NotAccepted(Exception):
    """The mail is not taken in; the sentence is for its sender, in ASCII, as SMTP wants it."""

    def __init__(self, code: int, status: str, sentence: str) -> None:
        super().__init__(sentence)
        self.answer = f"{code} {status} {sentence}"


UNKNOWN_ADDRESS = (
    "Diese Adresse gibt es hier nicht, bitte antworten Sie auf die letzte E-Mail. / "
    "There is no such address here, please reply to the last e-mail you got."
)
_PROGRAM = (
    "Programme und Skripte werden nicht angenommen, bitte senden Sie ein PDF oder ein Bild. / "
    "Programs and scripts are not accepted, please send a PDF or a picture."
)
_TOO_MANY = f"Bitte senden Sie nicht mehr als {MOST_FILES} Dateien. / Please send no more than {MOST_FILES} files."


class Intake:
    def __init__(self, settings: Settings, database: Database, mails: Counter) -> None:
        self._database = database
        self._domain = settings.mail_from.rpartition("@")[2]
        self._mails = mails
        self.destinations = Destinations(settings, database)

    async def receive(
        self, raw: bytes, *, recipients: Sequence[str] = (), return_path: str | None, refuses: bool, cut: bool = False
    ) -> bool:
        """Stores the mail, once. Returns whether it is ours; an automatic one is, and is dropped.

        `recipients` are the envelope's, else its headers are searched. `refuses`: somebody is there to hear that a file is not
        accepted (raises NotAccepted); otherwise staff hear of it. `cut`: `raw` is the head of a mail that is too large.
        """
        mail = await asyncio.to_thread(parse, raw)
        sign = why_automatic(mail.message, mail.sender, mail.subject, return_path, self._domain)
        if sign:
            self._count("ignored", sign)
            return True
        destination = await self.destinations.find(recipients or mail.recipients, mail.references)
        if destination is None:
            self._count("unknown")
            return False
        bad = refused(mail.files)
        if bad is not None and refuses:
            self._count("refused")
            raise NotAccepted(554, "5.7.1", _PROGRAM if is_program(bad) else _TOO_MANY)
        fault = (IncomingReason.TOO_LARGE, "") if cut else (IncomingReason.FILE_REFUSED, bad.name) if bad else None
        self._count(await self._store(destination, mail, fault))
        return True

    async def _store(
        self, destination: Destination, parsed: ParsedMail, fault: tuple[IncomingReason, str] | None
    ) -> str:
        """The state it is in now, `repeated` where it was there already."""
        files = _kept_files(parsed)
        async with self._database.transaction(destination.merchant_id) as session:
            answered = await session.get(Mail, destination.answers) if destination.answers else None
            mail = _incoming(destination, parsed, answered, datetime.now(UTC))
            mail.files = len(files)
            reason, file = fault or (_reason(destination, parsed, answered), "")
            if reason:
                mail.state, mail.reason, mail.reason_params = "open", reason, {"file": file} if file else {}
            added = insert(_table).values(**mail.model_dump()).on_conflict_do_nothing().returning(_table.c.id)
            if not await session.scalar(added):
                return "repeated"
            session.add_all(_content(mail, parsed, files))
            state = state_of(IncomingMailState, mail)
            record(session, (IncomingMailOpened if reason else IncomingMailReceived)(incoming_mail=state))
        return mail.state

    def _count(self, outcome: str, sign: str = "") -> None:
        self._mails.labels(outcome).inc()
        log.info("incoming_mail", outcome=outcome, sign=sign)


def _incoming(destination: Destination, parsed: ParsedMail, answered: Mail | None, now: datetime) -> IncomingMail:
    mail = IncomingMail(
        id=uuid7(), merchant_id=destination.merchant_id, message_id=parsed.message_id, sender=parsed.sender,
        sender_name=parsed.sender_name, subject=parsed.subject, received_at=now, next_attempt_at=now,
    )  # fmt: skip
    if answered is not None:
        mail.answers, mail.customer_id, mail.contact_id = answered.id, answered.customer_id, answered.contact_id
        mail.document_id = answered.document_ids[0] if answered.document_ids else None
        mail.document_number = answered.document_number
    return mail


def _reason(destination: Destination, parsed: ParsedMail, answered: Mail | None) -> IncomingReason | None:
    """Why staff have to decide; None for what becomes a comment by itself."""
    if answered is None or not answered.document_ids or not destination.proven:
        return IncomingReason.NO_REPLY_ADDRESS
    if parsed.sender != answered.recipient.casefold():
        return IncomingReason.OTHER_SENDER
    if len(answered.document_ids) > 1:
        return IncomingReason.SEVERAL_DOCUMENTS
    if is_doubtful(parsed.message):
        return IncomingReason.MAYBE_AUTOMATIC
    return None if parsed.text or parsed.files else IncomingReason.EMPTY


def _kept_files(parsed: ParsedMail) -> list[IncomingFileContent]:
    """Without programs; a text that is longer than a comment is a file besides."""
    files = [file for file in parsed.files if not is_program(file)][:MOST_FILES]
    if len(parsed.text) <= LONGEST_COMMENT:
        return files
    return [*files[: MOST_FILES - 1], IncomingFileContent("E-Mail.txt", "text/plain", parsed.text.encode())]


def _content(mail: IncomingMail, parsed: ParsedMail, files: Sequence[IncomingFileContent]) -> list[SQLModel]:
    whose: dict[str, Any] = {"merchant_id": mail.merchant_id, "incoming_mail_id": mail.id}
    return [
        IncomingBody(**whose, text=parsed.text[:LONGEST_COMMENT], whole_text=parsed.whole_text),
        *(IncomingFile(**whose, position=position, **vars(file)) for position, file in enumerate(files)),
    ]
