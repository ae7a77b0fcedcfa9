"""Payments on a real PostgreSQL with the sandbox provider beside it, both on loopback sockets."""

import base64
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from kontor.documents.v1 import documents_pb2 as docs
from kontor.identity.v1 import identity_pb2 as identity
from kontor_bus import Envelope
from kontor_events.registry import class_of, type_of
from kontor_payments.app import create_app
from kontor_payments.checkouts.reconcile import reconcile_due
from kontor_payments.consumers import consumers
from kontor_payments.settings import Settings
from kontor_provider_doubles.server import create_app as create_double
from kontor_provider_doubles.settings import DoubleSettings
from kontor_sandbox.server import create_app as create_sandbox
from kontor_sandbox.settings import SandboxSettings
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal, TokenInvalid
from kontor_testing.postgres import Databases
from kontor_testing.serving import free_port, serving
from kontor_testing.waiting import eventually

sys.path.insert(0, str(Path(__file__).parent))

IBAN = "DE75512108001245126199"
RETURN = "http://localhost:9/zurueck"


class OpenTokens:
    """Takes the claims as they are: what identity signs is tested where it is signed."""

    async def verify(self, token: str) -> Principal:
        try:
            return Principal.model_validate(json.loads(base64.urlsafe_b64decode(token)))
        except ValueError as error:
            raise TokenInvalid from error

    async def close(self) -> None:
        return


def token(subject: str, rights: list[str], merchant: UUID | None, **claims: Any) -> str:
    told = {"sub": subject, "kind": subject.partition(":")[0], "rights": rights, **claims}
    if merchant:
        told["merchant"] = str(merchant)
    return base64.urlsafe_b64encode(json.dumps(told, default=str).encode()).decode()


