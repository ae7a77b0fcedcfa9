import io
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx
import orjson
import pikepdf
import pytest
import pytest_asyncio
from sqlalchemy import text

import kontor_documents.app
from kontor.identity.v1 import identity_pb2
from kontor_bus import record
from kontor_documents.app import create_app
from kontor_documents.einvoice.validate import Validator
from kontor_documents.settings import Settings
from kontor_service.ids import uuid7
from kontor_testing.serving import serving
from kontor_testing.tokens import TokenSigner
from kontor_testing.waiting import eventually

sys.path.insert(0, str(Path(__file__).parent))

from documents_to_release import invoice


def merchant_state(merchant_id, **changes):
    state = identity_pb2.Merchant(
        id=str(merchant_id), merchant_id=str(merchant_id), epoch=1, version=1, name="Brunner Haustechnik GmbH",
        slug="brunner", accent_color="#0b5d4e", contact_email="info@brunner.example", contact_phone="+49 821 123456",
        portal_enabled=True, automatic_release=True, language="de", time_zone="Europe/Berlin", vat_id="DE123456789",
        iban="DE02120300000000202051", bic="BYLADEM1001", account_holder="Brunner Haustechnik GmbH",
        address=identity_pb2.Address(line1="Werkstraße 4", post_code="86153", city="Augsburg", country="DE"),
    )  # fmt: skip
    shown = ("invoice", "quote", "credit_note", "delivery_note", "order_confirmation", "purchase_order", "receipt")
    for kind in shown:
        state.document_types.add(
            type=kind, visible=True, can_pay=True, can_accept=True, can_comment=kind != "delivery_note"
        )
    for name, value in changes.items():
        setattr(state, name, value)
    return state


def customer_state(merchant_id, number="20931", *, id=None, version=1, email="anna@seidel.example", **changes):
    state = identity_pb2.Customer(
        id=str(id or uuid7()), merchant_id=str(merchant_id), epoch=1, version=version, number=number,
        name="Seidel Optik", kind="business", email=email, language="de",
        address=identity_pb2.Address(line1="Lange Gasse 12", post_code="86152", city="Augsburg", country="DE"),
        roles=changes.pop("roles", ["customer"]),
    )  # fmt: skip
    for name, value in changes.items():
        setattr(state, name, value)
    return state


class Kept:
    """The shared validator, which one service's end does not end."""

    def __init__(self, validator):
        self.validate_async = validator.validate_async

    def close(self):
        pass


