"""A gateway on a real PostgreSQL, with owners that answer just what a test gives them to say."""

import hashlib
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import SecretStr
from starlette.responses import Response

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor.payments.v1 import payments_pb2
from kontor_bus.envelope import state_of
from kontor_events.registry import type_of
from kontor_gateway.app import create_app
from kontor_gateway.settings import Settings
from kontor_gateway.views import SHAPE
from kontor_service.commands import command_result
from kontor_service.ids import uuid7
from kontor_testing.described import held_to_description
from kontor_testing.postgres import Databases
from kontor_testing.serving import serving
from kontor_testing.tokens import TokenSigner
from kontor_web.pages import csrf_token

# What several tests say of meters (gateway_meters.py).
sys.path.insert(0, str(Path(__file__).parent))

TYPES = ("invoice", "quote", "order_confirmation", "delivery_note", "credit_note", "other", "reminder")


class Owners:
    """Every owner in one app: routes a test sets answer first; what was asked is kept in `asked`."""

    def __init__(self) -> None:
        self.signer = TokenSigner()
        self.app = FastAPI()
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {}
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []
        self.keys: dict[str, UUID] = {}
        self.links_over: set[str] = set()
        self.permits: list[dict[str, Any]] = []
        self.down = False
        self.app.get("/.well-known/jwks.json")(self.signer._jwks)
        self.app.post("/v1/service-tokens")(self.signer._service_token)
        self.app.post("/v1/tokens")(self._command_token)
        self.app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])(self._any)

    def forget(self) -> None:
        self.answers.clear()
        self.asked.clear()
        self.keys.clear()
        self.links_over.clear()
        self.permits.clear()
        self.down = False

    def answer(self, method: str, path: str, body: Any, status: int = 200) -> None:
        self.answers[method, path] = (status, body)

    def asked_of(self, path: str) -> list[Any]:
        return [body for _, asked, body, _ in self.asked if asked == path]

    async def _command_token(self, body: dict[str, Any]) -> JSONResponse:
        self.permits.append(body)
        if self.down:
            return JSONResponse({"code": "down"}, 503)
        if body.get("link") in self.links_over:
            return JSONResponse({"code": "link_expired"}, 410)
        merchant = self.keys.get(body.get("api_key", ""))
        if "api_key" in body and merchant is None:
            return JSONResponse({"code": "api_key_unknown", "title": "unknown", "detail": "unknown"}, 401)
        header = self.signer.token(
            body["audience"], body["right"], merchant=merchant, kind="key" if merchant else "link"
        )
        token = header["Authorization"].removeprefix("Bearer ")
        return JSONResponse({"token": token, "expires_in": 60, "principal": {"merchant": str(merchant)}})

    async def _any(self, request: Request, path: str) -> Response:
        raw = await request.body()
        is_json = request.headers.get("content-type") == "application/json"
        body = await request.json() if raw and is_json else raw
        self.asked.append((request.method, f"/{path}", body, dict(request.headers)))
        if self.down:
            return JSONResponse({"code": "down"}, 503)
        status, answer = self.answers.get(
            (request.method, f"/{path}"), (404, {"code": "not_found", "detail": "nothing"})
        )
        if isinstance(answer, bytes):
            return Response(answer, status)
        return JSONResponse(answer, status, {"Retry-After": "300"} if status == 429 else None)


