"""What a stranger sends is not read beyond its limit, whatever the route: nobody without a key can fill the memory."""

import re
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from .routes import routes_of
from .test_security_admin import OPEN
from .test_security_gateway import DOORS
from .world import EDGES, OWNERS, World

_LARGE = b'{"text": "' + b"x" * (24 << 20) + b'"}'
_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
_TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")
_ANYBODYS = {*OPEN, *(route for route, door in DOORS.items() if door.kind in ("open", "outside"))}


def memory(world: World) -> int:
    """Bytes that the whole platform holds."""
    status = Path(f"/proc/{world.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) << 10


@pytest.mark.parametrize("service", [*OWNERS, *EDGES])
def test_an_oversized_body_without_a_key_is_refused_by_every_route(world: World, service: str) -> None:
    before = memory(world)
    for route in routes_of(service):
        method, _, path = route.partition(" ")
        if method in _UNSAFE:
            # Of a merchant that is there, so that it is not the address alone that is refused.
            address = re.sub(r"\{[^}]+\}", str(uuid4()), path.replace("{slug}", world.a.slug))
            answer = world.http.request(
                method, world.url(service, address), content=_LARGE, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code in (401, 403, 404, 413), (route, answer.status_code, answer.text[:300])
    assert memory(world) - before < 4 * len(_LARGE)


def test_the_refusal_is_a_problem_that_names_the_limit(world: World) -> None:
    answer = world.http.post(
        world.url("gateway", "/api/ingest/v1/payments"),
        content=_LARGE,
        headers={"Authorization": f"Bearer {world.a.api_key}", "Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert (answer.json()["code"], answer.json()["megabytes"]) == ("file_too_large", 1)


def sending(edge: str) -> list[str]:
    return [route for route in routes_of(edge) if route.partition(" ")[0] in _UNSAFE]


def announced(world: World, edge: str, route: str, media_type: str, length: int, cookie: str = "") -> int:
    """The status of the answer to a request of which no byte of the body is ever sent."""
    method, _, path = route.partition(" ")
    connection = HTTPConnection(urlsplit(world.url(edge)).netloc, timeout=60)
    try:
        connection.putrequest(method, re.sub(r"\{[^}]+\}", str(uuid4()), path.replace("{slug}", world.a.slug)))
        for name, value in (("Content-Type", media_type), ("Content-Length", str(length)), ("Cookie", cookie)):
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("media_type", _TYPES)
@pytest.mark.parametrize("edge", EDGES)
def test_whom_nobody_knows_is_refused_before_anything_is_read(world: World, edge: str, media_type: str) -> None:
    for route in sending(edge):
        if route not in _ANYBODYS:
            # A body that is no form is not read as one: then it is the form's token that is missing. 404: no such action.
            status = announced(world, edge, route, media_type, 1000)
            assert status in ((401, 403, 404) if media_type == _TYPES[0] else (401, 404)), (route, status)


@pytest.mark.parametrize("media_type", _TYPES)
@pytest.mark.parametrize("edge", EDGES)
def test_what_is_announced_as_too_large_is_refused_before_anything_is_read(
    world: World, anna: str, edge: str, media_type: str
) -> None:
    cookie = anna if edge == "gateway" else world.a.staff
    for route in sending(edge):
        if DOORS.get(route, DOORS["GET /"]).kind not in ("key", "service") or edge == "admin":
            status = announced(world, edge, route, media_type, 1 << 40, cookie)
            assert status in (303, 401, 403, 404, 413, 422), (route, status)


def test_a_form_of_a_few_fields_has_room_for_few_bytes(world: World) -> None:
    for edge, path in (("gateway", f"/{world.a.slug}/anmelden"), ("admin", "/anmelden"), ("gateway", "/l/made-up")):
        assert announced(world, edge, f"POST {path}", _TYPES[1], 65 * 1024) == 413
