"""The way in by a mailbox: what is unseen in it is stored and marked as seen.

The standard library's client in a thread: aioimaplib is under the GPL, and one mailbox needs no event loop. What belongs to
nobody here is flagged for a person and stays where it is.
"""

import asyncio
import imaplib
import re
import ssl
from collections.abc import Callable
from typing import Any

import structlog

from kontor_notifications.intake.receive import Intake
from kontor_notifications.settings import Settings
from kontor_service.database import is_temporary

log = structlog.get_logger()

_TIMEOUT_SECONDS = 30.0
# Of one round; the others wait for the next.
_MOST = 50
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Mailbox:
    """One connection to the mailbox of the settings. Its methods block. Raises OSError and imaplib.IMAP4.error."""

    def __init__(self, settings: Settings) -> None:
        host, port = settings.imap_host, settings.imap_port
        if settings.imap_tls == "tls":
            self._imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                host, port, ssl_context=ssl.create_default_context(), timeout=_TIMEOUT_SECONDS
            )
        else:
            self._imap = imaplib.IMAP4(host, port, timeout=_TIMEOUT_SECONDS)
            if settings.imap_tls == "starttls":
                self._imap.starttls(ssl.create_default_context())
        self._imap.login(settings.imap_user, settings.imap_password.get_secret_value())
        _ok(self._imap.select(settings.imap_folder))

    def unseen(self) -> list[str]:
        """UIDs of what nobody has seen or flagged, oldest first."""
        found = _ok(self._imap.uid("SEARCH", "UNSEEN", "UNFLAGGED"))
        return [uid.decode() for uid in (found[0] or b"").split()][:_MOST]

    def size(self, uid: str) -> int:
        """In bytes; 0 where the server does not say."""
        found = _ok(self._imap.uid("FETCH", uid, "(RFC822.SIZE)"))
        match = next((match for part in found if isinstance(part, bytes) and (match := _SIZE.search(part))), None)
        return int(match[1]) if match else 0

    def fetch(self, uid: str, *, head: bool) -> bytes:
        """The mail without marking it, or its head alone; empty where it is gone."""
        found = _ok(self._imap.uid("FETCH", uid, "(BODY.PEEK[HEADER])" if head else "(BODY.PEEK[])"))
        return next((bytes(part[1]) for part in found if isinstance(part, tuple)), b"")

    def mark(self, uid: str, *flags: str) -> None:
        _ok(self._imap.uid("STORE", uid, "+FLAGS.SILENT", f"({' '.join(flags)})"))

    def close(self) -> None:
        try:
            self._imap.logout()
        except (OSError, imaplib.IMAP4.error):
            # The server ended the connection first.
            return


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status} {data!r}")
    return data


async def poll(settings: Settings, intake: Intake, connect: Callable[[Settings], Mailbox] = Mailbox) -> int:
    """Takes in what is unseen and returns how many mails that were. A mail is marked only after it is stored."""
    mailbox = await asyncio.to_thread(connect, settings)
    try:
        uids = await asyncio.to_thread(mailbox.unseen)
        for uid in uids:
            cut = await asyncio.to_thread(mailbox.size, uid) > settings.intake_largest_bytes
            raw = await asyncio.to_thread(mailbox.fetch, uid, head=cut)
            stored = await _stored(intake, raw, cut=cut)
            # What is not ours, and what could not be stored as a whole, is for a person who opens the mailbox.
            await asyncio.to_thread(mailbox.mark, uid, *(["\\Seen"] if stored and not cut else ["\\Seen", "\\Flagged"]))
        return len(uids)
    finally:
        await asyncio.to_thread(mailbox.close)


async def _stored(intake: Intake, raw: bytes, *, cut: bool) -> bool:
    """A mail at which our code fails must not hold up those behind it. Raises what passes by itself."""
    try:
        return await intake.receive(raw, return_path=None, refuses=False, cut=cut)
    except Exception as error:
        if is_temporary(error):
            raise
        log.exception("incoming_mail_not_stored")
        return False


async def keep_polling(settings: Settings, intake: Intake) -> None:
    """Looks into the mailbox for ever; where it cannot be reached, again after the same pause."""
    while True:
        try:
            more = await poll(settings, intake) == _MOST
        except (OSError, imaplib.IMAP4.error) as error:
            log.warning("mailbox_unreachable", host=settings.imap_host, error=str(error))
            more = False
        if not more:
            await asyncio.sleep(settings.imap_pause_seconds)