class Portal:
    """One gateway, and what owners say to it."""

    def __init__(self, app: FastAPI, url: str, owners: Owners, client: httpx.AsyncClient) -> None:
        self.app, self.url, self.owners, self.client = app, url, owners, client

    @property
    def edge(self) -> Any:
        return self.app.state.edge

    async def say(self, *events: Any) -> None:
        """As the bus would bring them."""
        await self.edge.views.apply([_Fact(event) for event in events])

    async def merchant(self, slug: str, **more: Any) -> str:
        merchant = more.pop("id", None) or str(uuid7())
        types = [
            identity_pb2.DocumentTypeSettings(
                type=name,
                visible=True,
                can_print=True,
                can_pay=name in ("invoice", "reminder", "quote"),
                can_accept=True,
                can_comment=name != "delivery_note",
            )
            for name in more.pop("types", TYPES)
        ]
        values = {
            "name": f"Firma {slug}", "portal_enabled": True, "language": "de", "time_zone": "Europe/Berlin",
            "payments_enabled": True, "contact_email": f"hallo@{slug}.example", "contact_phone": "+49 821 123",
            "password_reset_enabled": True, "version": 1,
        } | more  # fmt: skip
        state = identity_pb2.Merchant(
            id=merchant, merchant_id=merchant, epoch=1, slug=slug, **{"document_types": types} | values
        )
        await self.say(identity_pb2.MerchantSnapshot(merchant=state))
        return merchant

    async def customer(self, merchant: str, name: str = "Seidel Optik", number: str = "K-1", roles: Any = ()) -> str:
        customer = str(uuid7())
        state = identity_pb2.Customer(
            id=customer,
            merchant_id=merchant,
            epoch=1,
            version=1,
            name=name,
            number=number,
            portal_access="on",
            roles=roles,
        )
        await self.say(identity_pb2.CustomerSnapshot(customer=state))
        return customer

    async def document(self, merchant: str, customer: str, number: str = "RE-1", **more: Any) -> str:
        document = more.pop("id", None) or str(uuid7())
        values = {
            "type": "invoice", "state": "shared", "issue_date": "2026-11-01", "due_date": "2026-12-01",
            "currency": "EUR", "net_minor": 10000, "tax_minor": 1900, "gross_minor": 11900, "amount_due_minor": 11900,
            "thread_id": str(uuid7()), "version": 1,
        } | more  # fmt: skip
        state = documents_pb2.Document(
            id=document, merchant_id=merchant, epoch=1, customer_id=customer, number=number, **values
        )
        await self.say(documents_pb2.DocumentShared(document=state))
        return document

    def receivable(self, merchant: str, customer: str, document: str, **more: Any) -> payments_pb2.ReceivableSnapshot:
        values = {
            "state": "open", "currency": "EUR", "due_minor": 11900, "open_minor": 11900, "due_date": "2026-12-01",
            "methods": [payments_pb2.Method(code="card", provider="sandbox"), payments_pb2.Method(code="transfer", provider="transfer")],
            "version": 1, "id": str(uuid7()),
        } | more  # fmt: skip
        return payments_pb2.ReceivableSnapshot(
            receivable=payments_pb2.Receivable(
                merchant_id=merchant, epoch=1, document_id=document, customer_id=customer, **values
            )
        )

    async def owed(self, merchant: str, customer: str, document: str, **more: Any) -> str:
        snapshot = self.receivable(merchant, customer, document, **more)
        await self.say(snapshot)
        return str(snapshot.receivable.id)

    def session(self, token: str, slug: str, merchant: str, customers: list[str], **more: Any) -> dict[str, Any]:
        """A session's state as identity tells it."""
        return {
            "hash": hashlib.sha256(token.encode()).hexdigest(), "id": str(uuid7()), "kind": "portal",
            "merchant_id": merchant, "slug": slug, "contact_id": None, "subject": "contact:anna", "name": "Anna Seidel",
            "email": "anna@seidel.example", "language": "de", "customers": customers, "document_id": None,
            "rights": ["account", "documents:comment", "documents:pay", "documents:read", "meters:enter"],
            "epoch": 1, "version": 1, "revoked": False,
            "seen_at": datetime.now(UTC).isoformat(),
            **{name: (datetime.now(UTC) + timedelta(hours=1)).isoformat() for name in ("ends_at", "expires_at")},
        } | more  # fmt: skip

    async def login(self, slug: str, merchant: str, *customers: str, **more: Any) -> dict[str, str]:
        """The cookie header of a browser that is in."""
        token = f"token-{uuid7()}"
        await self.edge.sessions.keep([self.session(token, slug, merchant, list(customers), **more)])
        return {"cookie": f"__Host-kontor-{slug}={token}"}

    async def page(self, path: str, cookie: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        """As a browser asks for a page."""
        headers = {"accept": "text/html"} | (cookie or {}) | options.pop("headers", {})
        return await self.client.request(options.pop("method", "GET"), path, headers=headers, **options)

    async def post(self, path: str, cookie: dict[str, str], **fields: str) -> httpx.Response:
        """As a browser sends a form of ours: with the token that belongs to its seed."""
        seed = "seed"
        cookies = "; ".join(part for part in (cookie.get("cookie"), f"__Host-kontor-gateway-seed={seed}") if part)
        return await self.page(path, {"cookie": cookies}, method="POST", data={"csrf": csrf_token(seed), **fields})

    async def post_files(self, path: str, cookie: dict[str, str], files: Any, **fields: str) -> httpx.Response:
        """As a browser sends a form with files."""
        cookies = f"{cookie['cookie']}; __Host-kontor-gateway-seed=seed"
        data = {"csrf": csrf_token("seed"), **fields}
        return await self.page(path, {"cookie": cookies}, method="POST", data=data, files=files)

    async def json(self, path: str, cookie: dict[str, str], **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=cookie | headers)

    def result(self, snapshot: Any, **extra: Any) -> dict[str, Any]:
        """A command's answer."""
        return command_result(state_of(snapshot), **extra)


class _Fact:
    def __init__(self, message: Any) -> None:
        self.type, self.body = type_of(message), message.SerializeToString()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests of a module: they share a running gateway, which is emptied between them."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(databases: Databases) -> AsyncIterator[tuple[FastAPI, str, Owners]]:
    database, owners = await databases.create("gateway"), Owners()
    assert database.copy is not None
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(owners.app))
        settings = Settings(
            environment="development", database_url=SecretStr(database.runtime), copy_database_url=SecretStr(database.copy),
            bus_url=SecretStr(await databases.empty()), service_secret=SecretStr("gateway"),
            service_url=url,
        )  # fmt: skip
        app = create_app(settings)
        yield app, await stack.enter_async_context(serving(app)), owners


@pytest_asyncio.fixture(loop_scope="module")
async def portal(gateway: tuple[FastAPI, str, Owners]) -> AsyncIterator[Portal]:
    """The gateway with nothing in it, and owners that know no answer."""
    app, url, owners = gateway
    owners.forget()
    pool = app.state.edge.views.pool
    await pool.execute("TRUNCATE " + ", ".join(f"live.{view.table}" for view in SHAPE.views))
    await pool.execute("DELETE FROM session; DELETE FROM content; DELETE FROM content_wanted")
    await app.state.edge.sessions.heard_identity()
    async with httpx.AsyncClient(base_url=url, timeout=120, event_hooks=held_to_description(app)) as client:
        yield Portal(app, url, owners, client)
