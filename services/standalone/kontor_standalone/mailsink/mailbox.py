"""The SMTP side: keeps every mail as a file, so that it survives a restart; refuses on demand, to see delivery problems."""

import asyncio
import logging
import re
from functools import partial
from pathlib import Path
from socket import socket

from aiosmtpd.smtp import SMTP, Envelope, Session

from kontor_service.ids import uuid7

_ID = re.compile(r"[0-9a-f]{32}")
# refuse-550@example.org is refused permanently, refuse-451@example.org temporarily.
_REFUSED = re.compile(r"refuse-([45]\d\d)@", re.IGNORECASE)
_LARGEST = 40 * 1024 * 1024


class Mailbox:
    """One .eml per mail, named by a UUIDv7: names sort by arrival. Also aiosmtpd's handler: those names are its own."""

    def __init__(self, folder: Path, keep: int) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._keep = keep

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        refused = _REFUSED.match(address)
        if refused:
            return f"{refused[1]} {address} is refused, as its name asks for"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        # The envelope's recipients, in front: the To header says only what the sender wants to be read.
        stamp = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        return f"250 kept as {self.add(stamp.encode() + raw)}"

    def add(self, raw: bytes) -> str:
        """Keeps a mail and returns its id; the oldest beyond the bound go."""
        message_id = uuid7().hex
        unfinished = self._folder / f"{message_id}.part"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(raw)
        unfinished.rename(self._path(message_id))
        for surplus in self.ids()[self._keep :]:
            self._path(surplus).unlink(missing_ok=True)
        return message_id

    def ids(self) -> list[str]:
        """Newest first."""
        return sorted((file.stem for file in self._folder.glob("*.eml")), reverse=True)

    def raw(self, message_id: str) -> bytes | None:
        """The mail as it came, or None where there is none of this id."""
        known = _ID.fullmatch(message_id) and self._path(message_id).exists()
        return self._path(message_id).read_bytes() if known else None

    def clear(self) -> None:
        for message_id in self.ids():
            self._path(message_id).unlink(missing_ok=True)

    def _path(self, message_id: str) -> Path:
        return self._folder / f"{message_id}.eml"


async def listen(mailbox: Mailbox, host: str, port: int, given: socket | None = None) -> asyncio.Server:
    """Starts the SMTP server, on a given socket where there is one. OSError where the port is taken."""
    loop = asyncio.get_running_loop()
    # aiosmtpd writes every dialogue down, and with it who is mailed.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    session = partial(
        SMTP, mailbox, hostname="kontor-mailsink", enable_SMTPUTF8=True, data_size_limit=_LARGEST, loop=loop
    )
    if given is not None:
        return await loop.create_server(session, sock=given)
    return await loop.create_server(session, host, port)
