"""Payments in this process for benchmarks: on its socket, with PostgreSQL, a merchant and a customer with open invoices."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI

from kontor.documents.v1 import documents_pb2 as documents
from kontor.identity.v1 import identity_pb2 as identity
from kontor_bus import Envelope
from kontor_events.registry import type_of
from kontor_payments.app import create_app
from kontor_payments.consumers import consumers
from kontor_payments.settings import Settings
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal
from kontor_testing.postgres import Databases, postgres_server
from kontor_testing.serving import free_port, serving


class _Tokens:
    """Takes the claims as they are: what identity signs is not measured here."""

    async def verify(self, token: str) -> Principal:
        return Principal.model_validate(json.loads(base64.urlsafe_b64decode(token)))

    async def close(self) -> None:
        return


@dataclass
class PaymentsWorld:
    app: FastAPI
    http: httpx.AsyncClient
    merchant: UUID = field(default_factory=uuid7)
    customer: UUID = field(default_factory=uuid7)

    async def register(self) -> None:
        values = {"name": "Muster GmbH", "iban": "DE75512108001245126199", "payments_enabled": True, "slug": "muster"}
        key = str(self.merchant)
        state = identity.Merchant(id=key, merchant_id=key, epoch=1, version=1, **values)
        await self._hear(identity.MerchantSettingsChanged(merchant=state))

    def acting(self, kind: str, *rights: str) -> dict[str, str]:
        """The headers of somebody of the merchant (staff) or of the customer (contact)."""
        claims = {
            "sub": f"{kind}:{uuid4()}", "kind": kind, "rights": rights, "merchant": str(self.merchant),
            "customers": [str(self.customer)],
        }  # fmt: skip
        return {"Authorization": f"Bearer {base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()}"}

    async def invoice(self) -> str:
        document = uuid7()
        state = documents.Document(
            id=str(document), merchant_id=str(self.merchant), epoch=1, version=1, type="invoice", number=f"RE-{document}",
            state="shared", customer_id=str(self.customer), thread_id=str(document), currency="EUR", gross_minor=11900,
            amount_due_minor=11900, due_date="2030-01-01",
        )  # fmt: skip
        await self._hear(documents.DocumentShared(document=state))
        return str(document)

    async def _hear(self, message: Any) -> None:
        envelope = Envelope(
            id=uuid7(), type=type_of(message), source="bench", subject="", time=datetime.now(UTC),
            merchant_id=self.merchant, traceparent=None, body=message.SerializeToString(),
        )  # fmt: skip
        for consumer in consumers(self.app.state.dependencies, sandbox_default=True):
            await consumer.apply([envelope])


@asynccontextmanager
async def payments_world(**settings: Any) -> AsyncIterator[PaymentsWorld]:
    """`settings`: where the providers are."""
    port = free_port()
    with postgres_server() as server:
        databases = Databases(server)
        database, bus_url = await databases.create("payments"), await databases.empty()
        app = create_app(
            Settings(
                environment="development", database_url=database.runtime, bus_url=bus_url, service_secret="bench",
                webhook_url=f"http://127.0.0.1:{port}/v1/webhooks", **settings,
            )
        )  # fmt: skip
        app.state.tokens = _Tokens()
        async with serving(app, port=port) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
            world = PaymentsWorld(app, http)
            await world.register()
            yield world
