"""What a stranger sends is not read beyond its limit, whatever the route: nobody without a key can fill the memory."""

import re
from pathlib import Path
from uuid import uuid4

import pytest

from .routes import routes_of
from .world import EDGES, OWNERS, World

_LARGE = b'{"text": "' + b"x" * (24 << 20) + b'"}'
_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


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
