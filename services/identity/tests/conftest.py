"""Identity on a real PostgreSQL and loopback sockets, with both edges played by a recorder."""

import base64
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from fastapi import FastAPI, Request, Response
from google.protobuf.message import Message

from kontor_events.registry import class_of
from kontor_identity import system_time
from kontor_identity.app import create_app
from kontor_identity.dependencies import Dependencies
from kontor_identity.merchants.inputs import OwnerInput, Registration
from kontor_identity.merchants.service import register_merchant
from kontor_identity.passwords.hashing import Passwords
from kontor_identity.settings import Settings
from kontor_testing.postgres import Databases
from kontor_testing.serving import serving

SECRETS = {name: f"{name}-secret" for name in ("gateway", "admin", "documents", "notifications")}
# The real parameters have a test of their own.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OWNER_PASSWORD = "Sommerregen im Mai"


class Edge:
    """Answers as an edge does, and remembers what it was told."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.heartbeats = 0
        self.down = False
        self.app = FastAPI()
        self.app.put("/internal/sessions")(self._put)
        self.app.post("/internal/heartbeat")(self._beat)

    def state(self, login: dict[str, Any]) -> dict[str, Any]:
        """What the edge was told last of the session in this answer."""
        return self.sessions[login["session"]["hash"]]

    async def _put(self, request: Request) -> Response:
        if self.down:
            return Response(status_code=503)
        for state in (await request.json())["sessions"]:
            self.sessions[state["hash"]] = state
        return Response(status_code=204)

    async def _beat(self) -> Response:
        self.heartbeats += 1
        return Response(status_code=204)


@dataclass
class Shop:
    """A merchant, and its owner's session."""

    stage: "Stage"
    id: UUID
    slug: str
    owner_email: str
    session_hash: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, right: str = "customers:edit", **options: Any) -> httpx.Response:
        """A command of the owner's."""
        answer = await self.stage.mint("admin", "identity", right, session_hash=self.session_hash)
        headers = {"Authorization": f"Bearer {answer.json()['token']}"} | options.pop("headers", {})
        return await self.stage.http.request(method, path, headers=headers, **options)

    async def customer(self, number: str = "10001", **fields: Any) -> dict[str, Any]:
        body = {"number": number, "name": f"Kundin {number}"} | fields
        answer = await self.call("POST", "/v1/customers", json=body)
        assert answer.status_code == 201, answer.text
        return Stage.state_in(answer.json())

    async def contact(self, customer_id: str, email: str = "anna@kundin.test", **fields: Any) -> str:
        body = {"name": "Anna Ahrens", "email": email} | fields
        answer = await self.call("POST", f"/v1/customers/{customer_id}/contacts", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["contact_id"])

    async def invite(self, customer_id: str, contact_id: str) -> str:
        """The invitation's token, as the mail carries it."""
        answer = await self.call("POST", f"/v1/customers/{customer_id}/contacts/{contact_id}/invite")
        assert answer.status_code == 200, answer.text
        url = await self.stage.as_service("POST", f"/v1/challenges/{answer.json()['invitation_id']}/secret")
        return str(url.json()["url"].rpartition("/")[2])

    async def mail_link(self, customer_id: str, document_id: UUID | None = None, contact_id: str | None = None) -> str:
        """The token in a link that is mailed."""
        body = {"merchant_id": str(self.id), "customer_id": customer_id, "contact_id": contact_id}
        body["document_id"] = str(document_id) if document_id else None
        answer = await self.stage.as_service("POST", "/v1/document-links", json=body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"].rpartition("/")[2])

    async def portal_login(
        self, number: str = "10001", email: str = "anna@kundin.test", password: str = "Herbstlaub am See"
    ) -> dict[str, Any]:
        """A customer with a contact person who has accepted the invitation: the answer with token and session."""
        customer = await self.customer(number)
        contact = await self.contact(customer["id"], email)
        token = await self.invite(customer["id"], contact)
        answer = await self.stage.as_edge("POST", "/v1/invitations/accept", json={"token": token, "password": password})
        assert answer.status_code == 200, answer.text
        return answer.json() | {"customer_id": customer["id"], "contact_id": contact}


@dataclass
class Stage:
    http: httpx.AsyncClient
    deps: Dependencies
    gateway: Edge
    admin: Edge
    # As the server's superuser, past row-level security.
    database: asyncpg.Connection
    owner_password: str = OWNER_PASSWORD

    @staticmethod
    def state_in(answer: dict[str, Any]) -> dict[str, Any]:
        """The aggregate's id and version, and the state in the snapshot."""
        snapshot = class_of(answer["snapshot"]["type"]).FromString(base64.b64decode(answer["snapshot"]["data"]))
        state = getattr(snapshot, snapshot.DESCRIPTOR.fields_by_number[1].name)
        return {"id": answer["id"], "version": answer["version"], "state": state}

    async def shop(self, slug: str = "muster") -> Shop:
        wanted = Registration(
            name=f"Firma {slug}", slug=slug,
            owner=OwnerInput(name="Olga Owner", email=f"olga@{slug}.test", password=OWNER_PASSWORD),
        )  # fmt: skip
        made = await register_merchant(self.deps, wanted)
        shop = Shop(self, UUID(made["id"]), slug, f"olga@{slug}.test")
        shop.session_hash = (await self.login_staff(shop.owner_email)).json()["session"]["hash"]
        return shop

    async def login_staff(self, email: str, password: str = OWNER_PASSWORD) -> httpx.Response:
        body = {"slug": "", "email": email, "password": password, "kind": "staff", "ip": ""}
        return await self.as_edge("POST", "/v1/sessions/password", edge="admin", json=body)

    async def login_portal(self, slug: str, email: str, password: str, ip: str = "") -> httpx.Response:
        body = {"slug": slug, "email": email, "password": password, "kind": "portal", "ip": ip}
        return await self.as_edge("POST", "/v1/sessions/password", json=body)

    async def open_link(self, token: str) -> httpx.Response:
        return await self.as_edge("POST", "/v1/sessions/link", json={"token": token, "ip": ""})

    async def may(self, login: dict[str, Any], right: str = "documents:read") -> bool:
        """Whether identity would sign a command of this session at this moment."""
        edge = "admin" if login["session"]["kind"] == "staff" else "gateway"
        return (await self.mint(edge, "documents", right, session_hash=login["session"]["hash"])).status_code == 200

    async def secret(self, challenge_id: str) -> dict[str, str]:
        """What the mail about this challenge would contain."""
        answer = await self.as_service("POST", f"/v1/challenges/{challenge_id}/secret")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def as_edge(self, method: str, path: str, edge: str = "gateway", **options: Any) -> httpx.Response:
        return await self.http.request(method, path, auth=(edge, SECRETS[edge]), **options)

    async def as_service(self, method: str, path: str, merchant: UUID | None = None, **options: Any) -> httpx.Response:
        body = {"audience": "identity", "merchant_id": str(merchant) if merchant else None}
        token = (await self.as_edge("POST", "/v1/service-tokens", edge="notifications", json=body)).json()["token"]
        return await self.http.request(method, path, headers={"Authorization": f"Bearer {token}"}, **options)

    async def mint(self, edge: str, audience: str, right: str, **who: str) -> httpx.Response:
        return await self.as_edge("POST", "/v1/tokens", edge=edge, json={"audience": audience, "right": right} | who)

    async def events(self, *types: str) -> list[Message]:
        rows = await self.database.fetch("SELECT type, payload FROM outbox ORDER BY id")
        return [class_of(row["type"]).FromString(row["payload"]) for row in rows if not types or row["type"] in types]


_buses: dict[str, str] = {}


async def _bus(databases: Databases) -> str:
    """One for all tests: identity only publishes."""
    if databases.server not in _buses:
        _buses[databases.server] = await databases.empty()
    return _buses[databases.server]


def _as_superuser(server: str, database: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=urlsplit(database).path))


