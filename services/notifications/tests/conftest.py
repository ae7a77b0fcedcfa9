"""Notifications, running: with real PostgreSQL, bus, SMTP and HTTP; identity and documents are made up."""

import sys
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx
import jwt
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI, HTTPException, Request, Response, UploadFile
from google.protobuf.message import Message
from jwt.algorithms import OKPAlgorithm

import kontor_notifications.app
from kontor.documents.v1.documents_pb2 import CashDiscount, Document, DocumentSnapshot, File
from kontor.identity.v1.identity_pb2 import (
    Address,
    ContactPerson,
    Customer,
    CustomerSnapshot,
    Merchant,
    MerchantSnapshot,
    StaffMember,
    StaffMemberSnapshot,
)
from kontor_bus import record
from kontor_notifications.app import create_app
from kontor_notifications.mails.queue import Pauses
from kontor_notifications.settings import Settings
from kontor_service.ids import uuid7
from kontor_standalone.mailsink.app import create_app as create_sink
from kontor_standalone.mailsink.settings import MailSinkSettings
from kontor_testing.postgres import Databases, at
from kontor_testing.serving import serving
from kontor_testing.waiting import eventually

# For modules of mails beside this file.
sys.path.insert(0, str(Path(__file__).parent))

MERCHANT_ID = "01920000-0000-7000-8000-000000000001"
CUSTOMER_ID = "01920000-0000-7000-8000-000000000002"
DOCUMENT_ID = "01920000-0000-7000-8000-000000000003"


