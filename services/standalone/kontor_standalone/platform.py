"""All services with their settings, as one process runs them: each with its own database, secrets and socket."""

import json
import os
from dataclasses import dataclass
from importlib import import_module
from socket import socket
from typing import Any, cast

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from kontor_events.registry import contexts
from kontor_identity.settings import Settings as IdentitySettings
from kontor_provider_doubles.server import create_app as double
from kontor_provider_doubles.settings import PORTS, DoubleSettings
from kontor_sandbox.server import create_app as sandbox
from kontor_sandbox.settings import SandboxSettings
from kontor_service.migrations import migrate
from kontor_service.provision import ServiceDatabase, provision
from kontor_service.services import edges, services
from kontor_service.settings import ServiceSettings
from kontor_standalone.demo.shop import SHOP
from kontor_standalone.home import Home
from kontor_standalone.mailsink.app import create_app as mailsink
from kontor_standalone.mailsink.settings import MailSinkSettings


@dataclass(frozen=True)
class Platform:
    """Every app with its socket, in the order in which they start, and identity's settings for setting up."""

    apps: dict[str, tuple[ASGIApp, socket]]
    identity: IdentitySettings
    # The environment with which operators' commands reach a service, by its name.
    environments: dict[str, dict[str, str]]


async def prepare(home: Home, server: str) -> Platform:
    """Makes databases and roles, migrates them, and puts the services together.

    `server` is the address of PostgreSQL's superuser. KONTOR_BUS_URL (amqp://…) puts RabbitMQ in the place of the
    transport in PostgreSQL; KONTOR_INGEST_BUS_URL opens its vhost for other systems.
    """
    password = home.secrets["database"]
    databases = {name: await provision(server, name, password=password) for name in services()}
    bus = os.environ.get("KONTOR_BUS_URL") or (await provision(server, "bus", password=password)).owner
    for name in services():
        # One after the other: Alembic keeps what it works on in its module.
        await migrate(databases[name].owner, import_module(f"kontor_{name}"))
    settings = {name: _settings(home, name, databases[name], bus) for name in services()}
    made = {
        name: import_module(f"kontor_{name}.app").create_app(settings[name], **_sockets(home).get(name, {}))
        for name in sorted(services(), key=_turn)
    }
    apps: dict[str, ASGIApp] = {
        "mail": mailsink(_mail_sink(home), home.sockets["smtp"]),
        "sandbox": sandbox(_sandbox(home)),
        **{name: double(name, _double(home, name)) for name in PORTS},
        # All services' probes and metrics: /payments/metrics
        "management": Starlette(routes=[Mount(f"/{name}", app.state.management) for name, app in made.items()]),
        **made,
    }
    return Platform(
        {name: (app, home.sockets[name]) for name, app in apps.items()},
        cast(IdentitySettings, settings["identity"]),
        {name: environment_of(settings[name]) for name in ("identity", *edges())},
    )


def _turn(name: str) -> int:
    """Owners start before edges, and identity last: its heartbeat is what lets the edges show private pages."""
    return 2 if name == "identity" else int(name not in contexts())


def _settings(home: Home, name: str, database: ServiceDatabase, bus: str) -> ServiceSettings:
    own: dict[str, Any] = {
        "environment": "development", "port": home.ports[name], "bus_url": bus,
        "ingest_bus_url": os.environ.get("KONTOR_INGEST_BUS_URL"),
        "database_url": database.runtime, "migration_database_url": database.owner,
        "service_urls": {other: home.url(other) for other in services()}, "service_secret": home.secrets[name],
        "portal_url": home.public_url("gateway"), "admin_public_url": home.public_url("admin"),
        "files_url": f"file://{home.folder.resolve()}/files/{name}",
    }  # fmt: skip
    if name in edges():
        own["copy_database_url"] = database.copy
    return services()[name](**own, **_special(home).get(name, {}))


def _special(home: Home) -> dict[str, dict[str, Any]]:
    """What single services are told besides."""
    return {
        "identity": {"service_secrets": {name: home.secrets[name] for name in services()}},
        "payments": {
            "sandbox_url": home.url("sandbox"),
            "sandbox_platform_key": home.secrets["sandbox"],
            "stripe_url": home.url("stripe"),
            "stripe_connect_url": home.public_url("stripe"),
            "stripe_client_id": "ca_kontor",
            "stripe_platform_key": home.secrets["sandbox"],
            "paypal_url": f"{home.url('paypal')}/live",
            "paypal_sandbox_url": home.url("paypal"),
            "paypal_client_id": "kontor-partner",
            "paypal_client_secret": home.secrets["sandbox"],
            "paypal_partner_id": "KNTRPARTNER23",
            "paypal_partner_mode": "test",
            "credential_key": home.secrets["credentials"],
            "webhook_url": f"{home.url('gateway')}/webhooks",
        },
        "notifications": {
            "smtp_port": home.ports["smtp"],
            "intake_address": "antwort@kontor.localhost",
            "reply_keys": {"a1": home.secrets["replies"]},
            "reply_key_id": "a1",
        },
        "gateway": {
            "sandbox_url": home.public_url("sandbox"),
            "provider_origins": tuple(home.public_url(name) for name in PORTS),
            "home_portal": SHOP["slug"],
        },
    }


def _sockets(home: Home) -> dict[str, dict[str, socket]]:
    """Where single services listen besides."""
    return {"notifications": {"intake_socket": home.sockets["intake"]}}


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


def _mail_sink(home: Home) -> MailSinkSettings:
    return MailSinkSettings(
        folder=home.folder / "mails",
        port=home.ports["mail"],
        smtp_port=home.ports["smtp"],
        intake_port=home.ports["intake"],
    )


def _sandbox(home: Home) -> SandboxSettings:
    return SandboxSettings(
        environment="development",
        port=home.ports["sandbox"],
        database=home.folder.resolve() / "sandbox.db",
        public_url=home.public_url("sandbox"),
        platform_key=home.secrets["sandbox"],
    )


def _double(home: Home, provider: str) -> DoubleSettings:
    return DoubleSettings(
        environment="development",
        port=home.ports[provider],
        folder=home.folder.resolve(),
        public_url=home.public_url(provider),
        platform_key=home.secrets["sandbox"],
    )
