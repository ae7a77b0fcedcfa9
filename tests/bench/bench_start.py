"""`make run`, second start → first page."""

import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from kontor_testing.platform import Platform
from kontor_testing.waiting import until

_TARGET_SECONDS = 6.0
_PATIENCE = 180.0


def run() -> list[dict[str, Any]]:
    """The first start seeds the demo and is not measured; the page is the portal's log-in."""
    with tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        platform = Platform(Path(folder))
        platform.start()
        platform.stop()
        started = time.perf_counter()
        platform.launch()
        until(lambda: _answers(platform.url("gateway", "/brunner/anmelden")), within=_PATIENCE, every=0.02)
        seconds = time.perf_counter() - started
        platform.stop()
    return [{
        "name": "make run, second start → first page", "value": seconds, "reference": _TARGET_SECONDS,
        "ratio": seconds / _TARGET_SECONDS, "target": "<= 1", "unit": "s",
    }]  # fmt: skip


def _answers(page: str) -> bool:
    try:
        return httpx.get(page, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
