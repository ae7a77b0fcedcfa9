"""A merchant with a few documents in the admin's copy, and owners that write down what they are asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI, Request
from google.protobuf.message import Message
from starlette.responses import JSONResponse, Response

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor.notifications.v1 import notifications_pb2
from kontor.payments.v1 import payments_pb2
from kontor_admin.app import create_app
from kontor_admin.settings import Settings
from kontor_bus.envelope import state_of
from kontor_events.registry import type_of
from kontor_service.commands import command_result
from kontor_testing.described import held_to_description
from kontor_testing.postgres import Databases
from kontor_testing.serving import serving
from kontor_testing.tokens import TokenSigner

RIGHTS = [
    "merchant:edit", "customers:edit", "documents:read", "documents:submit", "documents:release", "payments:book",
    "payments:settings", "templates:edit", "api_keys:edit", "mails:resend", "account", "meters:read", "meters:edit",
    "previews:read", "documents:comment", "documents:note",
    "standing_documents:edit",
]  # fmt: skip
TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@dataclass
class Owners:
    """Answers for identity, documents, payments and notifications alike."""

    signer: TokenSigner = field(default_factory=TokenSigner)
    # (method, path) → what to answer; a callable gets the request's JSON.
    answers: dict[tuple[str, str], Any] = field(default_factory=dict)
    # Commands only: an edge fetches documents' content by itself, at any time.
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    file_names: list[str] = field(default_factory=list)
    based_on: str = ""
    tokens: list[dict[str, Any]] = field(default_factory=list)
    down: bool = False

    def forget(self) -> None:
        self.answers, self.calls, self.tokens, self.down = {}, [], [], False

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/.well-known/jwks.json")(self.signer._jwks)
        app.post("/v1/service-tokens")(self.signer._service_token)
        app.post("/v1/tokens")(self._token)
        app.api_route("/{path:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])(self._anything)
        return app

    async def _token(self, body: dict[str, Any]) -> dict[str, Any]:
        self.tokens.append(body)
        header = self.signer.token(body["audience"], body["right"])
        return {"token": header["Authorization"].removeprefix("Bearer "), "expires_in": 60}

    async def _anything(self, request: Request) -> Response:
        is_json = request.headers.get("content-type", "").startswith("application/json")
        body = await request.json() if is_json else await request.body()
        if request.method != "GET":
            self.calls.append((request.method, request.url.path, body))
        self.languages.append(request.headers.get("accept-language", ""))
        self.based_on = request.headers.get("x-kontor-based-on", self.based_on)
        self.file_names.append(request.headers.get("x-kontor-file-name", ""))
        if self.down:
            return Response(status_code=503)
        answer = self.answers.get((request.method, request.url.path))
        if answer is None:
            return JSONResponse({"status": 404, "code": "not_found", "detail": "nothing"}, 404)
        if not isinstance(answer, Response) and callable(answer):
            answer = answer(body)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    def refuse(self, method: str, path: str, status: int, **problem: Any) -> None:
        body = {"status": status, "detail": "no", "code": "x", **problem}
        self.answers[method, path] = JSONResponse(body, status, media_type="application/problem+json")


@dataclass
class Shop:
    """One merchant of the admin under test, and a client that is logged in as its staff."""

    app: FastAPI
    client: httpx.AsyncClient
    owners: Owners
    merchant_id: UUID
    cookie: str

    async def told(self, *messages: Message) -> None:
        """As if the bus had brought these facts."""
        await self.app.state.edge.views.apply(
            [SimpleNamespace(type=type_of(m), body=m.SerializeToString()) for m in messages]
        )

    async def page(self, path: str, status: int = 200) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == status, answer.text[:2000]
        return answer.text

    async def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """A form of ours, with its token."""
        return await self.client.post(path, data={"csrf": token(), **(data or {})}, **options)

    def document(self, number: str, **values: Any) -> documents_pb2.DocumentSnapshot:
        state: dict[str, Any] = {
            "id": str(uuid4()), "merchant_id": str(self.merchant_id), "epoch": 1, "version": 1, "type": "invoice",
            "number": number, "state": "shared", "issue_date": "2026-11-12", "due_date": "2026-11-26", "currency": "EUR",
            "net_minor": 10000, "tax_minor": 1900, "gross_minor": 11900, "amount_due_minor": 11900, "source": "http",
            "buyer_name": "Seidel Optik", "received_at": NOW, "content_sha256": "",
        } | values  # fmt: skip
        return documents_pb2.DocumentSnapshot(document=documents_pb2.Document(**state))

    def customer(self, number: str, name: str, **values: Any) -> identity_pb2.CustomerSnapshot:
        state: dict[str, Any] = {
            "id": str(uuid4()), "merchant_id": str(self.merchant_id), "epoch": 1, "version": 1, "number": number,
            "name": name, "kind": "business", "email": f"{number}@example.com", "language": "de",
            "portal_access": "default", "mail_mode": "default",
        } | values  # fmt: skip
        return identity_pb2.CustomerSnapshot(customer=identity_pb2.Customer(**state))

    def receivable(self, document_id: str, **values: Any) -> payments_pb2.ReceivableSnapshot:
        state: dict[str, Any] = {
            "id": str(uuid4()), "merchant_id": str(self.merchant_id), "epoch": 1, "version": 1,
            "document_id": document_id, "currency": "EUR", "due_minor": 11900, "open_minor": 11900, "state": "open",
            "due_date": "2026-11-26",
        } | values  # fmt: skip
        return payments_pb2.ReceivableSnapshot(receivable=payments_pb2.Receivable(**state))

    def payment(self, document_id: str, **values: Any) -> payments_pb2.PaymentSnapshot:
        state: dict[str, Any] = {
            "id": str(uuid4()), "merchant_id": str(self.merchant_id), "epoch": 1, "version": 1, "document_id": document_id,
            "document_number": "RE-1", "currency": "EUR", "amount_minor": 11900, "state": "succeeded", "method": "card",
            "provider": "sandbox", "created_at": NOW, "settled_at": NOW,
        } | values  # fmt: skip
        return payments_pb2.PaymentSnapshot(payment=payments_pb2.Payment(**state))

    def dispute(self, payment: payments_pb2.PaymentSnapshot, **values: Any) -> payments_pb2.DisputeSnapshot:
        state: dict[str, Any] = {
            "id": str(uuid4()), "merchant_id": str(self.merchant_id), "epoch": 1, "version": 1, "currency": "EUR",
            "payment_id": payment.payment.id, "document_id": payment.payment.document_id, "document_number": "RE-1",
            "amount_minor": 11900, "state": "needs_response", "reason": "fraudulent", "provider": "sandbox",
            "provider_reference": "dp_1", "page_url": "http://127.0.0.1:8020/sandbox", "opened_at": NOW,
            "respond_by": NOW + timedelta(days=9),
        } | values  # fmt: skip
        return payments_pb2.DisputeSnapshot(dispute=payments_pb2.Dispute(**state))

    def incoming_payment(self, **values: Any) -> payments_pb2.IncomingPaymentSnapshot:
        state: dict[str, Any] = {
            "id": str(uuid4()), "merchant_id": str(self.merchant_id), "epoch": 1, "version": 1, "external_id": "bank-1",
            "document_number": "RE-77", "currency": "EUR", "amount_minor": 11900, "paid_on": "2026-11-20", "state": "parked",
            "received_at": NOW,
        } | values  # fmt: skip
        return payments_pb2.IncomingPaymentSnapshot(incoming_payment=payments_pb2.IncomingPayment(**state))

    def mail(self, **values: Any) -> notifications_pb2.MailSnapshot:
        state: dict[str, Any] = {
            "id": str(uuid4()), "merchant_id": str(self.merchant_id), "epoch": 1, "version": 1,
            "kind": "document_shared", "label": "Document", "recipient": "anna@example.com", "subject": "Ihre Rechnung", "state": "sent",
            "created_at": NOW,
        } | values  # fmt: skip
        return notifications_pb2.MailSnapshot(mail=notifications_pb2.Mail(**state))

    def merchant(self, **values: Any) -> identity_pb2.MerchantSnapshot:
        state: dict[str, Any] = {
            "id": str(self.merchant_id), "merchant_id": str(self.merchant_id), "epoch": 1, "version": 1,
            "name": "Brunner Haustechnik", "slug": "brunner", "portal_enabled": True, "portal_access_default": True,
            "language": "de", "time_zone": "Europe/Berlin", "payments_enabled": True, "contact_email": "a@example.com",
            "document_types": [identity_pb2.DocumentTypeSettings(type="invoice", visible=True, can_pay=True)],
        } | values  # fmt: skip
        return identity_pb2.MerchantSnapshot(merchant=identity_pb2.Merchant(**state))


SEED = "a-seed-for-tests"


def token() -> str:
    from kontor_web.pages import csrf_token

    return csrf_token(SEED)


def answer_of(snapshot: Message, **extra: Any) -> dict[str, Any]:
    """What an owner answers to a command."""
    return command_result(state_of(snapshot), **extra)


def session_state(merchant_id: UUID, cookie: str, **values: Any) -> dict[str, Any]:
    return {
        "hash": sha256(cookie.encode()).hexdigest(), "id": str(uuid4()), "kind": "staff", "merchant_id": str(merchant_id),
        "slug": "brunner", "user_id": str(uuid4()), "name": "Martin Brunner", "email": "m@example.com", "language": "de",
        "rights": RIGHTS, "role": "owner", "seen_at": datetime.now(UTC).isoformat(),
        **{name: (datetime.now(UTC) + timedelta(hours=1)).isoformat() for name in ("ends_at", "expires_at")},
        "version": 1, "customers": [], "document_id": None, "epoch": 1, "revoked": False,
    } | values  # fmt: skip


@dataclass
class Admin:
    """The app under test, for all tests: each of them is another merchant."""

    app: FastAPI
    address: str
    owners: Owners


@asynccontextmanager
async def running_admin(databases: Databases) -> AsyncIterator[Admin]:
    database, bus = await databases.create("admin"), await databases.empty()
    owners = Owners()
    async with serving(owners.app()) as address:
        settings = Settings(
            environment="development", database_url=database.runtime, copy_database_url=database.copy, bus_url=bus,
            service_secret="secret", service_url=address, portal_url="http://portal.example", upload_bytes=1000,
        )  # fmt: skip
        app = create_app(settings)
        app.state.clock = SimpleNamespace(now=lambda: NOW)
        async with serving(app) as admin:
            yield Admin(app, admin, owners)


@asynccontextmanager
async def opened_shop(admin: Admin) -> AsyncIterator[Shop]:
    """A new merchant, and its staff logged in."""
    admin.owners.forget()
    merchant_id, cookie = uuid4(), str(uuid4())
    async with httpx.AsyncClient(
        base_url=admin.address, timeout=20, event_hooks=held_to_description(admin.app)
    ) as client:
        shop = Shop(admin.app, client, admin.owners, merchant_id, cookie)
        await tell_sessions(shop, session_state(merchant_id, cookie))
        client.headers.update({"accept": "text/html", "cookie": cookies(cookie)})
        await shop.told(shop.merchant())
        yield shop


def cookies(cookie: str) -> str:
    return f"__Host-kontor-admin={cookie}; __Host-kontor-admin-seed={SEED}"


async def tell_sessions(shop: Shop, *states: dict[str, Any]) -> None:
    """As identity pushes them."""
    header = shop.owners.signer.token("admin", "service", kind="service")
    answer = await shop.client.put("/internal/sessions", json={"sessions": list(states)}, headers=header)
    assert answer.status_code == 204, answer.text
