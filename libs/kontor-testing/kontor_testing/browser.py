"""A real browser: the Chromium of the system, driven by Playwright."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from subprocess import CalledProcessError

from playwright.async_api import Browser as AsyncBrowser
from playwright.async_api import async_playwright
from playwright.sync_api import Browser, sync_playwright

from kontor_testing.debian import install, may_install

# Without windows to draw it takes a quarter of the processor time of the whole browser.
_HEADLESS = "chromium-headless-shell"
_WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def find_chromium() -> str:
    """Chromium's path: KONTOR_TEST_CHROMIUM, else the one without windows, installed where we may, else any. RuntimeError without."""
    given = os.environ.get("KONTOR_TEST_CHROMIUM") or shutil.which(_HEADLESS)
    if given:
        return given
    if may_install():
        with suppress(CalledProcessError):
            return install(_HEADLESS)
    if found := [path for name in _WHOLE if (path := shutil.which(name))]:
        return found[0]
    if may_install():
        return install("chromium")
    raise RuntimeError(
        "The tests need Chromium: install it (Debian: sudo apt-get install chromium-headless-shell) or set"
        " KONTOR_TEST_CHROMIUM."
    )


@asynccontextmanager
async def async_chromium() -> AsyncIterator[AsyncBrowser]:
    """`chromium` for tests that run in an event loop."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        await browser.close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), headless=True, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
