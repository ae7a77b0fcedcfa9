"""The gallery on a loopback socket, and a browser to look at it."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kontor_testing.serving import serving

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
async def gallery() -> AsyncIterator[str]:
    from kontor_gallery import create_app

    async with serving(create_app()) as address:
        yield address.replace("127.0.0.1", "localhost")


@pytest.fixture(autouse=True)
def german() -> None:
    from kontor_service.i18n import speak

    speak("de")
