"""The whole platform as `make run` starts it, on both transports, and a browser in front of it."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from kontor_testing.browser import chromium
from kontor_testing.people import Customer, Erp, Merchant
from kontor_testing.serving import free_port

START_SECONDS = 120
PARTS = ("GATEWAY", "ADMIN", "MAIL", "IDENTITY", "DOCUMENTS", "PAYMENTS", "NOTIFICATIONS", "SANDBOX", "SMTP")


@dataclass
class Platform:
    """Where the running platform is, as .kontor/run.json tells anybody."""

    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen | None = None
    run: dict = field(default_factory=dict)

    def start(self, *words):
        command = [sys.executable, "-m", "kontor_standalone", "run", "--folder", str(self.folder / "home"), *words]
        with (self.folder / "output.log").open("ab") as output:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=output, stderr=output, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not (self.folder / "home/run.json").exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self.folder / "output.log").read_text()[-6000:])
            time.sleep(0.1)
        self.run = json.loads((self.folder / "home/run.json").read_text())

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)

    @property
    def api(self):
        return {"Authorization": f"Bearer {self.run['api_key']}"}

    def messages(self):
        return httpx.get(f"{self.run['mail']}/api/messages").json()

    def wait_for(self, probe, within=30.0):
        """The first truthy answer; AssertionError with the last one after so many seconds."""
        deadline = time.monotonic() + within
        while True:
            found = probe()
            if found:
                return found
            assert time.monotonic() < deadline, f"not within {within} s: {found!r}"
            time.sleep(0.1)

    def mail_to(self, recipient, containing=""):
        """The newest mail to this address with these words, once it has come."""

        def find():
            return next(
                (mail for mail in self.messages() if recipient in str(mail["to"])
                 and containing in mail["subject"] + mail["text"]),
                None,
            )  # fmt: skip

        return self.wait_for(find)

    def submit(self, data, **headers):
        """Hands in an invoice as an ERP does and waits until it has become a document."""
        answer = httpx.post(
            f"{self.run['gateway']}/api/ingest/v1/documents", json=data, headers={**self.api, **headers}, timeout=30
        )
        assert answer.status_code == 202, answer.text

        def ended():
            status = httpx.get(answer.json()["status_url"], headers=self.api, timeout=30).json()
            return status if status["status"] != "accepted" else None

        return self.wait_for(ended)


def started(folder, **environment):
    ports = {f"KONTOR_{part}_PORT": str(free_port()) for part in PARTS}
    platform = Platform(folder, {**os.environ, **ports, **environment})
    platform.start()
    return platform


@pytest.fixture(scope="session")
def start_platform():
    """Starts another platform in a folder, on ports of its own; who asks for it ends it."""
    return started


@pytest.fixture(scope="package", params=["postgres", "rabbitmq"])
def platform(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(f"kontor-{request.param}")
    folder.chmod(0o755)
    environment = {}
    if request.param == "rabbitmq":
        broker = request.getfixturevalue("rabbitmq")
        environment["KONTOR_BUS_URL"] = broker.url(broker.vhost())
    running = started(folder, **environment)
    yield running
    running.stop()


# Not for the session: Playwright keeps an event loop running, which async tests elsewhere cannot have beside theirs.
@pytest.fixture(scope="package")
def browser():
    with chromium() as started_browser:
        yield started_browser


@pytest.fixture
def new_page(browser):
    """Opens pages, each in a browser of its own: nobody shares cookies."""
    contexts = []

    def open_page(**options):
        context = browser.new_context(
            **{"locale": "de-DE", "viewport": {"width": 1280, "height": 900}, **options}
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(15_000)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_page):
    return new_page()


@pytest.fixture(scope="package")
def erp(platform):
    return Erp(platform.run["gateway"], platform.run["api_key"])


@pytest.fixture
def customer(page, platform):
    return Customer(page, platform.run["gateway"])


@pytest.fixture(scope="package")
def staff_session(platform, browser):
    """Logged in once; who needs it anew logs in by hand."""
    context = browser.new_context(locale="de-DE")
    merchant = Merchant(context.new_page(), platform.run["admin"])
    merchant.log_in(**platform.run["merchant"])
    merchant.page.wait_for_url(f"{platform.run['admin']}/")
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def merchant(new_page, platform, staff_session):
    return Merchant(new_page(storage_state=staff_session), platform.run["admin"])
