"""Handing a mail to the mail server, and what its answer means."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiosmtplib

from kontor_notifications.settings import Settings


class NotNow(Exception):
    """The server may take it later: no connection, no answer, or a 4xx."""


class Never(Exception):
    """The server will not take it (5xx); the message says why in its words."""


class Postman:
    """One connection to the mail server, opened with the first mail."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._smtp: aiosmtplib.SMTP | None = None

    async def send(self, message: EmailMessage, recipient: str) -> None:
        """Returns when the server has taken the responsibility (its 250). Raises NotNow, Never."""
        smtp = await self._connected()
        try:
            await smtp.send_message(message, sender=self._settings.mail_from, recipients=[recipient])
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as error:
            await self.close()
            raise NotNow(f"The connection to the mail server broke: {type(error).__name__}") from error
        except (aiosmtplib.SMTPException, ValueError) as error:
            raise verdict(error) from error

    async def close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._smtp is None or not self._smtp.is_connected:
            self._smtp = await self._connect()
        return self._smtp

    async def _connect(self) -> aiosmtplib.SMTP:
        wanted = self._settings
        smtp = aiosmtplib.SMTP(
            hostname=wanted.smtp_host,
            port=wanted.smtp_port,
            username=wanted.smtp_user or None,
            password=wanted.smtp_password.get_secret_value() or None,
            use_tls=wanted.smtp_tls == "tls",
            start_tls=wanted.smtp_tls == "starttls",
            timeout=wanted.smtp_timeout_seconds,
            local_hostname=wanted.mail_from.rpartition("@")[2],
        )
        try:
            await smtp.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            # Also a refused log-in: that is the installation's fault, not the mail's.
            raise NotNow(f"The mail server cannot be reached: {error}") from error
        return smtp


@asynccontextmanager
async def postman(settings: Settings) -> AsyncIterator[Postman]:
    """A postman for a round of mails."""
    made = Postman(settings)
    try:
        yield made
    finally:
        await made.close()


def verdict(error: Exception) -> NotNow | Never:
    """From the server's answer to ours: 4xx is for now, 5xx for good."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        return verdict(error.recipients[0])
    if isinstance(error, aiosmtplib.SMTPResponseException):
        words = f"{error.code} {error.message}".strip()
        return Never(words) if 500 <= error.code < 600 else NotNow(words)
    return Never(str(error))
