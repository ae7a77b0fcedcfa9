"""From the bytes of a mail to what page and API show of it."""

import base64
import re
from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

_URL = re.compile(r"https?://[^\s<>\"']+")
_ANCHOR = re.compile(r'<a\b[^>]*?\bhref="(https?://[^"]+)"', re.IGNORECASE)


def read(message_id: str, raw: bytes) -> dict[str, Any]:
    message = message_of(raw)
    text, html = _body(message, "plain"), _body(message, "html")
    sent = message["Date"].datetime if message["Date"] else None
    return {
        "id": message_id,
        # Of the envelope: who really got it.
        "to": [
            part.strip() for part in str(message["X-Envelope-To"] or message["To"] or "").split(",") if part.strip()
        ],
        "sender": str(message["From"] or ""),
        "reply_to": str(message["Reply-To"] or ""),
        "subject": str(message["Subject"] or ""),
        "date": sent.astimezone(UTC) if sent else None,
        "text": text,
        "html": _with_images(html, message),
        # Every web address a reader could follow, each once, in the order of the text.
        "links": list(
            dict.fromkeys(
                [url.rstrip(".,;:!?)]") for url in _URL.findall(text)] + list(map(unescape, _ANCHOR.findall(html)))
            )
        ),
        "attachments": [
            {
                "name": part.get_filename() or f"part-{index}",
                "media_type": part.get_content_type(),
                "size": len(content_of(part)),
                "url": f"/messages/{message_id}/attachments/{index}",
            }
            for index, part in enumerate(attachments(message))
        ],
        "headers": {name: str(value) for name, value in message.items()},
    }


def message_of(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def attachments(message: EmailMessage) -> list[EmailMessage]:
    """What a reader would save: attached files, not the pictures of the HTML part."""
    return [part for part in message.walk() if part.get_content_disposition() == "attachment"]


def content_of(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _body(message: EmailMessage, subtype: str) -> str:
    part = message.get_body(preferencelist=(subtype,))
    return str(part.get_content()) if part is not None else ""


def _with_images(html: str, message: EmailMessage) -> str:
    """Pictures that came along (cid:) as data, so that the frame needs to load nothing."""
    for part in message.walk():
        content_id = str(part["Content-ID"] or "").strip("<>")
        if content_id and f"cid:{content_id}" in html:
            data = base64.b64encode(content_of(part)).decode()
            html = html.replace(f"cid:{content_id}", f"data:{part.get_content_type()};base64,{data}")
    return html
