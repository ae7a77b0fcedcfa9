"""Guessing is slow and learns nothing: rate limits, one answer for known and unknown, argon2id behind both."""

import asyncio
import inspect
from typing import Any

import httpx
import pytest
from argon2 import extract_parameters
from argon2.low_level import Type

from kontor_identity.passwords import hashing
from kontor_service.tokens import basic

from .world import World

_KNOWN, _UNKNOWN = "anna.seidel@seidel-optik.example", "niemand@nirgends.example"


def ask(world: World, path: str, **body: Any) -> httpx.Response:
    edge = "admin" if body.get("kind") == "staff" else "gateway"
    return world.http.post(world.url("identity", path), headers=basic(edge, world.secrets[edge]), json=body)


def shape(answer: httpx.Response) -> tuple[int, Any]:
    """Status and body without what is new each time."""
    body = answer.json() if answer.content else None
    return answer.status_code, {k: v for k, v in (body or {}).items() if k not in ("trace", "challenge_id")}


@pytest.mark.parametrize("kind", ["portal", "staff"])
def test_log_in_says_the_same_of_known_and_unknown_people(world: World, kind: str) -> None:
    known = _KNOWN if kind == "portal" else world.a.email
    slug = world.a.slug if kind == "portal" else ""
    answers = [
        shape(ask(world, "/v1/sessions/password", slug=slug, email=email, password="falsch", kind=kind, ip=""))
        for email in (known, _UNKNOWN)
    ]
    answers.append(
        shape(ask(world, "/v1/sessions/password", slug="nirgendwo", email=known, password="falsch", kind=kind, ip=""))
    )
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 401


def test_resets_and_codes_say_the_same_of_known_and_unknown_people(world: World) -> None:
    for path, more in (("/v1/password-resets", {"kind": "portal"}), ("/v1/sessions/code/start", {})):
        asked = [(world.a.slug, _KNOWN), (world.a.slug, _UNKNOWN), ("nirgendwo", _KNOWN)]
        answers = [shape(ask(world, path, slug=slug, email=email, ip="", **more)) for slug, email in asked]
        assert [answer[0] for answer in answers] == [202] * 3, answers
        assert answers[0] == answers[1] == answers[2]
    links = [
        shape(ask(world, "/v1/links/request-new", token=token))
        for token in (world.run["customer"]["link"].rpartition("/")[2], "x.y.z")
    ]
    assert links[0] == links[1]
    assert links[0][0] == 202


def test_pages_say_the_same_of_known_and_unknown_people(world: World) -> None:
    for path, form in (
        ("/brunner/passwort-vergessen", {}), ("/brunner/anmelden", {"password": "falsch"}), ("/brunner/code", {}),
    ):  # fmt: skip
        pages = []
        for email in (_KNOWN, _UNKNOWN):
            answer = world.call("gateway", "POST", path, form=form | {"email": email})
            text = answer.text.replace(email, "…")
            pages.append((answer.status_code, len(text), [name for name, _ in answer.headers.multi_items()]))
        assert pages[0] == pages[1], path


async def test_an_unknown_person_costs_a_hash_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = next(
        value
        for _, value in inspect.getmembers(hashing, inspect.isclass)
        if hasattr(value, "verify") and value.__module__ == hashing.__name__
    )()
    known = await passwords.hash("Kiesel-und-Tannenzapfen-41")
    verified: list[str] = []
    hasher = type(next(value for value in vars(passwords).values() if hasattr(value, "check_needs_rehash")))
    usual = hasher.verify

    def counted(self: Any, stored: str, password: str) -> Any:
        verified.append(stored)
        return usual(self, stored, password)

    monkeypatch.setattr(hasher, "verify", counted)
    assert await passwords.verify(known, "Kiesel-und-Tannenzapfen-41")
    assert not await passwords.verify(known, "falsch")
    assert not await passwords.verify(None, "falsch")
    assert len(verified) == 3
    costs = [extract_parameters(stored) for stored in verified]
    assert costs[0] == costs[2]


