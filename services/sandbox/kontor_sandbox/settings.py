"""What the sandbox provider is told from outside, as KONTOR_SANDBOX_…"""

from pathlib import Path
from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class SandboxSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="KONTOR_SANDBOX_", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "production"
    host: str = "127.0.0.1"
    port: int = 8020
    # An SQLite file.
    database: Path = Path("sandbox.db")
    # Where payers find the hosted page.
    public_url: str = "http://localhost:8020"
    # Who holds it may open accounts.
    platform_key: SecretStr = SecretStr("sandbox")
    # A SEPA debit settles by itself after so many seconds.
    settle_after_seconds: float = 45

    @model_validator(mode="after")
    def safe_outside_development(self) -> Self:
        if self.environment == "production" and len(self.platform_key.get_secret_value()) < 32:
            raise ValueError("platform_key: at least 32 characters outside development")
        return self
