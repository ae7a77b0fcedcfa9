"""Whatever text comes from outside is taken, or refused with a reason: it is never a fault, and holds up nothing else."""

import os
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest

from kontor_documents.content.model import DocumentData
from kontor_meters.batches.formats.message import ReadingsMessage
from kontor_meters.meters.inputs import IncomingMeter
from kontor_service.tokens import basic

from .conftest import furnish, invoice
from .guards import GUARDS, Guard
from .routes import described, routes_of
from .test_security_owners import filled, in_body
from .texts import TEXTS, Places, encoded
from .world import OWNERS, PASSWORD, Shop, World, until

PROOF = os.environ.get("KONTOR_PROOF") == "1"
ROUTES = [(owner, route) for owner in OWNERS for route in sorted(GUARDS[owner])]
DESCRIBED = {owner: described(owner) for owner in OWNERS}


@pytest.fixture(scope="module")
def shop(world: World) -> Shop:
    """A merchant of its own, so that nothing of what is sent reaches the tests beside these."""
    made = Shop("texte", "tara@texte.example", PASSWORD)
    furnish(world, made)
    return made


def credential(world: World, shop: Shop, owner: str, guard: Guard) -> dict[str, str]:
    if guard.basic or guard.signed:
        return basic("gateway", world.secrets["gateway"])
    if guard.service:
        return world.service(owner, shop.merchant_id)
    if guard.right in ("documents:submit", "meters:submit", "events:read", "payments:book"):
        minted = world.mint("gateway", api_key=shop.api_key, audience=owner, right=guard.right)
        return {"Authorization": f"Bearer {minted.json()['token']}"}
    if guard.right in ("documents:pay", "documents:accept"):
        path = f"/v1/customers/{shop.ids['customer_id']}/documents/{shop.ids['document_id']}/link"
        link = world.act(shop, "identity", "customers:edit", "GET", path)["url"]
        return world.command(world.opened(link), owner, guard.right, "gateway")
    return world.command(shop.staff, owner, guard.right.replace("meters:enter", "meters:edit"))


# They take their bodies as they come.
_UNDESCRIBED = {
    "POST /v1/submissions": DocumentData,
    "POST /v1/incoming-meters": IncomingMeter,
    "POST /v1/incoming-readings": ReadingsMessage,
}