@dataclass
class Service:
    """The documents service running on real PostgreSQL, with its bus in PostgreSQL."""

    http: httpx.AsyncClient
    app: object
    signer: TokenSigner
    # Where its storage keeps files.
    files: Path
    merchant: UUID = field(default_factory=uuid7)

    async def tell(self, message, merchant=None):
        """Publishes what another owner would."""
        merchant = merchant or self.merchant
        async with self.app.state.db.transaction(merchant) as session:
            record(session, message)
        await self.at_rest()

    async def at_rest(self):
        """Everything told is done, and nothing waits to be looked at again."""

        async def nothing_noted():
            # What is claimed is tried again soon, what failed in a minute.
            async with self.app.state.db.transaction(self.merchant) as session:
                query = text("SELECT 1 FROM to_settle WHERE try_at < now() + interval '30 seconds' LIMIT 1")
                return (await session.execute(query)).first() is None

        await self.app.state.bus.idle()
        await eventually(nothing_noted)
        await self.app.state.bus.idle()

    async def open_shop(self, **changes):
        await self.tell(identity_pb2.MerchantRegistered(merchant=merchant_state(self.merchant, **changes)))

    async def set_type(self, name, **changes):
        """New settings of a document type, as identity tells them."""
        state = merchant_state(self.merchant, version=9)
        for setting in (kind for kind in state.document_types if kind.type == name):
            for column, value in changes.items():
                if isinstance(value, list):
                    getattr(setting, column)[:] = value
                else:
                    setattr(setting, column, value)
        await self.tell(identity_pb2.MerchantSettingsChanged(merchant=state))

    async def add_customer(self, **values):
        state = customer_state(self.merchant, **values)
        await self.tell(identity_pb2.CustomerCreated(customer=state))
        return UUID(state.id)

    def customer(self, **values):
        return customer_state(self.merchant, **values)

    def auth(self, *rights, merchant=None, **claims):
        return self.signer.token("documents", *rights, merchant=merchant or self.merchant, **claims)

    async def submit(self, data=None, *, file=None, media_type="application/xml", merchant=None, **headers):
        sent = {"headers": {**self.auth("documents:submit", merchant=merchant), **headers}}
        if file is not None and data is not None:
            sent |= {"files": {"file": ("document", file, media_type)}, "data": {"data": orjson.dumps(data).decode()}}
        elif file is not None:
            sent |= {"content": file}
            sent["headers"]["content-type"] = media_type
        else:
            sent |= {"json": data}
        return await self.http.post("/v1/submissions", **sent)

    async def status(self, answer, merchant=None):
        async def ended():
            found = await self.http.get(
                f"/v1/submissions/{answer.json()['id']}", headers=self.auth("documents:read", merchant=merchant)
            )
            return found.json() if found.json()["status"] != "accepted" else None

        # A thousand lines are set in some seconds; on a busy machine in more.
        await eventually(ended, within=60)
        await self.at_rest()
        return await ended()

    async def status_of(self, submission_id):
        await self.at_rest()
        path = f"/v1/submissions/{submission_id}"
        return (await self.http.get(path, headers=self.auth("documents:read"))).json()

    async def made(self, data=None, **options):
        """Submits and waits until nothing moves any more; the submission's final status."""
        answer = await self.submit(data, **options)
        assert answer.status_code == 202, answer.text
        return await self.status(answer, options.get("merchant"))

    async def facts(self, merchant=None):
        async with self.app.state.db.transaction(merchant or self.merchant) as session:
            query = text("SELECT type FROM outbox WHERE merchant_id = :merchant ORDER BY id")
            rows = await session.execute(query, {"merchant": merchant or self.merchant})
            return [row.type for row in rows]


@pytest.fixture(scope="session")
def validator():
    """One for all tests: starting it loads the schematron."""
    shared = Validator()
    yield shared
    shared.close()


@pytest.fixture
def blank_pdf():
    """A PDF that says nothing a computer can read."""
    made, buffer = pikepdf.new(), io.BytesIO()
    made.add_blank_page()
    made.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def open_documents(databases, tmp_path_factory, validator):
    """Starts the service: `async with open_documents(ingest_bus_url=…) as documents`."""

    @asynccontextmanager
    async def start(**more):
        signer, files = TokenSigner(), tmp_path_factory.mktemp("files")
        made = await databases.create("documents")
        async with serving(signer.app) as identity_url:
            settings = Settings(
                environment="development", database_url=made.runtime, bus_url=await databases.empty(),
                service_secret="test", files_url=f"file://{files}", service_url=identity_url, **more,
            )  # fmt: skip
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(kontor_documents.app, "Validator", lambda: Kept(validator))
                app = create_app(settings)
                async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=120) as http:
                    yield Service(http, app, signer, files)

    return start


def pytest_collection_modifyitems(items):
    """One event loop for all tests of a module: they share a running service."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(open_documents):
    async with open_documents() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def documents(running):
    """The module's running service with a merchant of the test's own."""
    yield replace(running, merchant=uuid7())
    running.app.state.clock.offset = timedelta()


@pytest_asyncio.fixture(loop_scope="module")
async def alone(open_documents):
    """A service of the test's own, for what is counted over all merchants."""
    async with open_documents() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def waiting(documents):
    """An invoice that waits until staff share it."""
    await documents.open_shop(automatic_release=False)
    documents.customer = await documents.add_customer()
    return (await documents.made(invoice()))["document"]["id"]
