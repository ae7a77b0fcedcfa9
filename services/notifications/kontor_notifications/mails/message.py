"""The mail as it goes over the wire: headers, alternatives, pictures, files."""

from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import cast

from kontor.identity.v1.identity_pb2 import Merchant
from kontor_notifications.kinds import kinds
from kontor_notifications.mails.recipients import header_address, is_address
from kontor_notifications.models import Mail
from kontor_notifications.rendering.render import Rendered
from kontor_notifications.reply_addresses import ReplyAddresses
from kontor_notifications.settings import Settings
from kontor_service.media_types import safe_media_type

LOGO = "logo@kontor"
_LONGEST_NAME = 120


class _Policy(EmailPolicy):
    """As SMTP's. Where that one folds a subject before a word with an umlaut, mail programs show two spaces."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() == "subject":
            return f"{name}: {Header(value, header_name=name).encode(linesep=self.linesep)}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() == "subject":
            return self.fold(name, value).encode("ascii")
        folded: bytes = super().fold_binary(name, value)
        return folded


_POLICY = _Policy(linesep=SMTP.linesep)


@dataclass(frozen=True)
class Attached:
    media_type: str
    content: bytes
    name: str = ""


def compose(
    settings: Settings,
    merchant: Merchant,
    mail: Mail,
    rendered: Rendered,
    *,
    logo: Attached | None,
    files: list[Attached],
    now: datetime,
) -> EmailMessage:
    """Raises NotSent for a recipient that is none. No value can add a header: each is one line of text."""
    message = EmailMessage(policy=_POLICY)
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(now)
    message["From"] = _sender(settings, merchant)
    message["To"] = header_address(mail.name, mail.recipient)
    reply_to = _reply_to(settings, merchant, mail)
    if is_address(reply_to):
        message["Reply-To"] = header_address(merchant.name, reply_to)
    message["Subject"] = rendered.subject
    message["Content-Language"] = mail.language
    # RFC 3834: no holiday notes to noreply; the second line says it to Exchange.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if logo:
        html = cast(list[EmailMessage], message.get_payload())[-1]
        kind, _, subtype = logo.media_type.partition("/")
        html.add_related(logo.content, kind, subtype, cid=f"<{LOGO}>", disposition="inline", filename=f"logo.{subtype}")
    for file in files:
        kind, _, subtype = safe_media_type(file.media_type).partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=_file_name(file.name))
    return message


def _reply_to(settings: Settings, merchant: Merchant, mail: Mail) -> str:
    """The Reply-To address: Kontor's intake for a customer's mail about documents, otherwise the merchant's."""
    replies = ReplyAddresses(settings)
    if mail.document_ids and replies.used and not kinds()[mail.kind].to_staff:
        return replies.of(mail.id)
    return merchant.mail_reply_to or merchant.contact_email


def _sender(settings: Settings, merchant: Merchant) -> Address:
    name = merchant.mail_from_name or merchant.name
    return header_address(f"{name} via {settings.mail_via}" if settings.mail_via else name, settings.mail_from)


def _file_name(name: str) -> str:
    """The name without characters that mail programs or file systems refuse; if it is shortened, its extension stays."""
    plain = "".join(sign if sign.isprintable() and sign not in '/\\"' else "_" for sign in name) or "file"
    return plain if len(plain) <= _LONGEST_NAME else plain[: _LONGEST_NAME - 12] + plain[-12:]
