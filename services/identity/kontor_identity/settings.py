"""What identity is told from outside, besides what every service is told."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from kontor_service.settings import ServiceSettings

_SHORTEST_SECRET = 32


class UnsafeSettings(ValueError):
    """Settings that may be used in development only."""


class Settings(ServiceSettings):
    service: str = "identity"
    port: int = 8010

    # The credential of each service: {"gateway": "…", "admin": "…", "documents": "…", …}
    service_secrets: dict[str, SecretStr] = Field(default_factory=dict)

    # Ed25519 seeds, 32 bytes in base64, by key id. One signs; the others are published until their tokens have expired.
    # Empty in development: one is made and kept in the database.
    signing_keys: dict[str, SecretStr] = Field(default_factory=dict)
    signing_key_id: str = ""

    # Secrets that links, invitations, resets and codes are derived from, by key id. One derives; all verify.
    secret_keys: dict[str, SecretStr] = Field(default_factory=dict)
    secret_key_id: str = ""

    # A session ends after this time, and before, once nobody has used it for the idle time (ASVS 5.0, 7.3).
    portal_session_days: int = 30
    portal_idle_minutes: int = Field(12 * 60, ge=1)
    link_session_hours: int = 12
    link_idle_minutes: int = Field(120, ge=1)
    staff_session_hours: int = 24
    staff_idle_minutes: int = Field(60, ge=1)
    # A preview of the portal by staff ends after this time, however much it is used.
    preview_idle_minutes: int = Field(30, ge=1)
    invitation_days: int = 14
    reset_minutes: int = 60
    code_minutes: int = 15

    # How long a command waits for the edges to have heard of a revocation; the table delivers it otherwise.
    edge_answer_seconds: float = 3.0
    heartbeat_seconds: float = 30.0
    # Answers that must not tell whether an address is known take this long, either way.
    uniform_answer_seconds: float = 0.4
    # As long is an attempt to log in held up where many have failed from many places.
    slowed_answer_seconds: float = 5.0

    @model_validator(mode="after")
    def keys_are_named(self) -> Self:
        for keys, current in (("signing_keys", "signing_key_id"), ("secret_keys", "secret_key_id")):
            given: dict[str, SecretStr] = getattr(self, keys)
            if self.environment == "production" and not given:
                raise UnsafeSettings(f"{keys}: must be given outside development")
            if given and getattr(self, current) not in given:
                raise UnsafeSettings(f"{current}: must name one of {keys}")
            if any("." in key_id or not key_id for key_id in given):
                raise UnsafeSettings(f"{keys}: a key id is not empty and has no full stop")
        return self

    @model_validator(mode="after")
    def secrets_are_strong(self) -> Self:
        if self.environment == "production":
            if not self.service_secrets:
                raise UnsafeSettings("service_secrets: must be given outside development")
            for group in ("service_secrets", "secret_keys"):
                for name, secret in getattr(self, group).items():
                    if len(secret.get_secret_value()) < _SHORTEST_SECRET:
                        raise UnsafeSettings(
                            f"{group}[{name}]: at least {_SHORTEST_SECRET} characters outside development"
                        )
        return self
