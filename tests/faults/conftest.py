import os
from collections.abc import AsyncIterator

import pytest

from kontor_testing.postgres import Databases
from kontor_testing.rabbitmq import RabbitMQ

from .ledger import Addresses, Ledger, opened, prepare


@pytest.fixture(scope="session")
def operations() -> int:
    """Per fault; `make proof` sets KONTOR_PROOF=1."""
    return 10_000 if os.environ.get("KONTOR_PROOF") == "1" else 300


@pytest.fixture(params=["postgresql", "rabbitmq"])
async def addresses(request: pytest.FixtureRequest, databases: Databases) -> Addresses:
    """Two services' databases and a bus, of each transport."""
    if request.param == "postgresql":
        bus = await databases.empty()
    else:
        rabbitmq: RabbitMQ = request.getfixturevalue("rabbitmq")
        bus = rabbitmq.url(rabbitmq.vhost())
    return await prepare(bus, await databases.empty(), await databases.empty())


@pytest.fixture
async def ledger(addresses: Addresses) -> AsyncIterator[Ledger]:
    async with opened(addresses) as made:
        yield made
