"""One admin for all tests, a new merchant for each."""

import inspect
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from kontor_testing.postgres import Databases

sys.path.insert(0, str(Path(__file__).parent))

from admin_shop import Admin, Shop, opened_shop, running_admin


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The app lives in one event loop, so its tests do."""
    for item in items:
        is_async = inspect.iscoroutinefunction(getattr(item, "function", None))
        if is_async and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def admin(databases: Databases) -> AsyncIterator[Admin]:
    async with running_admin(databases) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def shop(admin: Admin) -> AsyncIterator[Shop]:
    async with opened_shop(admin) as opened:
        yield opened
