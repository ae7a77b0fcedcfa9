"""What every service is told from outside: by environment (KONTOR_…) in containers, by code in one process."""

from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Settings common to all services; each adds its own. Unsafe ones refuse to start outside development."""

    model_config = SettingsConfigDict(env_prefix="KONTOR_", extra="ignore", frozen=True)

    service: str
    environment: Literal["development", "production"] = "production"
    # In development: the day that it is taken to be, e.g. 2027-02-01; time goes on from there.
    today: date | None = None
    host: str = "127.0.0.1"
    port: int
    # Of probes and metrics, which are nobody's business outside; 1000 above the service's own if unset.
    management_port: int = 0
    # The runtime role. Migrations run as the owner of the tables. {service} stands for this service's name, as it does
    # in the addresses of its other roles: one line says it for all services.
    database_url: SecretStr
    migration_database_url: SecretStr | None = None
    database_pool_size: int = 5
    # amqp://… for RabbitMQ, postgresql://… for the transport in PostgreSQL.
    bus_url: SecretStr
    # The vhost in which other systems hand things in; None where only HTTP is open to them.
    ingest_bus_url: SecretStr | None = None

    # Where the other services are, with their name for {service}; service_urls names those that are elsewhere.
    service_url: str = "http://{service}:8000"
    service_urls: dict[str, str] = Field(default_factory=dict)
    # What people see in their address bar.
    portal_url: str = "http://localhost:8000"
    admin_public_url: str = "http://localhost:8001"

    # This service's credential at identity.
    service_secret: SecretStr
    # file:///folder, s3://bucket/prefix, gs://…, az://…
    files_url: str = "file:///var/lib/kontor/files"
    otlp_endpoint: str | None = None
    log_level: str = "INFO"
    log_json: bool = True

    @model_validator(mode="before")
    @classmethod
    def own_databases(cls, given: dict[str, Any]) -> dict[str, Any]:
        service = given.get("service") or cls.model_fields["service"].default
        return {
            name: value.replace("{service}", service)
            if name.endswith("database_url") and isinstance(value, str)
            else value
            for name, value in given.items()
        }

    @model_validator(mode="after")
    def safe_outside_development(self) -> Self:
        if self.environment == "production" and len(self.service_secret.get_secret_value()) < 32:
            raise ValueError("service_secret: at least 32 characters outside development")
        if self.environment == "production" and self.today is not None:
            raise ValueError("today: time is moved in development only")
        return self

    @property
    def management(self) -> int:
        return self.management_port or self.port + 1000

    def url_of(self, service: str) -> str:
        """The address at which this service calls another."""
        return self.service_urls.get(service) or self.service_url.replace("{service}", service)
