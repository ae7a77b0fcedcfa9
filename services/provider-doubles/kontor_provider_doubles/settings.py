"""What a double is told from outside, as KONTOR_DOUBLE_…"""

from pathlib import Path
from typing import Literal, Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PORTS = {"stripe": 8022, "paypal": 8023}


class DoubleSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="KONTOR_DOUBLE_", extra="ignore", frozen=True)

    environment: Literal["development", "production"] = "production"
    host: str = "127.0.0.1"
    # None: the provider's own in PORTS.
    port: int | None = None
    # An SQLite file per provider lies in it.
    folder: Path = Path()
    # Where payers and merchants find the double's pages; None: localhost with the port.
    public_url: str | None = None
    # What the operator of Kontor would have: the secret of its own account at the provider.
    platform_key: SecretStr = SecretStr("sk_test_platform")

    @model_validator(mode="after")
    def only_in_development(self) -> Self:
        if self.environment == "production":
            raise ValueError("environment: a double of a provider runs in development only")
        return self

    def port_of(self, provider: str) -> int:
        return self.port if self.port is not None else PORTS[provider]

    def address(self, provider: str) -> str:
        return self.public_url or f"http://localhost:{self.port_of(provider)}"

    def database(self, provider: str) -> Path:
        return self.folder / f"{provider}.db"
