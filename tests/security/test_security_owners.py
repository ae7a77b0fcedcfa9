"""Every route of the owners: nothing without a token, nothing with the wrong right, and another's ids are not there."""

from typing import Any

import httpx
import pytest

from kontor_events.registry import contexts, rules_of

from .guards import GUARDS, OPEN, Guard
from .routes import routes_of
from .world import OWNERS, World

# What staff may do at all; other rights are of customers and of systems.
STAFF_RIGHTS = {"account"} | {granted.right for context in contexts() for granted in rules_of(context).staff_rights}
KEY_SCOPES = {scope for context in contexts() for scope in rules_of(context).key_scopes}
ALL = [(owner, route) for owner in OWNERS for route in sorted(GUARDS.get(owner, {}))]
PERSONAL = [(owner, route) for owner, route in ALL if GUARDS[owner][route].right]
FOREIGN = [(owner, route) for owner, route in ALL if GUARDS[owner][route].foreign is not None]
OF_CUSTOMERS = [(owner, route) for owner, route in ALL if GUARDS[owner][route].portal]


@pytest.mark.parametrize("owner", OWNERS)
def test_every_route_has_its_guard_written_down(owner: str) -> None:
    assert set(routes_of(owner)) == {*GUARDS.get(owner, {}), *(OPEN & set(routes_of(owner)))}


def send(world: World, owner: str, route: str, ids: dict[str, str], headers: dict[str, str]) -> httpx.Response:
    method, _, path = route.partition(" ")
    body = GUARDS[owner][route].body
    return world.http.request(
        method, world.url(owner, filled(path, ids)), headers=headers,
        **({"json": in_body(body, ids)} if body is not None else {}),
    )  # fmt: skip


def filled(path: str, ids: dict[str, str]) -> str:
    known = {"kind": "document_shared:invoice", "language": "de", "provider": "sandbox", "sha256": "0" * 64} | ids
    known |= {"day": "2026-01-02"}
    if path.startswith("/v1/content/"):
        known["sha256"] = ids["content"]
    nothing = "01890000-0000-7000-8000-000000000000"
    parts = path.replace(":path}", "}").replace("{", "\0{").split("\0")
    return "".join(
        part
        if not part.startswith("{")
        else known.get(part[1 : part.index("}")], nothing) + part[part.index("}") + 1 :]
        for part in parts
    )


def in_body(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: in_body(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [in_body(one, ids) for one in value]
    return value.format(**ids) if isinstance(value, str) else value


@pytest.mark.parametrize(("owner", "route"), ALL)
def test_nothing_is_answered_without_a_credential(world: World, owner: str, route: str) -> None:
    for headers in ({}, {"Authorization": "Bearer eyJhbGciOiJub25lIn0.e30."}, {"Authorization": "Basic Z2F0ZXdheTo="}):
        answer = send(world, owner, route, world.b.ids | {"merchant_id": world.b.merchant_id}, headers)
        # A provider's webhook is known by its connection, then by its signature.
        assert answer.status_code == (404 if GUARDS[owner][route].signed else 401), answer.text


@pytest.mark.parametrize(("owner", "route"), PERSONAL)
def test_a_token_without_the_right_is_refused(world: World, owner: str, route: str) -> None:
    other = "documents:release" if GUARDS[owner][route].right == "account" else "account"
    headers = world.command(world.a.staff, owner, other)
    assert send(world, owner, route, world.a.ids, headers).status_code == 403


@pytest.mark.parametrize(("owner", "route"), [one for one in ALL if GUARDS[one[0]][one[1]].service])
def test_only_services_reach_what_is_for_services(world: World, owner: str, route: str) -> None:
    headers = world.command(world.a.staff, owner, "account")
    assert send(world, owner, route, world.a.ids | {"merchant_id": world.a.merchant_id}, headers).status_code == 403


@pytest.mark.parametrize(("owner", "route"), PERSONAL)
def test_a_token_for_another_service_is_refused(world: World, owner: str, route: str) -> None:
    headers = world.command(world.a.staff, "elsewhere", "account")
    assert send(world, owner, route, world.a.ids, headers).status_code == 401


@pytest.mark.parametrize(("owner", "route"), FOREIGN)
def test_another_merchants_ids_are_not_there(world: World, anna: str, owner: str, route: str) -> None:
    guard, ids = GUARDS[owner][route], world.b.ids | {"merchant_id": world.b.merchant_id}
    for headers in _tokens(world, anna, owner, guard):
        answer = send(world, owner, route, ids, headers)
        assert answer.status_code == guard.foreign, answer.text
        assert "Busch" not in answer.text
        assert "ZW-1" not in answer.text.replace('"ZW-1"', "")
        if guard.foreign == 200:
            assert guard.untouched is not None
            assert guard.untouched(answer.json()), answer.text


def _tokens(world: World, anna: str, owner: str, guard: Guard) -> list[dict[str, str]]:
    """Of everybody of merchant a who may come here at all."""
    if guard.service:
        # Secrets leave identity for mails alone.
        usual = "notifications" if owner == "identity" else "gateway"
        return [world.service(owner, world.a.merchant_id, guard.caller or usual)]
    found = [world.command(anna, owner, guard.right, "gateway")] if guard.portal else []
    if guard.right in STAFF_RIGHTS:
        found.append(world.command(world.a.staff, owner, guard.right))
    elif guard.right in KEY_SCOPES:
        found.append(_by_key(world, owner, guard.right))
    return found


def _by_key(world: World, owner: str, right: str) -> dict[str, str]:
    minted = world.mint("gateway", api_key=world.a.api_key, audience=owner, right=right)
    return {"Authorization": f"Bearer {minted.json()['token']}"}


@pytest.mark.parametrize(
    "route", [route for owner, route in FOREIGN if owner == "documents" and route.startswith("GET")]
)
def test_an_edge_that_asks_for_one_merchant_gets_nothing_of_another(world: World, route: str) -> None:
    headers = world.service("documents", world.a.merchant_id)
    assert send(world, "documents", route, world.b.ids, headers).status_code == 404


@pytest.mark.parametrize(("owner", "route"), OF_CUSTOMERS)
def test_another_customers_ids_are_not_there(world: World, anna: str, owner: str, route: str) -> None:
    headers = world.command(anna, owner, GUARDS[owner][route].right, "gateway")
    assert is_hidden(send(world, owner, route, world.other, headers), GUARDS[owner][route])


@pytest.mark.parametrize(("owner", "route"), OF_CUSTOMERS)
def test_a_link_ends_at_its_documents_thread(world: World, by_link: str, owner: str, route: str) -> None:
    headers = world.command(by_link, owner, GUARDS[owner][route].right, "gateway")
    answer = send(world, owner, route, world.apart | {"checkout_id": world.other["checkout_id"]}, headers)
    assert is_hidden(answer, GUARDS[owner][route])


def is_hidden(answer: httpx.Response, guard: Guard) -> bool:
    """Whether a foreign thing was answered as one that is not there."""
    assert answer.status_code == guard.foreign, answer.text
    return guard.untouched is None or guard.untouched(answer.json())


def test_a_customers_token_reads_no_submission(world: World, anna: str, by_link: str) -> None:
    for cookie in (anna, by_link):
        headers = world.command(cookie, "documents", "documents:read", "gateway")
        answer = world.http.get(
            world.url("documents", f"/v1/submissions/{world.a.ids['submission_id']}"), headers=headers
        )
        assert answer.status_code in (403, 404)
