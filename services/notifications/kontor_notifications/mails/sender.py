"""Sending what is queued.

A mail is claimed for a while, made and handed over outside of any transaction, and marked afterwards. Between
the mail server's 250 and our commit of "sent" lies the one window in which a mail can go out twice: if the process
dies or the answer is lost there, the claim runs out and the mail goes again, with the same Message-ID.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import text

from kontor.notifications.v1.notifications_pb2 import MailDelayed, MailFailed, MailSent, MailSuppressed
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_bus import record
from kontor_notifications.errors import NotSent, TryLater, refusal
from kontor_notifications.events import mail_state
from kontor_notifications.kinds import kinds
from kontor_notifications.mails.build import Built, build
from kontor_notifications.mails.owners import Owners
from kontor_notifications.mails.queue import Queue
from kontor_notifications.mails.smtp import SmtpConnection
from kontor_notifications.models import Mail, MailBody
from kontor_notifications.settings import Settings
from kontor_service.database import Database
from kontor_service.errors import Problem

log = structlog.get_logger()

# Longer than a round of mails can take; after it a claim counts as abandoned.
_CLAIM = timedelta(minutes=15)
_ROUND = 10
# What a fault of ours, or of one document in a bundle, may cost: some minutes.
_TRIES_OF_A_FAULT = 4
_OF_THE_SERVER = frozenset({MailError.UNREACHABLE, MailError.PUT_OFF, MailError.REFUSED, MailError.ADDRESS_INVALID})
# After the n-th attempt. What cannot be handed over in about two and a half days is given up.
_PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (10, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 43200, 43200)
)
# Due mails of the transaction's merchant that nobody else has; they are ours until that instant.
_CLAIM_DUE = text(
    """
    UPDATE mail SET attempts = attempts + 1, collecting = false, next_attempt_at = :until
    WHERE id IN (
        SELECT id FROM mail
        WHERE state = 'queued' AND next_attempt_at <= now() AND lane <= :lane
        ORDER BY lane, next_attempt_at LIMIT :most FOR UPDATE SKIP LOCKED
    )
    RETURNING id
    """
)
_EVENTS = {"sent": MailSent, "queued": MailDelayed, "failed": MailFailed, "suppressed": MailSuppressed}


class Sender:
    """`urgent` ones only look at mails somebody waits for, so that a month's bills delay no log-in code."""

    def __init__(
        self, settings: Settings, database: Database, owners: Owners, queue: Queue, mails: Counter, *, urgent: bool
    ) -> None:
        self._settings = settings
        self._database = database
        self._owners = owners
        self._queue = queue
        self._mails = mails
        self._urgent = urgent

    async def run(self, pause: float = 0.5) -> None:
        """Rounds for ever, with a pause in seconds where nothing was due."""
        while True:
            if not await self.round():
                await asyncio.sleep(pause)

    async def round(self) -> int:
        """Sends what is due, at most some mails of each merchant, and returns how many it took."""
        taken = 0
        for merchant_id in await self._merchants():
            async with self._database.transaction(merchant_id) as session:
                until = datetime.now(UTC) + _CLAIM
                due = {"until": until, "most": _ROUND, "lane": 0 if self._urgent else 1}
                ids = list((await session.execute(_CLAIM_DUE, due)).scalars())
            taken += len(ids)
            await _to_the_end(self._deliver_all(merchant_id, ids))
        return taken

    async def _merchants(self) -> list[UUID]:
        """The merchants with mails due now."""
        lister = "merchants_with_urgent_mails" if self._urgent else "merchants_with_due_mails"
        return await self._database.merchants(lister)

    async def _deliver_all(self, merchant_id: UUID, ids: Sequence[UUID]) -> None:
        async with SmtpConnection(self._settings) as server:
            for id_ in ids:
                outcome = await self._deliver(merchant_id, id_, server)
                await self._mark(merchant_id, id_, outcome)

    async def _deliver(self, merchant_id: UUID, id_: UUID, server: SmtpConnection) -> Built | NotSent:
        """What was sent, or why nothing was."""
        try:
            mail = await self._ready(merchant_id, id_)
            built = await build(self._settings, self._database, self._owners, mail)
            await server.send(built.message)
            return built
        except NotSent as reason:
            return reason
        except Problem as problem:
            return refusal(problem)
        except Exception as error:
            # A fault of ours must not hold up the other mails; it is tried again, and given up in the end.
            log.exception("mail_not_built", mail=str(id_))
            return TryLater(MailError.INTERNAL, answer=type(error).__name__)

    async def _ready(self, merchant_id: UUID, id_: UUID) -> Mail:
        """The mail; links that went to a wrong address are ended first, once."""
        async with self._database.transaction(merchant_id) as session:
            mail: Mail = await session.get_one(Mail, id_)
            first = await session.get(Mail, mail.resend_of) if mail.renew_links and mail.resend_of else None
        if first is not None:
            await kinds()[first.kind].links.renew(self._owners, first)
            async with self._database.transaction(merchant_id) as session:
                (await session.get_one(Mail, id_, with_for_update=True)).renew_links = False
        return mail

    async def _mark(self, merchant_id: UUID, id_: UUID, outcome: Built | NotSent) -> None:
        now = datetime.now(UTC)
        async with self._database.transaction(merchant_id) as session:
            mail = await session.get_one(Mail, id_, with_for_update=True)
            if isinstance(outcome, NotSent) and _should_be_split(mail, outcome):
                outcome = await self._queue.split(session, mail)
            settle(mail, outcome, now)
            if isinstance(outcome, Built):
                shown = outcome.shown
                # Once, also of a mail that went out twice.
                body = MailBody(mail_id=id_, merchant_id=merchant_id, text=shown.text, html=shown.html, created_at=now)
                await session.merge(body)
            mail.touch()
            session.add(mail)
            record(session, _EVENTS[mail.state](mail=mail_state(mail)))
        self._mails.labels(mail.state, mail.error).inc()
        log.info("mail", mail=str(id_), kind=mail.kind, state=mail.state, attempts=mail.attempts)


def pause_after(attempt: int) -> timedelta | None:
    """The pause after this many attempts; None when it was the last."""
    return _PAUSES[attempt - 1] if attempt <= len(_PAUSES) else None


def _should_be_split(mail: Mail, refused: NotSent) -> bool:
    """Whether a mail about several documents fails because of one of them, rather than because of the mail server."""
    held_up = refused.state == "failed" or (refused.state == "queued" and mail.attempts >= _TRIES_OF_A_FAULT)
    return len(mail.document_ids) > 1 and held_up and refused.code not in _OF_THE_SERVER


def settle(mail: Mail, outcome: Built | NotSent, now: datetime) -> None:
    """Sets the mail's state from the outcome of an attempt to send it."""
    if isinstance(outcome, NotSent):
        mail.state, mail.error, mail.error_params = outcome.state, outcome.code, outcome.params
    else:
        mail.state, mail.error, mail.error_params = "sent", "", {}
        mail.subject, mail.sent_at = outcome.shown.subject, now
    if mail.state == "queued":
        ours = mail.error == MailError.INTERNAL and mail.attempts >= _TRIES_OF_A_FAULT
        pause = None if ours else pause_after(mail.attempts)
        if pause is not None:
            mail.next_attempt_at = now + pause
            return
        mail.state, mail.error_params = "failed", {**mail.error_params, "attempts": str(mail.attempts)}
    # Staff's own words are wanted for one sending only; what failed can be corrected.
    if mail.state != "failed":
        mail.own_subject = mail.own_text = ""


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """A stop lets the mails in hand be sent and marked: stopping between would send them twice."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