@asynccontextmanager
async def identity_stage(databases: Databases, files: Path, **settings: Any) -> AsyncIterator[Stage]:
    made = await databases.create("identity")
    async with AsyncExitStack() as stack:
        gateway, admin, edges = Edge(), Edge(), FastAPI()
        edges.mount("/gateway", gateway.app)
        edges.mount("/admin", admin.app)
        edges_url = await stack.enter_async_context(serving(edges))
        given = {
            "environment": "development", "database_url": made.runtime, "bus_url": await _bus(databases),
            "service_url": f"{edges_url}/{{service}}",
            "service_secret": "identity-secret", "service_secrets": SECRETS, "files_url": f"file://{files}",
            "portal_url": "https://portal.test", "admin_public_url": "https://admin.test",
            "uniform_answer_seconds": 0.0, "slowed_answer_seconds": 0.0, "edge_answer_seconds": 1.0,
        }  # fmt: skip
        app = create_app(Settings(**given | settings))
        url = await stack.enter_async_context(serving(app))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=60))
        database = await asyncpg.connect(_as_superuser(databases.server, made.runtime))
        stack.push_async_callback(database.close)
        app.state.dependencies = replace(app.state.dependencies, passwords=Passwords(CHEAP))
        yield Stage(http, app.state.dependencies, gateway, admin, database)


@pytest.fixture(scope="session")
def open_stage() -> Any:
    return identity_stage


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with identity_stage(databases, tmp_path_factory.mktemp("files")) as ready:
        yield ready


@pytest_asyncio.fixture(loop_scope="module")
async def stage(running: Stage) -> Stage:
    """Identity with nothing in it. One app serves a module's tests; each finds the tables empty."""
    tables = await running.database.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname NOT IN ('alembic_version', 'server_key')"
    )
    await running.database.execute("TRUNCATE " + ", ".join(row["relname"] for row in tables))
    for edge in (running.gateway, running.admin):
        edge.sessions.clear()
        edge.down = False
    return running


@pytest.fixture
def days_ago(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`with days_ago(2):` what protects takes the time for that of then: what is made now has been there for so long."""

    @contextmanager
    def then(days: int) -> Iterator[None]:
        class Then(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return datetime.now(tz) - timedelta(days=days)

        with monkeypatch.context() as patch:
            patch.setattr(system_time, "datetime", Then)
            yield

    return then


@pytest_asyncio.fixture(loop_scope="module")
async def shop(stage: Stage) -> Shop:
    return await stage.shop()
