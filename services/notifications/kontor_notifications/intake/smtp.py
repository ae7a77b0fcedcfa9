"""The way in by SMTP: the mail server of the intake's domain hands mails on to this port, or is this port (MX)."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from socket import socket

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from kontor_notifications.intake.receive import UNKNOWN_ADDRESS, Intake, NotAccepted
from kontor_notifications.settings import Settings
from kontor_service.database import is_temporary

log = structlog.get_logger()

_UNKNOWN = f"550 5.1.1 {UNKNOWN_ADDRESS}"
_LATER = "451 4.3.0 Bitte versuchen Sie es erneut. / Please try again later."
_IDLE_SECONDS = 120.0


class Handler:
    """Its methods have the names that aiosmtpd calls. 250 is said when the mail is stored."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """An address of ours that was not made here is refused at once; the plain one is looked at with the mail."""
        try:
            if not await self._intake.destinations.knows(address):
                return _UNKNOWN
        except Exception as error:
            return _temporary(error)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
        try:
            ours = await self._intake.receive(
                raw, recipients=envelope.rcpt_tos, return_path=(envelope.mail_from or "").strip("<>"), refuses=True
            )
        except NotAccepted as refused:
            return refused.answer
        except Exception as error:
            return _temporary(error)
        return "250 2.0.0 OK" if ours else _UNKNOWN


def _temporary(error: Exception) -> str:
    """The sender's server keeps the mail and comes again; a fault of ours is logged."""
    if not is_temporary(error):
        log.error("incoming_mail_not_stored", exc_info=error)
    return _LATER


def _encryption(settings: Settings) -> ssl.SSLContext | None:
    """What STARTTLS is done with; None where no certificate is set, and then it is not offered."""
    if not settings.intake_certificate_file:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.intake_certificate_file, settings.intake_key_file)
    return context


@asynccontextmanager
async def listening(settings: Settings, intake: Intake, given: socket | None = None) -> AsyncIterator[int]:
    """Listens while the block runs, on the given socket or as the settings say. Yields the port.

    OSError where it is taken or a file of the certificate is missing; ssl.SSLError where the two do not belong together.
    """
    # aiosmtpd writes every dialogue down, and with it who writes.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    loop = asyncio.get_running_loop()
    session = partial(
        SMTP, Handler(intake), hostname=settings.intake_address.rpartition("@")[2], ident="Kontor", enable_SMTPUTF8=True,
        data_size_limit=settings.intake_largest_bytes, timeout=_IDLE_SECONDS, loop=loop,
        require_starttls=settings.intake_requires_tls,
    )  # fmt: skip
    _encryption(settings)
    where = {"sock": given} if given else {"host": settings.intake_host, "port": settings.intake_port}
    server = await loop.create_server(lambda: session(tls_context=_encryption(settings)), **where)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
