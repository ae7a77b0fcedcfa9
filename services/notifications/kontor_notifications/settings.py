"""What notifications is told from outside, besides what every service is told."""

from typing import Literal, Self

from pydantic import SecretStr, model_validator

from kontor_service.settings import ServiceSettings


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

    @model_validator(mode="after")
    def mail_is_safe(self) -> Self:
        if self.environment == "production":
            if self.smtp_tls == "none" and self.smtp_host not in ("127.0.0.1", "::1", "localhost"):
                raise UnsafeSettings("smtp_tls: none is for a mail server on this machine only")
            if self.mail_from.endswith("@localhost"):
                raise UnsafeSettings("mail_from: an address of your own domain is needed")
        return self
