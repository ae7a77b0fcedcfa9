"""From the bytes of a mail to what is kept of it: who wrote, in answer to what, the new text, the files.

Neither HTML is kept nor the secret part of a link that an answer quotes.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses

from inscriptis import get_text
from inscriptis.model.config import ParserConfig
from lxml.etree import LxmlError

from kontor_notifications.intake.quoting import new_part
from kontor_service.media_types import safe_media_type

_LONGEST_TEXT = 100_000
_LONGEST_NAME = 200
# Control characters, of which no database takes all, and halves of characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# The secret part of a link to the portal, as identity makes it, which an answer quotes: nobody else gets to read it.
_SECRET = re.compile(r"\b[\w-]{1,20}\.[\w-]{22}\.[\w-]{27}(?![\w-])")
_MESSAGE_ID = re.compile(r"<[^<>\s]{3,250}>")
# Where servers and mailboxes say which address a mail was for, besides To and Cc.
_RECIPIENTS = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
# Pictures of the text itself (logos, icons of a signature) are smaller than what somebody photographs.
_SMALLEST_PHOTO = 100_000
# Proofs and envelopes of other programs, which nobody attached.
_NO_FILES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/ms-tnef"}
)


@dataclass(frozen=True)
class IncomingFileContent:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class ParsedMail:
    """Texts are without control characters. `message_id` is the sender's, else a hash of the mail."""

    message: EmailMessage
    message_id: str
    sender: str
    sender_name: str
    # Every address that it may have been for, in lower case, each once.
    recipients: tuple[str, ...]
    # Message-IDs of what it answers, nearest first.
    references: tuple[str, ...]
    subject: str
    # What the sender wrote now, and the same with all that it quotes.
    text: str
    whole_text: str
    files: tuple[IncomingFileContent, ...]


def parse(raw: bytes) -> ParsedMail:
    """Takes whatever comes: parts that cannot be read are left out."""
    message = message_from_bytes(raw, policy=policy.default)
    whole = _text(message)
    senders = _header_addresses(message, "From") or _header_addresses(message, "Sender")
    name, sender = senders[0] if senders else ("", "")
    ids = _MESSAGE_ID.findall(_header(message, "Message-ID"))
    return ParsedMail(
        message=message,
        message_id=ids[0] if ids else f"<{hashlib.sha256(raw).hexdigest()}@no-message-id>",
        sender=sender,
        sender_name=name[:_LONGEST_NAME],
        recipients=tuple(dict.fromkeys(address for field in _RECIPIENTS for _name, address in _header_addresses(message, field))),
        references=tuple(
            dict.fromkeys(
                [*_MESSAGE_ID.findall(_header(message, "In-Reply-To")), *_MESSAGE_ID.findall(_header(message, "References"))[::-1]]
            )
        ),
        subject=" ".join(_header(message, "Subject").split())[:_LONGEST_NAME],
        text=new_part(whole),
        whole_text=whole,
        files=tuple(_files(message)),
    )  # fmt: skip


def _header(message: EmailMessage, name: str) -> str:
    try:
        return plain(str(message.get(name) or ""))
    except (ValueError, IndexError, AttributeError):
        # The standard library's parser fails at some malformed headers.
        return ""


def _header_addresses(message: EmailMessage, name: str) -> list[tuple[str, str]]:
    """(name, address) of each, the address in lower case."""
    try:
        texts = [str(value) for value in message.get_all(name) or ()]
    except (ValueError, IndexError, AttributeError):
        return []
    found = getaddresses([plain(text) for text in texts])
    return [(plain(label), address.casefold()) for label, address in found if "@" in address and len(address) <= 254]


def _text(message: EmailMessage) -> str:
    """The text part; where there is none or an empty one, the HTML as text."""
    text = _content(message.get_body(("plain",)))
    if not text.strip():
        text = _as_text(_content(message.get_body(("html",))))
    return _SECRET.sub("•••", plain(text)[:_LONGEST_TEXT].replace("\r\n", "\n").strip())


def _content(part: MIMEPart | None) -> str:
    """The decoded text of a part; with an unknown or wrong character set, as far as it can be read."""
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError, AssertionError):
        content = _bytes(part).decode("utf-8", "replace")
    return content if isinstance(content, str) else ""


def _as_text(html: str) -> str:
    try:
        return get_text(html, ParserConfig(display_links=False)) if html.strip() else ""
    except (LxmlError, ValueError, RecursionError):
        return ""


def _files(message: EmailMessage) -> Iterator[IncomingFileContent]:
    bodies = {id(message.get_body((subtype,))) for subtype in ("plain", "html")}
    html = _content(message.get_body(("html",)))
    for part in message.walk():
        if part.is_multipart() or id(part) in bodies or part.get_content_type() in _NO_FILES:
            continue
        content, name = _bytes(part), plain(part.get_filename() or "")
        if not _is_attached(part, name) or _is_part_of_text(part, html, len(content)):
            continue
        media_type = safe_media_type(part.get_content_type())
        yield IncomingFileContent(
            (name or f"file.{media_type.partition('/')[2]}")[-_LONGEST_NAME:], media_type, content
        )


def _is_attached(part: EmailMessage, name: str) -> bool:
    return bool(name) or part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"


def _is_part_of_text(part: EmailMessage, html: str, size: int) -> bool:
    """Whether it is a picture that the HTML shows and nobody will miss: a photograph put into the text is a file."""
    content_id = str(part.get("Content-ID") or "").strip("<> ")
    shown = bool(content_id) and f"cid:{content_id}" in html
    return shown and part.get_content_maintype() == "image" and size < _SMALLEST_PHOTO


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def plain(text: str) -> str:
    return _CONTROL.sub("", text)
