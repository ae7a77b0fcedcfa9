"""A real browser: the Chromium of the system, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from kontor_testing.debian import install, may_install

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def find_chromium() -> str:
    """Chromium's path: KONTOR_TEST_CHROMIUM, else the system's; installed first where we may. RuntimeError otherwise."""
    given = os.environ.get("KONTOR_TEST_CHROMIUM")
    if given:
        return given
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    if may_install():
        install("chromium")
        return find_chromium()
    raise RuntimeError(
        "The tests need Chromium: install it (Debian: sudo apt-get install chromium) or set KONTOR_TEST_CHROMIUM."
    )


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()
