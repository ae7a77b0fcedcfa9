"""The SMTP side: takes what it is given, and refuses on demand so that delivery problems can be seen."""

import asyncio
import logging
import re

from aiosmtpd.smtp import SMTP, Envelope, Session

from kontor_standalone.mailsink.store import Mailbox

# refuse-550@example.org is refused for good, refuse-451@example.org for now.
_REFUSED = re.compile(r"refuse-([45]\d\d)@", re.IGNORECASE)
_LARGEST = 40 * 1024 * 1024


class Intake:
    """aiosmtpd's handler: names and arguments are its own."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

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
        message_id = self._mailbox.add(stamp.encode() + raw)
        return f"250 kept as {message_id}"


async def listen(mailbox: Mailbox, host: str, port: int) -> asyncio.Server:
    """Starts the SMTP server. OSError where the port is taken."""
    loop = asyncio.get_running_loop()
    # aiosmtpd writes every dialogue down, and with it who is mailed.
    logging.getLogger("mail.log").setLevel(logging.WARNING)

    def session() -> SMTP:
        return SMTP(
            Intake(mailbox), hostname="kontor-mailsink", enable_SMTPUTF8=True, data_size_limit=_LARGEST, loop=loop
        )

    return await loop.create_server(session, host, port)
