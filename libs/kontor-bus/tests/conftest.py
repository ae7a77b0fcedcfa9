from collections.abc import AsyncIterator

import pytest

from kontor_testing.bus import Station, station_at
from kontor_testing.postgres import Databases
from kontor_testing.rabbitmq import RabbitMQ


@pytest.fixture(params=["postgresql", "rabbitmq"])
async def station(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Station]:
    """Buses on each of the transports."""
    if request.param == "postgresql":
        url = await databases.empty()
    else:
        rabbitmq: RabbitMQ = request.getfixturevalue("rabbitmq")
        url = rabbitmq.url(rabbitmq.vhost())
    async with station_at(url, databases) as made:
        yield made
