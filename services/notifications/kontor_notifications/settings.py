"""What notifications is told from outside, besides what every service is told."""

import re
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from kontor_service.settings import ServiceSettings

# A local part has 64 characters (RFC 5321); the rest is the key's id and the token.
_INTAKE_ADDRESS = re.compile(r"[a-z0-9._-]{1,14}@[a-z0-9.-]+\Z", re.IGNORECASE)
_KEY_ID = re.compile(r"[a-z0-9]{1,4}\Z")


class UnsafeSettings(ValueError):
    """Settings that may be used in development only."""


class Settings(ServiceSettings):
    service: str = "notifications"
    port: int = 8013

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8026
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    # starttls insists on encryption; tls speaks it from the first byte.
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_timeout_seconds: float = 30.0
    # The address all mails come from; its domain ends the Message-IDs.
    mail_from: str = "noreply@localhost"
    # Behind the merchant's name in From: "Elektro Wagner via Kontor"; empty leaves the name alone.
    mail_via: str = "Kontor"

    # Documents that reach one recipient within this pause go in one mail, which waits no longer than the second.
    bundle_pause_seconds: float = 2.0
    bundle_at_most_seconds: float = 30.0
    # Files beyond this stay behind the link: most mail servers take 10 to 25 MB.
    attachments_at_most_bytes: int = 10_000_000
    # Several comments on a document within this time go in one mail, which waits no longer than the second.
    comment_pause_seconds: float = 180.0
    comment_at_most_seconds: float = 600.0

    # Mails about documents are answered to antwort+<token>@<domain>, for this antwort@<domain>; empty: to the merchant's own
    # address, and no mail is taken in.
    intake_address: str = ""
    # Secrets that reply addresses are derived from, by key id (letters and digits, at most four). One derives; all verify.
    reply_keys: dict[str, SecretStr] = Field(default_factory=dict)
    reply_key_id: str = ""
    # Mail comes in by SMTP on this port (0: it does not) …
    intake_host: str = "127.0.0.1"
    intake_port: int = 0
    intake_largest_bytes: int = 25_000_000
    # PEM files with which senders are offered STARTTLS; read at each connection, so that a renewed certificate counts at once.
    intake_certificate_file: str = ""
    intake_key_file: str = ""
    # Takes no mail without STARTTLS: right behind a mail server of one's own, wrong for an MX (RFC 3207, 4).
    intake_requires_tls: bool = False
    # … or lies in a mailbox of its own, which is looked into every so many seconds.
    imap_host: str = ""
    imap_port: int = 993
    imap_tls: Literal["none", "starttls", "tls"] = "tls"
    imap_user: str = ""
    imap_password: SecretStr = SecretStr("")
    imap_folder: str = "INBOX"
    imap_pause_seconds: float = 30.0

    @model_validator(mode="after")
    def mail_is_safe(self) -> Self:
        if self.environment == "production":
            if self.smtp_tls == "none" and self.smtp_host not in ("127.0.0.1", "::1", "localhost"):
                raise UnsafeSettings("smtp_tls: none is for a mail server on this machine only")
            if self.mail_from.endswith("@localhost"):
                raise UnsafeSettings("mail_from: an address of your own domain is needed")
        return self

    @model_validator(mode="after")
    def intake_is_complete(self) -> Self:
        if not self.intake_address:
            return self
        if not _INTAKE_ADDRESS.match(self.intake_address):
            raise UnsafeSettings("intake_address: an address is needed, with at most 14 characters before the @")
        if self.reply_key_id not in self.reply_keys or not all(map(_KEY_ID.match, self.reply_keys)):
            raise UnsafeSettings(
                "reply_keys: by key ids of one to four letters or digits, of which reply_key_id names one"
            )
        if bool(self.intake_certificate_file) != bool(self.intake_key_file):
            raise UnsafeSettings("intake_certificate_file, intake_key_file: one is of no use without the other")
        if self.intake_requires_tls and not self.intake_certificate_file:
            raise UnsafeSettings("intake_requires_tls: needs intake_certificate_file")
        if self.environment == "production":
            if any(len(secret.get_secret_value()) < 32 for secret in self.reply_keys.values()):
                raise UnsafeSettings("reply_keys: at least 32 characters each outside development")
            if self.imap_host and self.imap_tls == "none" and self.imap_host not in ("127.0.0.1", "::1", "localhost"):
                raise UnsafeSettings("imap_tls: none is for a mail server on this machine only")
        return self
