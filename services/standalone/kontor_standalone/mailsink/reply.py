"""Answering a mail of the sink, as the recipient's mail program would: a real mail, handed over by SMTP."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

import aiosmtplib

from kontor_standalone.mailsink.settings import MailSinkSettings


def answer_to(mail: dict[str, Any], sender: str, text: str, file: tuple[str, str, bytes] | None) -> EmailMessage:
    """`mail` is what parse.read says of it; `file` is name, media type and content."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail["reply_to"]
    message["Subject"] = f"Re: {mail['subject']}"
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = make_msgid(domain="mailsink.localhost")
    message["In-Reply-To"] = message["References"] = mail["headers"].get("Message-ID", "")
    quoted = "\n".join(f"> {line}".rstrip() for line in mail["text"].splitlines())
    when = mail["date"].strftime("%d.%m.%y um %H:%M") if mail["date"] else ""
    message.set_content(f"{text}\n\nAm {when} schrieb {mail['sender']}:\n{quoted}\n")
    if file:
        name, media_type, content = file
        kind, _, subtype = media_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=name)
    return message


async def send(settings: MailSinkSettings, message: EmailMessage) -> str:
    """What the intake says to it, also where it refuses it."""
    try:
        _errors, answer = await aiosmtplib.send(
            message, hostname=settings.intake_host, port=settings.intake_port, start_tls=False
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return " ".join(f"{one.code} {one.message}" for one in refused.recipients)
    except aiosmtplib.SMTPResponseException as refused:
        return f"{refused.code} {refused.message}"
    except (aiosmtplib.SMTPException, OSError) as error:
        return f"The intake cannot be reached: {error}"
    return f"250 {answer}"
