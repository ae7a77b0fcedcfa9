"""From the bytes of a mail to what is shown of it."""

import base64
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from typing import Any

_URL = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True)
class Attachment:
    name: str
    media_type: str
    size: int
    url: str


@dataclass(frozen=True)
class Shown:
    """A mail, as page and API show it."""

    id: str
    # Of the envelope: who really got it.
    to: list[str]
    sender: str
    reply_to: str
    subject: str
    date: datetime | None
    text: str
    html: str
    links: list[str]
    attachments: list[Attachment]
    headers: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"date": self.date.isoformat() if self.date else None}


def read(message_id: str, raw: bytes) -> Shown:
    message = message_of(raw)
    text, html = _body(message, "plain"), _body(message, "html")
    return Shown(
        id=message_id,
        to=[part.strip() for part in str(message["X-Envelope-To"] or message["To"] or "").split(",") if part.strip()],
        sender=str(message["From"] or ""),
        reply_to=str(message["Reply-To"] or ""),
        subject=str(message["Subject"] or ""),
        date=_date(str(message["Date"] or "")),
        text=text,
        html=_with_images(html, message),
        links=_links(text, html),
        attachments=[
            Attachment(
                part.get_filename() or f"part-{index}",
                part.get_content_type(),
                len(content_of(part)),
                f"/messages/{message_id}/attachments/{index}",
            )
            for index, part in enumerate(attachments(message))
        ],
        headers={name: str(value) for name, value in message.items()},
    )


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


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        return None


def _with_images(html: str, message: EmailMessage) -> str:
    """Pictures that came along (cid:) as data, so that the frame needs to load nothing."""
    for part in message.walk():
        content_id = str(part["Content-ID"] or "").strip("<>")
        if content_id and f"cid:{content_id}" in html:
            data = base64.b64encode(content_of(part)).decode()
            html = html.replace(f"cid:{content_id}", f"data:{part.get_content_type()};base64,{data}")
    return html


class _Anchors(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href") if tag == "a" else None
        if target and target.startswith(("http://", "https://")):
            self.found.append(target)


def _links(text: str, html: str) -> list[str]:
    """Every web address a reader could follow, each once, in the order of the text."""
    anchors = _Anchors()
    anchors.feed(html)
    plain = [url.rstrip(".,;:!?)]") for url in _URL.findall(text)]
    return list(dict.fromkeys([*plain, *anchors.found]))
