"""Two merchants on one running platform, everybody who can log in, and the ids that are none of the others' business."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from kontor_events.registry import contexts
from kontor_identity.app import create_dependencies
from kontor_identity.merchants.inputs import OwnerInput, Registration
from kontor_identity.merchants.service import register_merchant
from kontor_identity.settings import Settings as IdentitySettings
from kontor_service.database import Database
from kontor_service.files import Files
from kontor_service.services import edges
from kontor_service.tokens import basic
from kontor_testing.platform import Platform
from kontor_testing.waiting import until as until
from kontor_web.pages import csrf_token

OWNERS = tuple(contexts())
EDGES = edges()
PASSWORD = "Kiesel-und-Tannenzapfen-41"
_SEED = "a-seed-that-only-this-browser-knows"


@dataclass
class Shop:
    """One merchant: how to get in, and ids of what is theirs."""

    slug: str
    email: str
    password: str
    merchant_id: str = ""
    staff: str = ""
    api_key: str = ""
    ids: dict[str, str] = field(default_factory=dict)


class World(Platform):
    """The platform as `make run` starts it, with the demo merchant (`a`) and a second one (`b`)."""

    def __init__(self, folder: Path, told: Mapping[str, str] | None = None) -> None:
        # Nobody here is a proxy whose word counts.
        super().__init__(folder, {"KONTOR_LOG_LEVEL": "INFO", "FORWARDED_ALLOW_IPS": "192.0.2.99", **(told or {})})
        # A connection is used again only while no server thinks of closing it.
        self.http = httpx.Client(timeout=30, limits=httpx.Limits(keepalive_expiry=1))
        self.a = Shop("brunner", "", "")
        self.b = Shop("zweitwerk", "inge@zweitwerk.example", PASSWORD)
        # Ids of another customer of merchant a, and of the same customer's other thread.
        self.other: dict[str, str] = {}
        self.apart: dict[str, str] = {}

    def stop(self) -> None:
        super().stop()
        self.http.close()

    def rows(self, service: str, sql: str, *values: Any) -> list[dict[str, Any]]:
        """What the service's database says, asked as the server's superuser."""
        return asyncio.run(self._rows(service, sql, values))

    async def _rows(self, service: str, sql: str, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        connection = await self.connect(service)
        try:
            return [dict(row) for row in await connection.fetch(sql, *values)]
        finally:
            await connection.close()

    async def connect(self, service: str, role: str = "postgres") -> "asyncpg.Connection[asyncpg.Record]":
        """A connection to a service's database, as the superuser or as one of the service's roles."""
        return await asyncpg.connect(
            host=str(self.home / "postgres"), user=role, database=f"kontor_{service}" if service else "postgres",
            password=self.secrets["database"],
        )  # fmt: skip

    def value(self, service: str, sql: str, *values: Any) -> str:
        found = until(lambda: self.rows(service, sql, *values))
        return str(next(iter(found[0].values())))

    def mailed_link(self, recipient: str, part: str, but: str = "") -> str:
        """The newest link with this part that was mailed to this address."""

        def find() -> str:
            mine = [mail for mail in self.messages() if recipient in str(mail["to"])]
            return next((link for mail in mine for link in mail["links"] if part in link and link != but), "")

        return until(find)

    # -- calling -------------------------------------------------------------------------------------------------

    def call(
        self, part: str, method: str, path: str, *, cookie: str = "", headers: dict[str, str] | None = None,
        form: dict[str, Any] | None = None, **sent: Any,
    ) -> httpx.Response:  # fmt: skip
        """One request of a browser or program; with `form` as our own page would post it. Follows no redirect."""
        cookies = [cookie] if cookie else []
        if form is not None:
            cookies.append(f"{seed_name(part)}={_SEED}")
            sent["data"] = {"csrf": csrf_token(_SEED), **form}
        merged = {"Accept": "text/html", **({"Cookie": "; ".join(cookies)} if cookies else {}), **(headers or {})}
        return self.http.request(method, self.url(part, path), headers=merged, **sent)

    def form_headers(self, part: str, cookie: str) -> dict[str, str]:
        """Who is logged in sends a form of ours as scripts do."""
        return {"Cookie": f"{cookie}; {seed_name(part)}={_SEED}", "X-CSRF-Token": csrf_token(_SEED)}

    def enter(self, part: str, path: str, form: dict[str, Any], **more: Any) -> str:
        """Posts a form that starts a session; the cookie as a header value."""
        answer = self.call(part, "POST", path, form=form, **more)
        assert answer.status_code == 303, answer.text[:2000]
        return next(
            header.partition(";")[0] for header in answer.headers.get_list("set-cookie")
            if "-flash" not in header and "-seed" not in header
        )  # fmt: skip

    def portal(self, slug: str, email: str, password: str) -> str:
        return self.enter("gateway", f"/{slug}/anmelden", {"email": email, "password": password})

    def opened(self, link: str) -> str:
        """A session of this secret link."""
        return self.enter("gateway", httpx.URL(link).path, {})

    def staff(self, email: str, password: str) -> str:
        return self.enter("admin", "/anmelden", {"email": email, "password": password})

    def command(self, cookie: str, audience: str, right: str, edge: str = "admin") -> dict[str, str]:
        """The header with identity's token for one command of this session. AssertionError where it is refused."""
        answer = self.mint(edge, session_hash=hash_of(cookie), audience=audience, right=right)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def mint(self, edge: str, **wanted: Any) -> httpx.Response:
        return self.http.post(self.url("identity", "/v1/tokens"), headers=basic(edge, self.secrets[edge]), json=wanted)

    def service(self, audience: str, merchant_id: str | None, name: str = "gateway") -> dict[str, str]:
        """The header of a service that calls another."""
        answer = self.http.post(
            self.url("identity", "/v1/service-tokens"), headers=basic(name, self.secrets[name]),
            json={"audience": audience, "merchant_id": merchant_id},
        )  # fmt: skip
        return {"Authorization": f"Bearer {answer.json()['token']}"}

    def act(self, shop: Shop, owner: str, right: str, method: str, path: str, **sent: Any) -> Any:
        """A command of the merchant's owner. AssertionError where it is refused."""
        headers = self.command(shop.staff, owner, right)
        answer = self.http.request(method, self.url(owner, path), headers=headers, **sent)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None

    def submit(self, shop: Shop, data: dict[str, Any]) -> dict[str, Any]:
        """Hands a document in and waits until it is made, and where it is shared until the portal shows it."""
        key = {"Authorization": f"Bearer {shop.api_key}"}
        answer = self.http.post(self.url("gateway", "/api/ingest/v1/documents"), headers=key, json=data)
        assert answer.status_code == 202, answer.text

        def ended() -> dict[str, Any] | None:
            status = self.http.get(answer.json()["status_url"], headers=key).json()
            assert status["status"] != "rejected", status
            return status if status["status"] == "processed" else None

        found: dict[str, Any] = until(ended)
        if found["document"]["state"] == "shared":
            asked = "SELECT 1 FROM live.document WHERE id = $1 AND shown"
            until(lambda: self.rows("gateway", asked, found["document"]["id"]))
        return found["document"] | {"submission_id": found["id"]}

    # -- setting up ----------------------------------------------------------------------------------------------

    def register(self, shop: Shop) -> None:
        """A second merchant, by identity's own use case; its first owner logs in."""
        shop.merchant_id = asyncio.run(self._register(shop))
        until(lambda: self.rows("admin", "SELECT 1 FROM live.merchant WHERE id = $1", shop.merchant_id))
        shop.staff = self.staff(shop.email, shop.password)

    async def _register(self, shop: Shop) -> str:
        settings = IdentitySettings(
            environment="development", bus_url="postgresql://unused", service_secret=self.secrets["identity"],
            database_url=self.runtime_url("identity"), files_url=f"file://{self.home}/files/identity",
            portal_url=self.url("gateway"), admin_public_url=self.url("admin"),
        )  # fmt: skip
        db = Database(settings.database_url.get_secret_value(), pool_size=2)
        await db.open()
        try:
            parts = await create_dependencies(settings, db, Files(settings.files_url))
            owner = OwnerInput(name="Inge Zwei", email=shop.email, password=shop.password)
            made = await register_merchant(parts, Registration(name="Zweitwerk GmbH", slug=shop.slug, owner=owner))
            await parts.push.close()
        finally:
            await db.close()
        return str(made["id"])

    def runtime_url(self, service: str, role: str = "") -> str:
        role = role or f"kontor_{service}"
        return f"postgresql://{role}:{self.secrets['database']}@/kontor_{service}?host={self.home}/postgres"


def seed_name(part: str) -> str:
    """The cookie whose digest is the form token of an edge."""
    return f"__Host-kontor-{part}-seed"


def hash_of(cookie: str) -> str:
    """Under what identity knows the session of a cookie."""
    return hashlib.sha256(cookie.partition("=")[2].encode()).hexdigest()
