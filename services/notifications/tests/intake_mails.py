"""Mails as customers' programs send them, and sending them to the intake."""

from email.message import EmailMessage
from typing import Any

import aiosmtplib

DOMAIN = "antwort.example"
INTAKE = {"intake_address": f"antwort@{DOMAIN}", "reply_keys": {"a1": "a secret of the tests"}, "reply_key_id": "a1"}
ERIKA = "erika@baeckerei-mueller.example"


def answer(reply_to: str, text: str = "Passt so, danke.", *, sender: str = ERIKA, **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Erika Müller <{sender}>"
    message["To"] = reply_to
    message["Subject"] = "Re: Ihre Rechnung RE-2026-0042"
    message["Message-ID"] = "<answer-1@baeckerei-mueller.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


async def send(
    port: int, message: EmailMessage, *, envelope_from: str | None = None, to: list[str] | None = None, **options: Any
) -> str:
    """Hands the mail to the intake; raises aiosmtplib.SMTPResponseException and the like where it is refused."""
    sender = message["From"].addresses[0].addr_spec if envelope_from is None else envelope_from
    recipients = to or [address.addr_spec for address in message["To"].addresses]
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="mx.example", **options) as smtp:
        _errors, answer = await smtp.sendmail(sender, recipients, message.as_bytes())
    return answer
