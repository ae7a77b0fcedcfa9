"""What is revoked stops at once: of the requests sent after the revocation was answered, none is let in."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from kontor_service.tokens import basic

from .conftest import add_staff
from .test_security_admin import flashes
from .test_security_gateway import DOORS, KEYS, send
from .world import PASSWORD, World, hash_of, until

MANY = 50
_ASK = {"Accept": "application/json"}


def hammered(world: World, url: str, headers: dict[str, str], revoke: Callable[[], httpx.Response]) -> list[int]:
    """Statuses of the requests that began after `revoke` had been answered, while 50 are always under way."""
    return asyncio.run(_hammered(url, headers, revoke))


async def _hammered(url: str, headers: dict[str, str], revoke: Callable[[], httpx.Response]) -> list[int]:
    revoked_at, let_in = float("inf"), asyncio.Event()
    after: list[int] = []
    limits = httpx.Limits(max_connections=MANY)
    async with httpx.AsyncClient(limits=limits, timeout=60, headers=headers) as client:

        async def ask_again_and_again() -> None:
            began = 0.0
            while began <= revoked_at:
                began = time.monotonic()
                status = (await client.get(url)).status_code
                if status == 200:
                    let_in.set()
                if began > revoked_at:
                    after.append(status)

        asking = [asyncio.create_task(ask_again_and_again()) for _ in range(MANY)]
        await asyncio.wait_for(let_in.wait(), 30)
        answer = await asyncio.to_thread(revoke)
        revoked_at = time.monotonic()
        assert answer.status_code in (200, 204, 303), answer.text
        await asyncio.wait_for(asyncio.gather(*asking), 60)
    return after


@pytest.fixture(scope="module")
def visitor(world: World) -> dict[str, Any]:
    """A customer of merchant b with an account of her own."""
    number = "B-9"
    contact = {"name": "Vera Vogel", "email": "vera@vogel.example"}
    body = {"name": "Vogel KG", "kind": "business", "email": "post@vogel.example", "contacts": [contact]}
    customer = world.act(world.b, "identity", "customers:edit", "PUT", f"/v1/customers/by-number/{number}", json=body)[
        "id"
    ]
    contact_id = world.value("identity", "SELECT id FROM contact WHERE customer_id = $1", customer)
    return {
        "customer_id": customer,
        "contact_id": contact_id,
        "path": f"/v1/customers/{customer}/contacts/{contact_id}",
    }


def logged_in(world: World, visitor: dict[str, Any]) -> str:
    """A session of the visitor, who is invited (again) and chooses a password."""
    known = next(
        (
            link
            for mail in world.messages()
            for link in mail["links"]
            if "/einladung/" in link and "vera@" in str(mail["to"])
        ),
        "",
    )
    world.act(world.b, "identity", "customers:edit", "POST", f"{visitor['path']}/invite")
    link = world.mailed_link("vera@vogel.example", "/einladung/", but=known)
    return world.enter("gateway", httpx.URL(link).path, {"password": PASSWORD, "again": PASSWORD})


def documents_url(world: World) -> str:
    return world.url("gateway", f"/api/portal/v1/{world.b.slug}/documents")


def as_staff(world: World, right: str, method: str, path: str, **sent: Any) -> Callable[[], httpx.Response]:
    def call() -> httpx.Response:
        headers = world.command(world.b.staff, "identity", right)
        return world.http.request(method, world.url("identity", path), headers=headers, **sent)

    return call


def test_a_log_out_ends_the_session_everywhere(world: World) -> None:
    cookie = world.opened(world.b.ids["link"])
    log_out = lambda: world.call("gateway", "POST", f"/{world.b.slug}/abmelden", cookie=cookie, form={})  # noqa: E731
    assert hammered(world, documents_url(world), _ASK | {"Cookie": cookie}, log_out) == [401] * MANY


def test_a_session_that_is_ended_from_elsewhere(world: World, visitor: dict[str, Any]) -> None:
    cookie = logged_in(world, visitor)
    mine = world.portal(world.b.slug, "vera@vogel.example", PASSWORD)
    session = world.value("identity", "SELECT id FROM session WHERE hash = $1", hash_of(cookie))
    path = f"/{world.b.slug}/konto/sitzungen/{session}/beenden"
    end = lambda: world.call("gateway", "POST", path, cookie=mine, form={})  # noqa: E731
    assert hammered(world, documents_url(world), _ASK | {"Cookie": cookie}, end) == [401] * MANY
    assert world.http.get(documents_url(world), headers=_ASK | {"Cookie": mine}).status_code == 200


def test_a_revoked_contact_person(world: World, visitor: dict[str, Any]) -> None:
    cookie = world.portal(world.b.slug, "vera@vogel.example", PASSWORD)
    revoke = as_staff(world, "customers:edit", "POST", f"{visitor['path']}/revoke")
    assert hammered(world, documents_url(world), _ASK | {"Cookie": cookie}, revoke) == [401] * MANY


@pytest.mark.parametrize("what", ["renew", "revoke"])
def test_a_link_that_is_taken_back(world: World, what: str) -> None:
    document = world.b.ids["document_id"]
    path = f"/v1/customers/{world.b.ids['customer_id']}/documents/{document}/link"
    cookie = world.opened(world.act(world.b, "identity", "customers:edit", "GET", path)["url"])
    url = world.url("gateway", f"/api/portal/v1/{world.b.slug}/documents/{document}")
    revoke = as_staff(world, "customers:edit", "POST", f"{path}/{what}")
    assert hammered(world, url, _ASK | {"Cookie": cookie}, revoke) == [401] * MANY


def test_a_customer_whose_portal_is_switched_off(world: World, visitor: dict[str, Any]) -> None:
    cookie = logged_in(world, visitor)
    url = documents_url(world)
    off = as_staff(
        world, "customers:edit", "PATCH", f"/v1/customers/{visitor['customer_id']}", json={"portal_access": "off"}
    )
    seen = hammered(world, url, _ASK | {"Cookie": cookie}, off)
    # The person stays logged in and has no customer left; or the session has ended.
    assert set(seen) <= {200, 401, 403}
    answer = world.http.get(url, headers=_ASK | {"Cookie": cookie})
    assert answer.status_code in (401, 403) or answer.json()["documents"] == []
    refused = world.mint("gateway", session_hash=hash_of(cookie), audience="documents", right="documents:read")
    assert refused.status_code in (401, 403)


def test_staff_who_are_switched_off(world: World) -> None:
    staff_id, cookie = add_staff(world, world.b, "support", "sven@zweitwerk.example")
    off = as_staff(world, "staff:edit", "PATCH", f"/v1/staff/{staff_id}", json={"active": False})
    assert (
        hammered(world, world.url("admin", "/kunden"), {"Cookie": cookie, "Accept": "text/html"}, off) == [303] * MANY
    )


def test_a_role_that_is_taken_away(world: World) -> None:
    """Every command asks for the right as it stands at that moment."""
    staff_id, cookie = add_staff(world, world.b, "accounting", "karla@zweitwerk.example")
    headers = {"Authorization": basic("admin", world.secrets["admin"])["Authorization"]}
    before = world.mint("admin", session_hash=hash_of(cookie), audience="payments", right="payments:book")
    assert before.status_code == 200
    revoke = as_staff(world, "staff:edit", "PATCH", f"/v1/staff/{staff_id}", json={"role": "read_only"})

    async def all_at_once() -> list[int]:
        async with httpx.AsyncClient(headers=headers, timeout=60) as client:
            wanted = {"session_hash": hash_of(cookie), "audience": "payments", "right": "payments:book"}
            many = [client.post(world.url("identity", "/v1/tokens"), json=wanted) for _ in range(MANY)]
            return [answer.status_code for answer in await asyncio.gather(*many)]

    assert revoke().status_code == 200
    assert set(asyncio.run(all_at_once())) == {403}
    page = world.call("admin", "POST", f"/dokumente/{world.b.ids['document_id']}/bezahlt", cookie=cookie, form={})
    assert page.status_code == 403 or "-flash" in str(page.headers.get_list("set-cookie"))
    assert page.status_code == 303
    assert [kind for kind, _ in flashes(page)] == ["bad"]


def test_a_revoked_api_key(world: World) -> None:
    wanted = {"name": "Kurz", "scopes": ["events:read"]}
    made = world.act(world.b, "identity", "api_keys:edit", "POST", "/v1/api-keys", json=wanted)
    revoke = as_staff(world, "api_keys:edit", "DELETE", f"/v1/api-keys/{made['id']}")
    headers = {"Authorization": f"Bearer {made['key']}"}
    assert hammered(world, world.url("gateway", "/api/events?limit=1"), headers, revoke) == [401] * MANY


def test_a_changed_password_ends_the_other_sessions(world: World) -> None:
    _, first = add_staff(world, world.b, "support", "petra@zweitwerk.example")
    second = world.staff("petra@zweitwerk.example", PASSWORD)
    form = {"old": PASSWORD, "password": PASSWORD + "-neu", "again": PASSWORD + "-neu"}
    change = lambda: world.call("admin", "POST", "/konto/passwort", cookie=second, form=form)  # noqa: E731
    assert (
        hammered(world, world.url("admin", "/kunden"), {"Cookie": first, "Accept": "text/html"}, change) == [303] * MANY
    )


@pytest.mark.parametrize("scope", ["documents:submit", "customers:edit", "payments:book", "events:read"])
def test_an_api_key_does_what_its_scope_says_and_nothing_else(world: World, scope: str) -> None:
    made = world.act(
        world.b, "identity", "api_keys:edit", "POST", "/v1/api-keys", json={"name": scope, "scopes": [scope]}
    )
    headers = {"Authorization": f"Bearer {made['key']}"}
    for route in KEYS:
        answer = send(
            world, route, world.b.ids | {"external_id": "nobody-knows", "payment_id": str(uuid4())}, headers=headers
        )
        if DOORS[route].scope != scope:
            assert answer.status_code == 403, (route, answer.text)
        elif "{external_id" not in route:
            assert answer.status_code != 403, (route, answer.text)


def test_a_short_lived_token_does_not_outlive_its_minute(world: World) -> None:
    token = world.command(world.a.staff, "documents", "documents:release")["Authorization"].partition(" ")[2]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] <= 60
    assert claims["rights"] == ["documents:release"]
    assert claims["aud"] == "documents"


def test_an_edge_that_hears_nothing_of_identity_shows_nothing(world: World, anna: str) -> None:
    """Nobody could tell it of a revocation."""
    for edge, path, cookie in (("gateway", "/brunner", anna), ("admin", "/kunden", world.a.staff)):
        world.rows(edge, "UPDATE identity_heartbeat SET heard_at = now() - interval '6 minutes' RETURNING 1")
        answer = world.call(edge, "GET", path, cookie=cookie)
        world.rows(edge, "UPDATE identity_heartbeat SET heard_at = now() RETURNING 1")
        assert answer.status_code == 503
        assert "RE-2026" not in answer.text
        assert "Praxis" not in answer.text
        assert until(lambda: world.call(edge, "GET", path, cookie=cookie).status_code == 200)