@dataclass
class World:
    """One merchant and one customer, and everything that may happen to their invoices."""

    app: FastAPI
    http: httpx.AsyncClient
    provider: httpx.AsyncClient
    bus_url: str
    stripe: httpx.AsyncClient
    paypal: httpx.AsyncClient
    merchant: UUID = field(default_factory=uuid7)
    customer: UUID = field(default_factory=uuid7)
    return_url: str = RETURN
    _versions: dict[UUID, int] = field(default_factory=dict)

    async def register(self, *, merchant: UUID | None = None, **changes: Any) -> None:
        """The merchant, with payments enabled and a bank account unless told otherwise."""
        key = merchant or self.merchant
        values = {"name": "Muster GmbH", "iban": IBAN, "bic": "SOLADEST600", "payments_enabled": True} | changes
        state = identity.Merchant(
            id=str(key), merchant_id=str(key), epoch=1, version=self._next(key), time_zone="Europe/Berlin", **values
        )
        event = envelope(identity.MerchantSettingsChanged(merchant=state), key)
        await self._apply(event)

    async def customer_named(self, name: str) -> None:
        key = self.customer
        state = identity.Customer(
            id=str(key), merchant_id=str(self.merchant), epoch=1, version=self._next(key), name=name
        )
        await self._apply(envelope(identity.CustomerChanged(customer=state), self.merchant))

    def document(self, document: UUID | None = None, **changes: Any) -> docs.Document:
        key = document or uuid7()
        values: dict[str, Any] = {
            "type": "invoice",
            "number": f"RE-{str(key)[-6:]}",
            "state": "shared",
            "customer_id": str(self.customer),
            "thread_id": str(key),
            "currency": "EUR",
            "gross_minor": 11900,
            "amount_due_minor": 11900,
            "due_date": "2026-12-01",
            "merchant_id": str(self.merchant),
        }
        return docs.Document(id=str(key), epoch=1, version=self._next(key), **(values | changes))

    async def hear(self, *states: docs.Document) -> None:
        """Documents' events arrive."""
        batch = [envelope(docs.DocumentShared(document=state), UUID(state.merchant_id)) for state in states]
        await self._apply(*batch)

    async def _apply(self, *batch: Envelope) -> None:
        state = self.app.state
        for consumer in consumers(state.dependencies, sandbox_default=True):
            await consumer.apply(list(batch))

    async def invoice(self, document: UUID | None = None, **changes: Any) -> UUID:
        state = self.document(document, **changes)
        await self.hear(state)
        return UUID(state.id)

    def _next(self, key: UUID) -> int:
        self._versions[key] = self._versions.get(key, 0) + 1
        return self._versions[key]

    def payer(self, **claims: Any) -> dict[str, str]:
        rights = claims.pop("rights", ["documents:read", "documents:pay"])
        claims = {"customers": [self.customer]} | claims
        return {"Authorization": f"Bearer {token(f'contact:{uuid4()}', rights, self.merchant, **claims)}"}

    def staff(self, merchant: UUID | None = None) -> dict[str, str]:
        rights = ["payments:book", "payments:settings", "documents:read"]
        return {"Authorization": f"Bearer {token(f'staff:{uuid4()}', rights, merchant or self.merchant, name='Eva')}"}

    def bearer(self, subject: str, *rights: str, **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {token(subject, list(rights), self.merchant, **claims)}"}

    def service(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {token('service:gateway', ['service'], None)}"}

    async def pay(self, *documents: UUID, method: str = "card", **options: Any) -> httpx.Response:
        headers = options.pop("headers", None) or self.payer()
        body = {"documents": [str(one) for one in documents], "method": method, "return_url": RETURN, **options}
        return await self.http.post("/v1/checkouts", json=body, headers=headers)

    async def checkout(self, document: UUID, method: str = "card") -> dict[str, Any]:
        answer = await self.pay(document, method=method)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def choose(self, checkout: dict[str, Any], outcome: str, **fields: Any) -> httpx.Response:
        """The payer's choice on the hosted page."""
        return await self.provider.post(checkout["redirect_url"], data={"outcome": outcome, **fields})

    async def account(self) -> dict[str, str]:
        """The headers with which the merchant's account speaks to the provider itself."""
        found = await self.app.state.dependencies.providers.connect(self.merchant, "sandbox")
        keys = self.app.state.settings.credential_keys.unseal(found.credentials)
        return {"Authorization": f"Bearer {keys['api_key']}"}

    async def behave_next(self, **behaviour: Any) -> None:
        """How the provider is to behave about the next checkout."""
        answer = await self.provider.put("/v1/account/next", json=behaviour, headers=await self.account())
        assert answer.status_code == 204, answer.text

    async def comes_back(self, checkout: dict[str, Any]) -> httpx.Response:
        """The payer comes back from the hosted page."""
        return await self.http.post(f"/v1/checkouts/{checkout['checkout_id']}/reconcile", headers=self.payer())

    async def erp(self, document: UUID, amount: str = "119.00", **fields: Any) -> httpx.Response:
        body = {
            "document_number": f"RE-{str(document)[-6:]}",
            "amount": amount,
            "currency": "EUR",
            "paid_on": "2026-11-20",
            "external_id": f"erp-{document}",
        }
        return await self.http.post("/v1/incoming-payments", json=body | fields, headers=self.staff())

    async def ask_provider_in(self, later: timedelta) -> None:
        """The job's work on what will be due by then."""
        await reconcile_due(self.app.state.dependencies, self.merchant, datetime.now(UTC) + later)

    async def sql(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """As the merchant would see it."""
        async with self.app.state.db.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(self.merchant))
            return await connection.fetch(query, *values)

    async def receivable(self, document: UUID) -> asyncpg.Record:
        rows = await self.sql("SELECT * FROM receivable WHERE document_id = $1", document)
        assert rows, "no receivable yet"
        return rows[0]

    async def state(self, document: UUID) -> str:
        return str((await self.receivable(document))["state"])

    async def becomes(self, document: UUID, state: str) -> asyncpg.Record:
        async def is_so() -> asyncpg.Record | None:
            row = await self.receivable(document)
            return row if row["state"] == state else None

        return await eventually(is_so)

    async def told(self, *kinds: type[Any]) -> list[Any]:
        """The events in the outbox, in order; only of these kinds where some are named."""
        names = [type_of(kind) for kind in kinds]
        rows = await self.sql("SELECT type, payload FROM outbox WHERE merchant_id = $1 ORDER BY id", self.merchant)
        return [class_of(r["type"]).FromString(r["payload"]) for r in rows if not names or r["type"] in names]

    async def at_provider(self, checkout: dict[str, Any]) -> dict[str, Any]:
        """What the provider itself knows of the checkout."""
        data: list[dict[str, Any]] = (await self.provider.get("/sandbox/checkouts")).json()["data"]
        return next(c for c in data if c["reference"] == checkout["checkout_id"])

    async def all_at_provider(self, document: UUID) -> list[dict[str, Any]]:
        """Every checkout of this document that the provider has ever made."""
        query = "SELECT checkout_id FROM checkout_part WHERE document_id=$1"
        references = {str(r["checkout_id"]) for r in await self.sql(query, document)}
        data: list[dict[str, Any]] = (await self.provider.get("/sandbox/checkouts")).json()["data"]
        return [c for c in data if c["reference"] in references]

    async def settle(self, checkout: dict[str, Any], outcome: str = "succeeded", **fields: Any) -> None:
        """Money on its way arrives or fails at the provider, or settled money is taken back or disputed."""
        wanted = {"checkout": (await self.at_provider(checkout))["id"], "outcome": outcome} | fields
        assert (await self.provider.post("/sandbox/settle", json=wanted)).status_code == 200

    async def refund_at_provider(self, checkout: dict[str, Any], amount_minor: int) -> None:
        """The merchant gives back at the provider's own pages, which name the payment alone."""
        [payment] = (await self.at_provider(checkout))["payments"]
        body = {"payment": payment["id"], "amount_minor": amount_minor, "reference": f"by hand {uuid4()}"}
        headers = await self.account() | {"Idempotency-Key": body["reference"]}
        answer = await self.provider.post("/v1/refunds", json=body, headers=headers)
        assert answer.status_code < 300, answer.text

    async def kept(self, document: UUID) -> int:
        """What providers hold of this document's payers' money: charged, less what was given back or is disputed."""
        mine = await self.all_at_provider(document)
        charged = sum(p["amount_minor"] for c in mine for p in c["payments"] if p["state"] == "succeeded")
        returned = sum(r["amount_minor"] for c in mine for r in c["refunds"] if r["state"] == "succeeded")
        return charged - returned - sum(d["amount_minor"] for c in mine for d in c["disputes"] if d["state"] != "won")


def envelope(message: Any, merchant: UUID) -> Envelope:
    return Envelope(
        id=uuid7(),
        type=type_of(message),
        source="test",
        subject="",
        time=datetime.now(UTC),
        merchant_id=merchant,
        traceparent=None,
        body=message.SerializeToString(),
    )


@dataclass
class Installation:
    """Payments and its provider, running; each test brings a merchant of its own."""

    app: FastAPI
    http: httpx.AsyncClient
    provider: httpx.AsyncClient
    bus_url: str
    # The doubles of Stripe and PayPal.
    stripe: httpx.AsyncClient
    paypal: httpx.AsyncClient


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    port, provider_port = free_port(), free_port()
    stripe_port, paypal_port = free_port(), free_port()
    stripe_url, paypal_url = f"http://127.0.0.1:{stripe_port}", f"http://127.0.0.1:{paypal_port}"
    database, bus_url = await databases.create("payments"), await databases.empty()
    app = create_app(
        Settings(
            environment="development",
            database_url=database.runtime,
            bus_url=bus_url,
            service_secret="secret",
            sandbox_url=f"http://127.0.0.1:{provider_port}",
            stripe_url=stripe_url,
            stripe_connect_url=stripe_url,
            stripe_client_id="ca_kontor",
            stripe_platform_key="sk_test_platform",
            paypal_url=f"{paypal_url}/live",
            paypal_sandbox_url=paypal_url,
            paypal_client_id="kontor-partner",
            paypal_client_secret="sk_test_platform",
            paypal_partner_id="KNTRPARTNER23",
            paypal_partner_mode="test",
            webhook_url=f"http://127.0.0.1:{port}/v1/webhooks",
            ask_every=0.5,
            provider_timeout=2.0,
        )
    )
    app.state.tokens = OpenTokens()
    sandbox = create_sandbox(
        SandboxSettings(
            environment="development",
            database=tmp_path_factory.mktemp("sandbox") / "sandbox.db",
            public_url=f"http://127.0.0.1:{provider_port}",
        )
    )
    folder = tmp_path_factory.mktemp("doubles")
    doubles = {
        name: create_double(name, DoubleSettings(environment="development", folder=folder, public_url=address))
        for name, address in (("stripe", stripe_url), ("paypal", paypal_url))
    }
    async with (
        serving(doubles["stripe"], port=stripe_port),
        serving(doubles["paypal"], port=paypal_port),
        httpx.AsyncClient(base_url=stripe_url, timeout=20) as stripe,
        httpx.AsyncClient(base_url=paypal_url, timeout=20) as paypal,
        serving(sandbox, port=provider_port) as provider_url,
        serving(app, port=port) as url,
        httpx.AsyncClient(base_url=url, timeout=20) as http,
        httpx.AsyncClient(base_url=provider_url, timeout=20) as provider,
    ):
        yield Installation(app, http, provider, bus_url, stripe, paypal)


@pytest_asyncio.fixture(loop_scope="session")
async def world(installation: Installation) -> World:
    made = World(**vars(installation))
    await made.register()
    return made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these tests share the running installation, and so its event loop."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
