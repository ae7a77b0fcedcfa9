"""All services with their settings, as one process runs them: each with its own database, secrets and socket."""

import json
import os
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from pydantic import SecretStr
from starlette.types import ASGIApp

from kontor_admin.app import create_app as admin
from kontor_admin.settings import Settings as AdminSettings
from kontor_documents.app import create_app as documents
from kontor_documents.settings import Settings as DocumentsSettings
from kontor_gateway.app import create_app as gateway
from kontor_gateway.settings import Settings as GatewaySettings
from kontor_identity.app import create_app as identity
from kontor_identity.settings import Settings as IdentitySettings
from kontor_notifications.app import create_app as notifications
from kontor_notifications.settings import Settings as NotificationsSettings
from kontor_payments.app import create_app as payments
from kontor_payments.providers.sandbox.server import create_app as sandbox
from kontor_payments.providers.sandbox.settings import SandboxSettings
from kontor_payments.settings import Settings as PaymentsSettings
from kontor_service.migrations import migrate
from kontor_service.provision import ServiceDatabase, provision
from kontor_service.settings import ServiceSettings
from kontor_standalone.demo.shop import SLUG
from kontor_standalone.home import SERVICES, Home
from kontor_standalone.mailsink.app import create_app as mailsink
from kontor_standalone.mailsink.settings import MailSinkSettings

_EDGE = {"gateway": GatewaySettings, "admin": AdminSettings}


@dataclass(frozen=True)
class Platform:
    """Every app with its port, in the order in which they start, and identity's settings for setting up."""

    apps: dict[str, tuple[ASGIApp, int]]
    identity: IdentitySettings
    # The environment with which operators' commands reach an edge, by its name.
    edges: dict[str, dict[str, str]]


async def prepare(home: Home, server: str) -> Platform:
    """Makes databases and roles, migrates them, and puts the services together.

    `server` is the address of PostgreSQL's superuser. KONTOR_BUS_URL (amqp://…) puts RabbitMQ in the place of the
    transport in PostgreSQL; KONTOR_INGEST_BUS_URL opens its vhost for other systems.
    """
    password = home.secrets["database"]
    databases = {name: await provision(server, name, password=password) for name in SERVICES}
    bus = os.environ.get("KONTOR_BUS_URL") or (await provision(server, "bus", password=password)).owner
    for name in SERVICES:
        # One after the other: Alembic keeps what it works on in its module.
        await migrate(databases[name].owner, import_module(f"kontor_{name}"))
    common = _common(home, bus)

    def settings(kind: Any, name: str, **own: Any) -> Any:
        made: ServiceDatabase = databases[name]
        if name in _EDGE:
            own["copy_database_url"] = made.copy
        return kind(
            **common, **own, port=home.ports[name], database_url=made.runtime, migration_database_url=made.owner,
            service_secret=home.secrets[name], files_url=f"file://{home.folder.resolve()}/files/{name}",
        )  # fmt: skip

    service_secrets = {name: home.secrets[name] for name in SERVICES}
    of_identity = settings(IdentitySettings, "identity", service_secrets=service_secrets)
    of_gateway = settings(GatewaySettings, "gateway", sandbox_url=home.public_url("sandbox"), home_portal=SLUG)
    of_admin = settings(AdminSettings, "admin")
    apps: dict[str, ASGIApp] = {
        "mail": mailsink(_mail_sink(home)),
        "sandbox": sandbox(_sandbox(home)),
        "documents": documents(settings(DocumentsSettings, "documents")),
        "payments": payments(settings(PaymentsSettings, "payments", **_provider(home))),
        "notifications": notifications(settings(NotificationsSettings, "notifications", smtp_port=home.ports["smtp"])),
        "gateway": gateway(of_gateway),
        "admin": admin(of_admin),
        # Last, because its heartbeat is what lets the edges show private pages.
        "identity": identity(of_identity),
    }
    edges = {"gateway": environment_of(of_gateway), "admin": environment_of(of_admin)}
    return Platform({name: (app, home.ports[name]) for name, app in apps.items()}, of_identity, edges)


def environment_of(settings: ServiceSettings) -> dict[str, str]:
    """The settings as the variables that a service of its own would read them from."""
    found = {}
    for name, value in settings.model_dump().items():
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(plain, dict):
            # Secrets of others stay here.
            if all(isinstance(entry, str) for entry in plain.values()):
                found[f"KONTOR_{name.upper()}"] = json.dumps(plain)
        elif isinstance(plain, str | int) and not isinstance(plain, bool):
            found[f"KONTOR_{name.upper()}"] = str(plain)
    return found


def _common(home: Home, bus: str) -> dict[str, Any]:
    return {
        "environment": "development",
        "bus_url": bus,
        "ingest_bus_url": os.environ.get("KONTOR_INGEST_BUS_URL"),
        "service_urls": {name: home.url(name) for name in SERVICES},
        "portal_url": home.public_url("gateway"),
        "admin_public_url": home.public_url("admin"),
    }


def _provider(home: Home) -> dict[str, Any]:
    return {
        "sandbox_url": home.url("sandbox"),
        "sandbox_platform_key": home.secrets["sandbox"],
        "credential_key": home.secrets["credentials"],
        "webhook_url": f"{home.url('gateway')}/webhooks",
    }


def _mail_sink(home: Home) -> MailSinkSettings:
    return MailSinkSettings(folder=home.folder / "mails", port=home.ports["mail"], smtp_port=home.ports["smtp"])


def _sandbox(home: Home) -> SandboxSettings:
    return SandboxSettings(
        environment="development",
        port=home.ports["sandbox"],
        database_url=f"sqlite:///{home.folder.resolve()}/sandbox.db",
        public_url=home.public_url("sandbox"),
        platform_key=home.secrets["sandbox"],
    )
