"""Where the sink listens and what it keeps."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class MailSinkSettings(BaseSettings):
    """By environment (KONTOR_MAILSINK_…) or by code."""

    model_config = SettingsConfigDict(env_prefix="KONTOR_MAILSINK_", extra="ignore", frozen=True)

    folder: Path
    host: str = "127.0.0.1"
    port: int = 8025
    smtp_host: str = "127.0.0.1"
    # 0 takes a free one; app.state.smtp_port says which.
    smtp_port: int = 8026
    # Where a reply written on the page is sent to by SMTP; 0 offers none.
    intake_host: str = "127.0.0.1"
    intake_port: int = 0
    # The oldest mails beyond these are deleted.
    keep: int = 500
