"""Nobody sees what is another's: every route, generated; the page role; a pool of one with everybody in it."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi.routing import APIRoute
from gateway_meters import meter

from kontor.meters.v1 import meters_pb2
from kontor_edge.connections import PageConnections
from kontor_gateway.features import FEATURES
from kontor_service.ids import uuid7

_WITH_A_TOKEN = ("/l/", "/einladung/", "/passwort/")


def routes() -> Iterator[tuple[str, str]]:
    """(method, path) of every route that a portal session is for."""
    for router in (router for feature in FEATURES for router in (*feature.routers, *feature.portal)):
        for route in router.routes:
            assert isinstance(route, APIRoute)
            if "{slug}" in route.path and not route.path.startswith(_WITH_A_TOKEN):
                yield from ((method, route.path) for method in sorted(route.methods))


PUBLIC = ("/anmelden", "/code", "/code/pruefen", "/passwort-vergessen", "/abmelden", "/{sha256}")
METER_ROUTES = [route for route in routes() if "{meter_id}" in route[1]]
# What every command of the API finds complete.
_BODY = {
    "version": 1,
    "name": "Anna Seidel",
    "method": "card",
    "text": "Nein",
    "contact_id": str(uuid4()),
    "readings": [{"register_id": str(uuid4()), "value": "1", "taken_on": "2026-01-01"}],
}
_DECIDING = ("/selection", "/acceptance", "/decline", "/extension-request", "/new-offer-request")
DOCUMENT_ROUTES = [route for route in routes() if "{document_id}" in route[1]]


def filled(path: str, slug: str, document: str) -> str:
    known = {"slug": slug, "document_id": document, "meter_id": document, "sha256": "0" * 64, "day": "2026-01-01"}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: known.get(found[1], str(uuid7())), path)


async def sent(portal: Any, method: str, path: str, cookie: dict[str, str]) -> Any:
    if path.startswith("/api/"):
        body = _BODY if method in ("POST", "PUT") else None
        return await portal.client.request(method, path, headers=cookie, json=body)
    if method == "POST":
        return await portal.post(path, cookie, method="card", language="de", old="x", password="x", again="x")
    return await portal.page(path, cookie)


async def test_a_document_of_somebody_else_is_not_there_on_any_route(portal: Any) -> None:
    mine, theirs = await portal.merchant("brunner"), await portal.merchant("maier")
    customer, neighbour = await portal.customer(mine), await portal.customer(mine, "Nachbar", "K-2")
    stranger = await portal.customer(theirs)
    await portal.document(mine, customer, "RE-1")
    neighbours = await portal.document(mine, neighbour, "GEHEIM-1")
    strangers = await portal.document(theirs, stranger, "GEHEIM-2")
    cookie = await portal.login("brunner", mine, customer)
    assert len(DOCUMENT_ROUTES) >= 10
    for method, path in DOCUMENT_ROUTES:
        for foreign in (neighbours, strangers, str(uuid7())):
            answer = await sent(portal, method, filled(path, "brunner", foreign), cookie)
            if path.endswith("/zurueck"):
                # Shows nothing, and leads to the page that is not there.
                answer = await portal.page(answer.headers["location"], cookie)
            assert answer.status_code == 404, (method, path, answer.text[:300])
            assert "GEHEIM" not in answer.text
    # Whether a quote can still be decided its owner says, who also knows whose it is.
    asked = [path for _, path, _, _ in portal.owners.asked if not path.endswith(_DECIDING)]
    assert not any(neighbours in path or strangers in path for path in asked)


async def test_a_meter_of_somebody_else_is_not_there_on_any_route(portal: Any) -> None:
    mine, theirs = await portal.merchant("brunner"), await portal.merchant("maier")
    customer, neighbour = await portal.customer(mine), await portal.customer(mine, "Nachbar", "K-2")
    meters = [meter(mine, neighbour, "GEHEIM-1"), meter(theirs, await portal.customer(theirs), "GEHEIM-2")]
    await portal.say(*(meters_pb2.MeterAdded(meter=one) for one in (meter(mine, customer), *meters)))
    cookie = await portal.login("brunner", mine, customer)
    assert len(METER_ROUTES) >= 5
    for method, path in METER_ROUTES:
        for foreign in (meters[0].id, meters[1].id, str(uuid7())):
            answer = await sent(portal, method, filled(path, "brunner", foreign), cookie)
            assert answer.status_code == 404, (method, path, answer.text[:300])
            assert "GEHEIM" not in answer.text
    assert portal.owners.asked == []


async def test_a_session_of_one_portal_opens_nothing_of_another_on_any_route(portal: Any) -> None:
    mine, theirs = await portal.merchant("brunner"), await portal.merchant("maier")
    document = await portal.document(theirs, await portal.customer(theirs), "GEHEIM-1")
    cookie = await portal.login("brunner", mine, await portal.customer(mine))
    as_theirs = {"cookie": cookie["cookie"].replace("__Host-kontor-brunner", "__Host-kontor-maier")}
    for method, path in routes():
        answer = await sent(portal, method, filled(path, "maier", document), as_theirs)
        assert "GEHEIM" not in answer.text
        public = path.endswith(PUBLIC)
        assert public or answer.status_code in (303, 401, 404), (method, path, answer.status_code, answer.text[:300])


async def test_the_page_role_can_touch_no_table(portal: Any) -> None:
    page = await asyncpg.connect(portal.edge.settings.database_url.get_secret_value())
    tables = await portal.edge.views.pool.fetch(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('live', 'public')"
    )
    names = {row[0] for row in tables}
    assert {"live.document", "live.receivable", "public.session", "public.content"} <= names
    for table in names:
        for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
            asked = "SELECT has_table_privilege('kontor_gateway', $1, $2)"
            assert not await portal.edge.views.pool.fetchval(asked, table, right), (table, right)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await page.execute(f"SELECT * FROM {table}")
    for function in ("_reader('x', 'x', now())", "_entry('{}', 'x', 'x', 'x', true)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await page.execute(f"SELECT {portal.edge.views.functions}.{function}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await page.execute("CREATE TABLE mine (x int)")
    await page.close()


async def test_one_connection_shared_by_two_merchants_and_cancelled_requests_leaks_nothing(portal: Any) -> None:
    cookies: dict[str, dict[str, str]] = {}
    for slug in ("brunner", "maier"):
        merchant = await portal.merchant(slug)
        customer = await portal.customer(merchant)
        for n in range(5):
            await portal.document(merchant, customer, f"{slug.upper()}-{n}")
        cookies[slug] = await portal.login(slug, merchant, customer)
    usual, one = portal.edge.reads, PageConnections(portal.edge.settings.database_url.get_secret_value(), 1)
    object.__setattr__(portal.edge, "reads", one)

    async def read(slug: str, patience: float | None) -> None:
        try:
            async with asyncio.timeout(patience):
                answer = await portal.json(f"/api/portal/v1/{slug}/documents", cookies[slug])
        except TimeoutError:
            return
        numbers = [d["number"] for d in answer.json()["documents"]]
        assert numbers
        assert all(number.startswith(slug.upper()) for number in numbers), numbers

    for turn in range(15):
        await asyncio.gather(
            *(read(("brunner", "maier")[n % 2], (None, 0.001 * (turn % 7), 0.02)[n % 3]) for n in range(12))
        )
    object.__setattr__(portal.edge, "reads", usual)
    one.close()


async def test_a_session_that_identity_ended_stops_at_once(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    token = f"token-{uuid4()}"
    state = portal.session(token, "brunner", merchant, [customer])
    cookie = {"cookie": f"__Host-kontor-brunner={token}"}
    header = portal.owners.signer.token("gateway", "service", kind="service")

    async def push(**changes: Any) -> int:
        body = {"sessions": [state | changes]}
        return int((await portal.client.put("/internal/sessions", json=body, headers=header)).status_code)

    assert await push() == 204
    assert (await portal.json("/api/portal/v1/brunner/documents", cookie)).status_code == 200
    assert await push(version=2, revoked=True) == 204
    assert (await portal.json("/api/portal/v1/brunner/documents", cookie)).status_code == 401
    # What comes late, from before, brings nothing back.
    assert await push(version=1) == 204
    assert (await portal.json("/api/portal/v1/brunner/documents", cookie)).status_code == 401


async def test_a_grant_taken_away_takes_its_documents_away(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    first, second = await portal.customer(merchant), await portal.customer(merchant, "Haus B", "K-2")
    await portal.document(merchant, second, "RE-2")
    token = "token-grants"
    state = portal.session(token, "brunner", merchant, [first, second])
    cookie = {"cookie": f"__Host-kontor-brunner={token}"}
    header = portal.owners.signer.token("gateway", "service", kind="service")
    await portal.client.put("/internal/sessions", json={"sessions": [state]}, headers=header)
    assert len((await portal.json("/api/portal/v1/brunner/documents", cookie)).json()["documents"]) == 1
    less = state | {"version": 2, "customers": [first]}
    await portal.client.put("/internal/sessions", json={"sessions": [less]}, headers=header)
    assert (await portal.json("/api/portal/v1/brunner/documents", cookie)).json()["documents"] == []


@pytest.mark.parametrize("path", ["/internal/sessions", "/internal/heartbeat"])
async def test_only_services_push(portal: Any, path: str) -> None:
    method = "PUT" if path.endswith("sessions") else "POST"
    for header in (
        {},
        portal.owners.signer.token("gateway", "documents:read"),
        portal.owners.signer.token("admin", "service"),
    ):
        answer = await portal.client.request(method, path, json={"sessions": []}, headers=header)
        assert answer.status_code in (401, 403)