PDF = b"%PDF-1.7 the bill"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\x0f\x04\x00\x09\xfb\x03\xfd\xe3U\xf2\x9c\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Peers:
    """One app for both; `calls` remembers what was asked, `failing` makes paths that start so answer with a status."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.app = self._build()
        self.forget()

    def forget(self) -> None:
        """As if nobody had asked anything yet."""
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failing: dict[str, int] = {}
        self.generation = 1
        # What documents was handed, by idempotency key, and the files with the ids that it gave them.
        self.comments: dict[str, dict[str, Any]] = {}
        self.files: dict[str, tuple[str, str, bytes]] = {}
        # Resources whose link the merchant has revoked.
        self.revoked: set[str] = set()

    def token(
        self, *rights: str, merchant: str | None, subject: str = "staff:x", audience: str = "notifications"
    ) -> str:
        now = int(time.time())
        claims = {
            "iss": "kontor-identity", "aud": audience, "sub": subject, "kind": subject.partition(":")[0],
            "merchant": merchant, "rights": list(rights), "iat": now, "exp": now + 60,
        }  # fmt: skip
        return jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": "test"})

    def asked(self, path: str) -> list[dict[str, Any]]:
        return [body for called, body in self.calls if called.startswith(path)]

    def _build(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def remember(request: Request, call_next: Any) -> Response:
            json = request.headers.get("content-type") == "application/json"
            body = await request.json() if json else {}
            self.calls.append((request.url.path, body))
            for path, status in self.failing.items():
                if request.url.path.startswith(path):
                    content = '{"code": "refused", "detail": "It is not to be had"}'
                    return Response(content, status, media_type="application/problem+json")
            return await call_next(request)

        self._add_identity(app)
        self._add_documents(app)
        return app

    def _add_identity(self, app: FastAPI) -> None:
        @app.get("/.well-known/jwks.json")
        def jwks() -> dict[str, Any]:
            public = OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
            return {"keys": [{**public, "kid": "test", "alg": "EdDSA", "use": "sig"}]}

        @app.post("/v1/service-tokens")
        async def service_token(request: Request) -> dict[str, Any]:
            asked = await request.json()
            token = self.token(
                "service", merchant=asked["merchant_id"], subject="service:notifications", audience=asked["audience"]
            )
            return {"token": token, "expires_in": 60}

        @app.post("/v1/document-links")
        async def document_link(request: Request) -> dict[str, str]:
            asked = await request.json()
            self._authorized(request, "identity")
            if asked.get("renew"):
                self.generation += 1
            return {"url": f"https://portal.example/l/{asked['document_id'] or 'all'}.{self.generation}"}

        @app.post("/v1/capability-links")
        async def capability_links(request: Request) -> dict[str, Any]:
            asked = await request.json()
            self._authorized(request, "identity")
            if asked.get("renew"):
                self.generation += 1
            [resource] = asked["resources"]
            if resource in self.revoked:
                return {"links": [{"resource": resource, "url": None, "reason": "revoked"}]}
            url = f"https://portal.example/z/{resource.partition(':')[2]}.{self.generation}"
            return {"links": [{"resource": resource, "url": url, "reason": None}]}

        @app.post("/v1/challenges/{challenge_id}/secret")
        async def secret(challenge_id: str) -> dict[str, str]:
            return {"url": f"https://portal.example/passwort/{challenge_id}", "code": "482913"}

        @app.get("/v1/logos/{sha256}")
        async def logo(sha256: str) -> Response:
            return Response(PNG, media_type="image/png")

    def _add_documents(self, app: FastAPI) -> None:
        @app.get("/v1/documents/{document_id}/files/{file_id}")
        async def file(request: Request, document_id: str, file_id: str) -> Response:
            self._authorized(request, "documents")
            return Response(PDF, media_type="application/pdf")

        @app.post("/v1/documents/{document_id}/comment-files", status_code=201)
        async def upload(request: Request, document_id: str, file: UploadFile, author: str) -> dict[str, str]:
            self._authorized(request, "documents")
            id_ = str(uuid7())
            self.files[id_] = (author, file.filename or "", await file.read())
            return {"id": id_}

        @app.post("/v1/documents/{document_id}/comments")
        async def comment(request: Request, document_id: str) -> dict[str, Any]:
            self._authorized(request, "documents")
            written = await request.json() | {"document_id": document_id}
            known = self.comments.setdefault(request.headers["idempotency-key"], written)
            if known != written:
                raise HTTPException(409)
            return {}

        @app.get("/v1/standing-documents/versions/{version_id}/file")
        async def standing_document(request: Request, version_id: str) -> Response:
            self._authorized(request, "documents")
            return Response(PDF, media_type="application/pdf")

    def _authorized(self, request: Request, audience: str) -> None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            jwt.decode(token, self._key.public_key(), algorithms=["EdDSA"], audience=audience)
        except jwt.InvalidTokenError:
            raise HTTPException(401) from None


# Mails that nobody has in hand stay where they are for as long as the next test needs to begin.
_PUT_OFF = (
    "UPDATE {} SET next_attempt_at = now() + interval '1 day'"
    " WHERE state = '{}' AND next_attempt_at < now() + interval '8 minutes'"
)
# A claim lasts 15 minutes, of a mail that came in 10; no pause of the first attempts lies between.
_IN_HAND = "SELECT 1 FROM {} WHERE state = '{}' AND next_attempt_at < now() + interval '16 minutes'"
_WAITING = (("mail", "queued"), ("incoming_mail", "received"))


class Desk:
    """The service under test and everything around it."""

    def __init__(
        self,
        app: FastAPI,
        peers: Peers,
        http: httpx.AsyncClient,
        mails: httpx.AsyncClient,
        database: asyncpg.Connection,
    ) -> None:
        self.app, self.peers, self.http, self._mails = app, peers, http, mails
        # As the server's superuser, past row-level security.
        self._database = database
        self._pauses = app.state.queue._documents

    async def empty(self) -> None:
        """As it was before anything happened; nothing of what did is on its way any more."""
        await eventually(self._at_rest, within=60)
        tables = await self._database.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname <> 'alembic_version'"
        )
        await self._database.execute("TRUNCATE " + ", ".join(row["relname"] for row in tables))
        (await self._mails.delete("/api/messages")).raise_for_status()
        self.peers.forget()
        self.app.state.owners._logos.clear()
        self.app.state.queue._documents = self._pauses

    async def _at_rest(self) -> bool:
        """Whether nothing moves any more: no fact that makes a mail, no mail that makes a fact."""
        await self._nothing_in_hand()
        await self.app.state.bus.idle()
        await self._nothing_in_hand()
        return not await self.app.state.bus.unfinished()

    async def _nothing_in_hand(self) -> None:
        for waiting in _WAITING:
            assert await self._database.execute(_PUT_OFF.format(*waiting)) == "UPDATE 0"
            assert await self._database.fetch(_IN_HAND.format(*waiting)) == []

    async def tell(self, *events: Message) -> None:
        """Publishes facts, each in a transaction of its own, and waits until everybody has taken them in."""
        for event in events:
            state: Any = getattr(event, event.DESCRIPTOR.fields_by_number[1].name)
            merchant = UUID(state.merchant_id)
            async with self.app.state.db.transaction(merchant) as session:
                record(session, event)
        await self.app.state.bus.idle()

    async def know(self, *states: Message) -> None:
        """Makes merchants, customers, documents and members of staff known."""
        wrap = {Merchant: ("merchant", MerchantSnapshot), Customer: ("customer", CustomerSnapshot),
                Document: ("document", DocumentSnapshot), StaffMember: ("staff_member", StaffMemberSnapshot)}  # fmt: skip
        await self.tell(*(snapshot(**{name: state}) for state in states for name, snapshot in [wrap[type(state)]]))

    def hold_mails(self) -> None:
        """Mails about documents wait for further ones until `end_pauses`, however busy the machine is."""
        self.app.state.queue._documents = Pauses(timedelta(hours=1), timedelta(hours=1))

    async def end_pauses(self) -> None:
        """The time that mails wait for more has gone by."""
        await self.rows("UPDATE mail SET next_attempt_at = now() WHERE state = 'queued' AND collecting")

    async def mails(self, count: int) -> list[dict[str, Any]]:
        """What arrived, oldest first, once there are so many."""

        async def arrived() -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = (await self._mails.get("/api/messages")).json()[::-1]
            assert len(found) >= count
            return found

        found = await eventually(arrived) if count else await arrived()
        assert len(found) == count
        return found

    async def rows(self, query: str, *values: Any, merchant: str = MERCHANT_ID) -> list[Any]:
        async with self.app.state.db.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", merchant)
            return await connection.fetch(query, *values)

    async def log(self, state: str, count: int = 1) -> list[Any]:
        """Mails of the log in this state, once there are so many."""

        async def found() -> list[Any]:
            rows = await self.rows("SELECT * FROM mail WHERE state = $1 ORDER BY id", state)
            assert len(rows) >= count
            return rows

        return await eventually(found)

    def auth(self, *rights: str, merchant: str = MERCHANT_ID) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.peers.token(*rights, merchant=merchant)}"}


@pytest.fixture
def merchant() -> Merchant:
    return Merchant(
        id=MERCHANT_ID, merchant_id=MERCHANT_ID, epoch=1, version=1, name="Elektro Wagner GmbH", slug="elektro-wagner",
        accent_color="#0b5d4e", contact_email="buero@elektro-wagner.example", contact_phone="+49 221 4711",
        portal_enabled=True, portal_access_default=True, payments_enabled=True, language="de",
        time_zone="Europe/Berlin", vat_id="DE123456789", register_entry="Amtsgericht Köln, HRB 4711",
        address=Address(line1="Ringstraße 8", post_code="50667", city="Köln", country="DE"),
        mail_reply_to="rechnung@elektro-wagner.example", automatic_release=True,
    )  # fmt: skip


@pytest.fixture
def customer() -> Customer:
    return Customer(
        id=CUSTOMER_ID, merchant_id=MERCHANT_ID, epoch=1, version=1, number="K-1001", name="Bäckerei Müller",
        kind="business", email="post@baeckerei-mueller.example", language="de", portal_access="default",
        mail_mode="default",
        contacts=[
            ContactPerson(id="01920000-0000-7000-8000-00000000000a", name="Erika Müller", language="de",
                          email="erika@baeckerei-mueller.example", gets_invoices=True, gets_reminders=True),
            ContactPerson(id="01920000-0000-7000-8000-00000000000b", name="Sam Smith", language="en",
                          email="sam@baeckerei-mueller.example", gets_quotes=True),
        ],
    )  # fmt: skip


@pytest.fixture
def document() -> Document:
    return Document(
        id=DOCUMENT_ID, merchant_id=MERCHANT_ID, epoch=1, version=1, type="invoice", number="RE-2026-0042",
        state="shared", customer_id=CUSTOMER_ID, buyer_name="Bäckerei Müller", issue_date="2026-03-02",
        due_date="2026-03-16", currency="EUR", net_minor=66150, tax_minor=12569, gross_minor=78719,
        amount_due_minor=78719, content_sha256="a" * 64, payment_reference="RE-2026-0042",
        cash_discounts=[CashDiscount(until="2026-03-09", percent="2.00", amount_minor=1574, payable_minor=77145)],
        files=[
            File(id="01920000-0000-7000-8000-0000000000f1", name="RE-2026-0042.pdf", media_type="application/pdf",
                 size=9, role="pdf", sha256="b" * 64),
            File(id="01920000-0000-7000-8000-0000000000f2", name="Kalkulation.pdf", media_type="application/pdf",
                 size=9, role="attachment", sha256="c" * 64, private=True),
        ],
    )  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One event loop for all tests of a module: they share a running service."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="module"), append=False)


@pytest.fixture(scope="module")
def more_settings() -> dict[str, Any]:
    """For test modules to replace."""
    return {}


@pytest.fixture(scope="module")
def rare_reminders() -> Iterator[None]:
    """Tests remind by themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kontor_notifications.app, "_REMINDERS_SECONDS", 86_400.0)
        yield


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sink(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FastAPI]:
    """The mail server: the development sink, over real SMTP."""
    app = create_sink(MailSinkSettings(folder=tmp_path_factory.mktemp("mails"), smtp_port=0))
    async with app.router.lifespan_context(app):
        yield app


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(
    databases: Databases, sink: FastAPI, more_settings: dict[str, Any], rare_reminders: None
) -> AsyncIterator[Desk]:
    """Notifications, running, with its peers, its mail server and its bus."""
    urls, peers = await databases.create("notifications"), Peers()
    async with serving(peers.app) as peer_url:
        settings = Settings(
            environment="development", database_url=urls.runtime, bus_url=await databases.empty(),
            service_secret="secret", service_url=peer_url,
            smtp_port=sink.state.smtp_port, mail_from="noreply@mail.example", bundle_pause_seconds=0.05,
            portal_url="https://portal.example", **more_settings,
        )  # fmt: skip
        app = create_app(settings)
        database = await asyncpg.connect(at(databases.server, urlsplit(urls.runtime).path[1:]))
        try:
            async with (
                serving(app) as url,
                httpx.AsyncClient(base_url=url, timeout=30) as http,
                httpx.AsyncClient(transport=httpx.ASGITransport(sink), base_url="http://sink") as mails,
            ):
                yield Desk(app, peers, http, mails, database)
        finally:
            await database.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(running: Desk) -> Desk:
    """The module's running service, with nothing in it."""
    await running.empty()
    return running
