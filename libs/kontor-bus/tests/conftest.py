from collections.abc import AsyncIterator

import pytest

from kontor_testing.bus import Station, station_at
from kontor_testing.postgres import Databases


@pytest.fixture(params=["postgresql"])
async def station(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Station]:
    """Buses on each of the transports."""
    async with station_at(await databases.empty(), databases) as made:
        yield made
