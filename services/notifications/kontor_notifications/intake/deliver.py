"""Handing stored mails on to documents, as comments.

A mail is claimed for a while, its files are uploaded, each noted at once, and its comment is written under a key of its own:
whoever dies in between and comes again writes no second comment. While documents is away, the mail waits.
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1.identity_pb2 import Customer
from kontor.notifications.v1.notifications_pb2 import IncomingMail as IncomingMailState
from kontor.notifications.v1.notifications_pb2 import IncomingMailDelivered, IncomingMailOpened
from kontor.notifications.v1.notifications_pb2_codes import IncomingReason
from kontor_bus import record
from kontor_notifications.copies import queries as copies
from kontor_notifications.mails.owners import Owners
from kontor_notifications.mails.sender import pause_after
from kontor_notifications.models import OLD_INCOMING_BODY, IncomingBody, IncomingFile, IncomingMail
from kontor_service.database import Database
from kontor_service.errors import Problem
from kontor_service.events import state_of

log = structlog.get_logger()

# Longer than uploading all files of a mail can take.
_CLAIM = timedelta(minutes=10)
_ROUND = 5
_CLAIM_DUE = text(
    """
    UPDATE incoming_mail SET attempts = attempts + 1, next_attempt_at = :until
    WHERE id IN (
        SELECT id FROM incoming_mail WHERE state = 'received' AND next_attempt_at <= now()
        ORDER BY next_attempt_at LIMIT :most FOR UPDATE SKIP LOCKED
    )
    RETURNING id
    """
)
# What passes by itself: nobody answers, a token has run out, too many comments at a time.
_PASSES = frozenset({401, 403, 429})


class Delivery:
    def __init__(self, database: Database, owners: Owners) -> None:
        self._database = database
        self._owners = owners

    async def run(self, pause: float = 0.5) -> None:
        """Rounds for ever, with a pause in seconds where nothing was due."""
        while True:
            if not await self.round():
                await asyncio.sleep(pause)

    async def round(self) -> int:
        """Hands on what is due, at most some mails of each merchant, and returns how many it took."""
        taken = 0
        for merchant_id in await self._database.merchants("merchants_with_incoming_mails"):
            async with self._database.transaction(merchant_id) as session:
                due = {"until": datetime.now(UTC) + _CLAIM, "most": _ROUND}
                ids = list((await session.execute(_CLAIM_DUE, due)).scalars())
            for id_ in ids:
                await self._mark(merchant_id, id_, await self._deliver(merchant_id, id_))
            taken += len(ids)
        return taken

    async def _deliver(self, merchant_id: UUID, id_: UUID) -> Problem | None:
        """What documents says against it; None when the comment is written."""
        try:
            async with self._database.transaction(merchant_id) as session:
                mail = await session.get_one(IncomingMail, id_)
                body = await session.get_one(IncomingBody, (merchant_id, id_))
                author = await _author(session, mail)
            files = await self._upload(mail, f"{author['kind']}:{author['id']}")
            comment = {"text": body.text, "files": files, "author": author, "source": "mail"}
            assert mail.document_id is not None
            await self._owners.add_comment(merchant_id, mail.document_id, comment, key=f"{id_} {mail.document_id}")
        except Problem as problem:
            return problem
        return None

    async def _upload(self, mail: IncomingMail, author: str) -> list[str]:
        """The ids of the mail's files at documents. Those that were uploaded before are not uploaded again."""
        assert mail.document_id is not None
        async with self._database.transaction(mail.merchant_id) as session:
            query = select(IncomingFile).where(IncomingFile.incoming_mail_id == mail.id)
            files = (await session.exec(query.order_by(col(IncomingFile.position)))).all()
        for file in files:
            if file.uploaded_as is None:
                file.uploaded_as = await self._owners.upload_comment_file(
                    mail.merchant_id, mail.document_id, file.name, file.content, file.media_type, author=author
                )
                async with self._database.transaction(mail.merchant_id) as session:
                    row = await session.get_one(IncomingFile, (mail.merchant_id, mail.id, file.position))
                    row.uploaded_as = file.uploaded_as
        return [str(file.uploaded_as) for file in files]

    async def _mark(self, merchant_id: UUID, id_: UUID, problem: Problem | None) -> None:
        now = datetime.now(UTC)
        async with self._database.transaction(merchant_id) as session:
            mail = await session.get_one(IncomingMail, id_, with_for_update=True)
            pause = pause_after(mail.attempts) if problem and _passes(problem) else None
            if pause is not None:
                mail.next_attempt_at = now + pause
                return
            mail.state = "open" if problem else "delivered"
            if problem:
                mail.reason = IncomingReason.NOT_TAKEN
                params = {name: str(value) for name, value in problem.params.items()}
                mail.reason_params = params | {"reason": problem.message}
            else:
                await _settle(session, mail, now)
            mail.touch()
            state = state_of(IncomingMailState, mail)
            record(session, (IncomingMailOpened if problem else IncomingMailDelivered)(incoming_mail=state))
        log.info("incoming_mail_handed_on", mail=str(id_), state=mail.state)


def _passes(problem: Problem) -> bool:
    return problem.status >= 500 or problem.status in _PASSES


async def _author(session: AsyncSession, mail: IncomingMail) -> dict[str, Any]:
    """The contact person whom the answered mail went to, else the document's customer.

    By the name that the sender gave, else by the one that the merchant knows.
    """
    kind, id_ = ("contact", mail.contact_id) if mail.contact_id else ("customer", mail.customer_id)
    name = mail.sender_name or await _known_name(session, mail) or mail.sender or "–"
    # Whom staff assigned is not proven to be one of the customer's people: the address says who it was.
    if mail.settled_by and mail.sender_name:
        name = f"{name[:60]} ({mail.sender})"
    return {"kind": kind, "id": str(id_), "name": name[:120]}


async def _known_name(session: AsyncSession, mail: IncomingMail) -> str:
    """Of whoever the answered mail went to; empty where staff assigned the mail, for then the sender is not proven."""
    if mail.settled_by or mail.customer_id is None:
        return ""
    customer = await copies.get(session, Customer, mail.customer_id)
    return next((one.name for one in customer.contacts if one.id == str(mail.contact_id)), customer.name)


async def _settle(session: AsyncSession, mail: IncomingMail, now: datetime) -> None:
    """The mail is dealt with: its text can be read for a while, its files are with the comment."""
    await session.exec(delete(IncomingFile).where(col(IncomingFile.incoming_mail_id) == mail.id))
    body = await session.get(IncomingBody, (mail.merchant_id, mail.id))
    if body is not None:
        body.settled_at = now


async def delete_old_bodies(database: Database) -> None:
    """Deletes what mails said that were dealt with two weeks ago."""
    for merchant_id in await database.merchants("merchants_with_old_incoming_bodies"):
        async with database.transaction(merchant_id) as session:
            old = f"SELECT incoming_mail_id FROM incoming_body WHERE {OLD_INCOMING_BODY}"
            await session.execute(text(f"DELETE FROM incoming_file WHERE incoming_mail_id IN ({old})"))
            await session.execute(text(f"DELETE FROM incoming_body WHERE {OLD_INCOMING_BODY}"))
