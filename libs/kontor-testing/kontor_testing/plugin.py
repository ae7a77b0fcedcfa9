"""Fixtures for all tests; loaded by the conftest.py at the root."""

from collections.abc import Iterator

import pytest

from kontor_testing.postgres import Databases, postgres_server
from kontor_testing.rabbitmq import RabbitMQ, rabbitmq_server


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