def test_passwords_are_kept_as_argon2id(world: World) -> None:
    stored = world.rows("identity", "SELECT password_hash FROM staff UNION ALL SELECT password_hash FROM portal_user")
    hashes = [row["password_hash"] for row in stored if row["password_hash"]]
    assert len(hashes) >= 3
    for one in hashes:
        cost = extract_parameters(one)
        assert cost.type == Type.ID
        assert cost.hash_len >= 16
        assert cost.salt_len >= 16
        # OWASP: 19 MiB with two passes, or more memory with fewer.
        assert cost.memory_cost * cost.time_cost >= 19 * 1024 * 2


def together(world: World, path: str, many: int, **body: Any) -> list[int]:
    return asyncio.run(_together(world, path, many, body))


async def _together(world: World, path: str, many: int, body: dict[str, Any]) -> list[int]:
    headers = basic("gateway", world.secrets["gateway"])
    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        sent = [client.post(world.url("identity", path), json=body) for _ in range(many)]
        return [answer.status_code for answer in await asyncio.gather(*sent)]


def test_passwords_of_one_account_are_guessed_ten_times_at_most_from_one_place(world: World) -> None:
    body = {
        "slug": world.a.slug,
        "email": "rate@mich.example",
        "password": "falsch",
        "kind": "portal",
        "ip": "192.0.2.1",
    }
    statuses = together(world, "/v1/sessions/password", 16, **body)
    assert statuses.count(401) <= 11
    assert statuses.count(429) >= 5
    assert set(statuses) == {401, 429}
    # From elsewhere somebody else can still log in.
    assert ask(world, "/v1/sessions/password", **body | {"ip": "198.51.100.7"}).status_code == 401


def test_one_network_guesses_no_links_without_end(world: World) -> None:
    statuses = together(
        world,
        "/v1/sessions/link",
        160,
        token="development.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ip="192.0.2.2",
    )
    assert 429 in statuses
    assert set(statuses) <= {404, 429}


def test_one_address_gets_three_reset_mails_at_most(world: World) -> None:
    body = {"slug": world.a.slug, "email": "flut@mich.example", "kind": "portal", "ip": "192.0.2.3"}
    statuses = together(world, "/v1/password-resets", 6, **body)
    assert sorted(set(statuses)) in ([202, 429], [202])
    codes = together(world, "/v1/sessions/code/start", 9, slug=world.a.slug, email="flut@mich.example", ip="192.0.2.4")
    assert codes.count(202) <= 6
    assert 429 in codes


def test_a_code_is_guessed_five_times_at_most(world: World) -> None:
    started = ask(world, "/v1/sessions/code/start", slug=world.b.slug, email="bea@busch.example", ip="192.0.2.5").json()
    challenge = started["challenge_id"]
    statuses = together(world, "/v1/sessions/code", 12, challenge_id=challenge, code="00000000", ip="192.0.2.6")
    assert set(statuses) <= {401, 429}
    attempts = world.rows("identity", "SELECT attempts FROM challenge WHERE id = $1", challenge)
    assert attempts[0]["attempts"] <= 5


def test_the_pages_pass_the_refusal_on(world: World) -> None:
    form = {"email": "seite@mich.example", "password": "falsch"}
    statuses = [world.call("gateway", "POST", f"/{world.b.slug}/anmelden", form=form).status_code for _ in range(12)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


def test_a_networks_address_is_the_connections_not_a_headers(world: World) -> None:
    """Who could say in a header where they come from would be limited by nothing."""
    before = {row["key"] for row in world.rows("identity", "SELECT key FROM rate_limit")}
    for n in range(3):
        headers = {
            "X-Forwarded-For": f"203.0.113.{n}",
            "Forwarded": f"for=203.0.113.{n}",
            "X-Real-IP": f"203.0.113.{n}",
        }
        world.call(
            "gateway",
            "POST",
            f"/{world.b.slug}/anmelden",
            form={"email": "kopf@mich.example", "password": "x"},
            headers=headers,
        )
    fresh = {row["key"] for row in world.rows("identity", "SELECT key FROM rate_limit")} - before
    # The account's buckets here and everywhere, and at most the one of this machine.
    assert len(fresh) <= 3
