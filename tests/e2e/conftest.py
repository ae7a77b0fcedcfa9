"""The whole platform as `make run` starts it, on both transports, and a browser in front of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import httpx
import pytest
from playwright.sync_api import expect

from kontor_testing.browser import chromium
from kontor_testing.platform import Platform as Running
from kontor_testing.platform import platform_folder
from kontor_testing.waiting import until

from .people import Customer, Erp, Merchant

# Two platforms and the tests of the services may share two cores.
expect.set_options(timeout=20_000)


class Platform(Running):
    """The running platform with what a story asks of it."""

    # The broker and its vhost for other systems; None where the bus is in PostgreSQL.
    ingest = None

    @property
    def api(self):
        return {"Authorization": f"Bearer {self.run['api_key']}"}

    def wait_for(self, probe, within=30.0):
        """The first truthy answer; AssertionError with the last one after so many seconds."""
        return until(probe, within=within)

    def rows(self, service, query, *values):
        """What a service's database answers to the server's superuser."""

        async def fetch():
            connection = await asyncpg.connect(
                host=str(self.home / "postgres"), user="postgres", password=self.secrets["database"],
                database=f"kontor_{service}",
            )  # fmt: skip
            try:
                return [tuple(row) for row in await connection.fetch(query, *values)]
            finally:
                await connection.close()

        # Playwright has a loop running in this thread.
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(fetch())).result()

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
    made = Platform(folder, environment)
    made.start()
    return made


@pytest.fixture(scope="session")
def start_platform():
    """Starts another platform in a folder, on ports of its own; who asks for it ends it."""
    return started


@pytest.fixture(scope="package", params=["postgres", "rabbitmq"])
def platform(request):
    environment, ingest = {}, None
    if request.param == "rabbitmq":
        broker = request.getfixturevalue("rabbitmq")
        ingest = broker, broker.vhost()
        environment["KONTOR_BUS_URL"] = broker.url(broker.vhost())
        environment["KONTOR_INGEST_BUS_URL"] = broker.url(ingest[1])
    with platform_folder() as folder:
        running = started(folder, **environment)
        running.ingest = ingest
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
        context.set_default_timeout(30_000)
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
