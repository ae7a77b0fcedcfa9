"""Fixtures for all tests; loaded by the conftest.py at the root."""

import os
from collections.abc import Iterator
from functools import cache

import hypothesis
import pytest
from google.protobuf.message import Message
from httpx._transports import default as http

from kontor_bus import outbox
from kontor_events.registry import type_of, unknown_codes
from kontor_testing.postgres import Databases, postgres_server
from kontor_testing.rabbitmq import RabbitMQ, rabbitmq_server

# Each client would load the certificates of the world for itself, which takes longer than most calls; nobody speaks TLS here.
http.create_ssl_context = cache(http.create_ssl_context)  # type: ignore[attr-defined]

# `make proof` tries ten times as many; how long one may take is the machine's affair.
hypothesis.settings.register_profile(
    "kontor", max_examples=500 if os.environ.get("KONTOR_PROOF") == "1" else 50, deadline=None
)
hypothesis.settings.load_profile("kontor")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, as its superuser."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def databases(postgres: str) -> Databases:
    """Makes fresh service databases: `await databases.create("identity")`."""
    return Databases(postgres)


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """A real RabbitMQ; each test makes its own vhost: `rabbitmq.url(rabbitmq.vhost())`."""
    with rabbitmq_server() as server:
        yield server


@pytest.fixture(autouse=True)
def only_known_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """No event leaves with a code that the contract does not list, and so has no words."""

    def checked(message: Message) -> str:
        if wrong := unknown_codes(message):
            raise ValueError(f"not in the contract: {', '.join(wrong)}")
        return type_of(message)

    monkeypatch.setattr(outbox, "type_of", checked)