def schema_of(owner: str, route: str) -> tuple[dict[str, Any], Places] | None:
    """Of the JSON that the route takes, if it takes any."""
    model: Any = _UNDESCRIBED.get(route)
    if model is not None:
        whole = model.model_json_schema()
        return whole, Places(whole)
    method, _, path = route.partition(" ")
    operation = DESCRIBED[owner]["paths"].get(path.replace(":path}", "}"), {}).get(method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return (content["schema"], Places(DESCRIBED[owner])) if content else None


def base_of(route: str, guard: Guard, shop: Shop) -> Any:
    if route == "POST /v1/submissions":
        return invoice("T-1", "B-1")
    return in_body(guard.body, shop.ids | {"merchant_id": shop.merchant_id}) if guard.body else None


def fault(world: World, method: str, url: str, headers: dict[str, str], **sent: Any) -> str:
    """What is wrong with the answer; nothing where it is done, or refused with a code."""
    try:
        answer = world.http.request(method, url, headers=headers | {"Connection": "close"}, **sent)
        if answer.status_code >= 500:
            # A fault comes again; a busy machine's does not.
            answer = world.http.request(method, url, headers=headers | {"Connection": "close"}, **sent)
    except httpx.TransportError as error:
        return repr(error)
    code = answer.json()["code"] if 400 <= answer.status_code < 500 else ""
    broken = "x-injected" in answer.headers or answer.status_code >= 500 or code in ("unauthorized", "not_allowed")
    return f"{answer.status_code} {answer.text[:200]}" if broken else ""


SINGLE = [one for one in ROUTES if schema_of(*one)]


@pytest.mark.parametrize(("owner", "route"), SINGLE)
def test_any_text_in_any_field_is_answered(world: World, shop: Shop, owner: str, route: str) -> None:
    guard = GUARDS[owner][route]
    schema, places = schema_of(owner, route) or ({}, Places({}))
    method, _, path = route.partition(" ")
    headers = credential(world, shop, owner, guard) | {"Content-Type": "application/json"}
    url = world.url(owner, filled(path, shop.ids | {"merchant_id": shop.merchant_id}))
    faults = []
    for number, (place, name, body) in enumerate(_sent(places, schema, base_of(route, guard, shop))):
        if number % 50 == 0:
            # A token is good for a minute.
            headers |= credential(world, shop, owner, guard)
        if found := fault(world, method, url, headers, content=encoded(body)):
            faults.append(f"{name} in {place}: {found}")
    assert faults == []


def _sent(places: Places, schema: dict[str, Any], base: Any) -> Iterator[tuple[str, str, Any]]:
    """Every text in every place in `make proof`; else one in each by turns, and NUL in each where they are not hundreds."""
    for number, (name, text) in enumerate(TEXTS.items()):
        bodies = list(places.bodies(schema, base, text))
        for turn, (place, body) in enumerate(bodies):
            if PROOF or turn % len(TEXTS) == number or (name == "nul" and len(bodies) < 100):
                yield place, name, body


@pytest.mark.parametrize(("owner", "route"), [one for one in ROUTES if "{" in one[1]])
def test_any_text_in_any_part_of_an_address_is_answered(world: World, shop: Shop, owner: str, route: str) -> None:
    guard = GUARDS[owner][route]
    method, _, path = route.partition(" ")
    headers = credential(world, shop, owner, guard)
    ids, body = shop.ids | {"merchant_id": shop.merchant_id}, base_of(route, guard, shop)
    faults = []
    for part in re.findall(r"\{(\w+)", path):
        for name, text in TEXTS.items():
            told = quote(text[:4_000].encode(errors="surrogatepass"), safe="")
            where = filled(re.sub(r"\{" + part + r"(:path)?\}", "\0", path), ids).replace("\0", told)
            if found := fault(world, method, world.url(owner, where), headers, **({"json": body} if body else {})):
                faults.append(f"{name} in {part}: {found}")
    assert faults == []


BAD = "a\0b"


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("payments", {"document_number": "ZW-1", "amount": "1.00", "currency": "EUR", "paid_on": "2026-01-02"}, {"reference": BAD}),
        ("payments", {"document_number": "ZW-1", "amount": "1.00", "currency": "EUR", "paid_on": "2026-01-02"}, {"document_number": BAD}),
        ("customers", {"name": "Neu"}, {"name": BAD}),
        ("customers", {"name": "Neu"}, {"email": "a\ud800@b.example"}),
        ("meters", {"number": "1", "kind": "gas", "in_use_from": "2026-01-01", "registers": [{"unit": "m3"}]}, {"number": BAD}),
    ],
)  # fmt: skip
def test_one_bad_item_holds_up_no_other(
    world: World, shop: Shop, path: str, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    field = "number" if path == "customers" else "external_id"
    items = [{field: f"{path}-{next(iter(bad))}-{n}"} | good for n in range(3)]
    if path == "meters":
        items = [item | {"number": item["external_id"]} for item in items]
    items[1] |= bad
    headers = {"Authorization": f"Bearer {shop.api_key}", "Content-Type": "application/json"}
    answer = world.http.post(world.url("gateway", f"/api/ingest/v1/{path}"), headers=headers, content=encoded(items))
    assert answer.status_code == 200, answer.text
    assert ["error" in result for result in answer.json()["results"]] == [False, True, False]
    assert answer.json()["results"][1]["error"]["status"] == 422


@pytest.mark.parametrize("edge", ["gateway", "admin"])
def test_any_text_in_an_address_of_a_page_is_answered(world: World, shop: Shop, edge: str) -> None:
    faults = []
    cookie = {"Cookie": shop.staff} if edge == "admin" else {}
    for route in routes_of(edge):
        method, _, path = route.partition(" ")
        if method != "GET":
            continue
        for name in ("nul", "control", "breaks", "directions", "beyond", "digits"):
            told = quote(TEXTS[name].encode(errors="surrogatepass"), safe="")
            where = re.sub(r"\{\w+(:path)?\}", told, path.replace("{slug}", shop.slug))
            url = world.url(
                edge, f"{where}?" + "&".join(f"{field}={told}" for field in ("q", "sort", "after", "page", "state"))
            )
            # Streams of news would not end soon: the head tells enough.
            with world.http.stream(
                "GET", url, headers={"Accept": "text/html", "Connection": "close"} | cookie
            ) as answer:
                if answer.status_code >= 500 or "x-injected" in answer.headers:
                    faults.append(f"{name} in {path}: {answer.status_code}")
    assert faults == []


def test_nothing_that_was_taken_is_left_undone(world: World, shop: Shop) -> None:
    """After all of it: no consumer gave up, no document stays behind, and the merchant's pages show what is there."""
    for path in ("/", "/kunden", "/dokumente", "/mails", "/zaehler"):
        answer = world.call("admin", "GET", path, cookie=shop.staff)
        assert answer.status_code in (200, 303, 307), (path, answer.status_code)
    early = (
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM document WHERE merchant_id = $1 AND state = 'waiting' AND NOT settled)"
    )
    until(lambda: world.rows("documents", early, UUID(shop.merchant_id)), within=240)
    dead = "SELECT queue, type, error FROM bus.dead WHERE merchant_id = $1 AND queue <> 'kontor.unrouted'"
    assert world.rows("bus", dead, UUID(shop.merchant_id)) == []
