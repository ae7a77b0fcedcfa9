"""Handing a mail to the mail server, and what its answer means."""

from email.message import EmailMessage
from typing import Self

import aiosmtplib

from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_notifications.errors import NotSent, TryLater
from kontor_notifications.settings import Settings


class SmtpConnection:
    """One connection to the mail server, opened with the first mail."""

    def __init__(self, settings: Settings) -> None:
        self._sender = settings.mail_from
        self._smtp = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=settings.smtp_password.get_secret_value() or None,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            timeout=settings.smtp_timeout_seconds,
            local_hostname=settings.mail_from.rpartition("@")[2],
        )

    async def send(self, message: EmailMessage) -> None:
        """Returns when the server has taken the responsibility (its 250). Raises NotSent."""
        try:
            if not self._smtp.is_connected:
                await self._smtp.connect()
        except (aiosmtplib.SMTPException, OSError) as error:
            # Also a refused log-in: that is the installation's fault, not the mail's.
            raise TryLater(MailError.UNREACHABLE, answer=str(error)) from error
        try:
            # The address for the envelope, as mail servers know it.
            recipient = message["To"].addresses[0].addr_spec
            await self._smtp.sendmail(self._sender, [recipient], message.as_bytes())
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as error:
            self._smtp.close()
            raise TryLater(MailError.UNREACHABLE, answer=type(error).__name__) from error
        except (aiosmtplib.SMTPException, ValueError) as error:
            raise classify(error) from error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._smtp.close()


def classify(error: Exception) -> NotSent:
    """Whether to send again or give up: reply codes 4xx are temporary failures, 5xx permanent ones (RFC 5321)."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        return classify(error.recipients[0])
    if isinstance(error, aiosmtplib.SMTPResponseException):
        answer = f"{error.code} {error.message}".strip()
        if 500 <= error.code < 600:
            return NotSent(MailError.REFUSED, answer=answer)
        return TryLater(MailError.PUT_OFF, answer=answer)
    return NotSent(MailError.REFUSED, answer=str(error))
