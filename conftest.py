"""What all tests share. Runs side by side (pytest -n 2) keep together what shares a running platform."""

from pathlib import Path

import pytest

pytest_plugins = ["kontor_testing.plugin"]

ROOT = Path(__file__).parent
# Folders whose files share fixtures that take long to start.
_TOGETHER = ("tests/e2e", "tests/security", "services/payments/tests")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        path = item.path.relative_to(ROOT).as_posix()
        group = next((folder for folder in _TOGETHER if path.startswith(folder)), path)
        item.add_marker(pytest.mark.xdist_group(group))
