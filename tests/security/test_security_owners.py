"""Every route of the owners: nothing without a token, nothing with the wrong right, and another's ids are not there."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from .routes import routes_of
from .world import OWNERS, World

# Anybody: probes, metrics, the keys that tokens are verified with, logos, and descriptions (of internal ports only).
OPEN = {
    "GET /health/start", "GET /health/live", "GET /health/ready", "GET /metrics", "GET /openapi.json", "GET /docs",
    "GET /docs/oauth2-redirect", "GET /redoc", "GET /.well-known/jwks.json", "GET /v1/logos/{sha256}",
}  # fmt: skip


@dataclass(frozen=True)
class Guard:
    """What a route asks for. `right`: of a person's or key's token; `service`: of another part of the platform;
    `basic`: the calling service's own credential; `signed`: the provider's signature."""

    right: str = ""
    service: bool = False
    basic: bool = False
    signed: bool = False
    # Whose id: "" where the route has none (it shows the token's own merchant), else what is answered to a foreign one.
    foreign: int | None = 404
    # A customer's token may come here, and another customer's id must not be found either.
    portal: bool = False
    body: dict[str, Any] | None = None
    name: str = field(default="", compare=False)


def _staff(right: str, body: dict[str, Any] | None = None, **more: Any) -> Guard:
    return Guard(right=right, body=body, **more)


BASIC = Guard(basic=True, foreign=None)
SERVICE = Guard(service=True, foreign=None)
_LINK_RIGHT = "customers:edit"
CONTACT = {"name": "Eva", "email": "eva@busch.example"}
BOOKING = {"amount_minor": 100, "currency": "EUR", "booked_on": "2026-01-02"}
INCOMING = {
    "document_number": "ZW-1", "amount": "1.00", "currency": "EUR", "paid_on": "2026-01-02", "external_id": "foreign-1",
}  # fmt: skip

GUARDS: dict[str, dict[str, Guard]] = {
    "identity": {
        "POST /v1/tokens": BASIC,
        "POST /v1/service-tokens": BASIC,
        "POST /v1/sessions/password": BASIC,
        "POST /v1/sessions/code/start": BASIC,
        "POST /v1/sessions/code": BASIC,
        "POST /v1/sessions/link": BASIC,
        "POST /v1/sessions/end": BASIC,
        "POST /v1/links/inspect": BASIC,
        "POST /v1/links/request-new": BASIC,
        "POST /v1/invitations/inspect": BASIC,
        "POST /v1/invitations/accept": BASIC,
        "POST /v1/password-resets": BASIC,
        "POST /v1/password-resets/complete": BASIC,
        "POST /v1/document-links": Guard(
            service=True, body={"merchant_id": "{merchant_id}", "customer_id": "{customer_id}"}
        ),
        "POST /v1/invitations/{invitation_id}/link": Guard(service=True),
        "POST /v1/challenges/{challenge_id}/secret": Guard(service=True),
        "POST /v1/snapshots": SERVICE,
        "GET /v1/files/{sha256}": SERVICE,
        "GET /v1/sessions": _staff("account", foreign=None),
        "DELETE /v1/sessions/{session_id}": _staff("account"),
        "POST /v1/account/password": _staff("account", {"old": "x", "new": "y"}, foreign=None),
        "POST /v1/account/language": _staff("account", {"language": "de"}, foreign=None),
        "GET /v1/merchant": _staff("merchant:edit", foreign=None),
        "PATCH /v1/merchant": _staff("merchant:edit", {}, foreign=None),
        "PUT /v1/merchant/logo": _staff("merchant:edit", foreign=None),
        "DELETE /v1/merchant/logo": _staff("merchant:edit", foreign=None),
        "POST /v1/customers": _staff("customers:edit", {"number": "9", "name": "n"}, foreign=None),
        "PUT /v1/customers/by-number/{number:path}": _staff("customers:edit", {"name": "n"}, foreign=None),
        "PATCH /v1/customers/{customer_id}": _staff("customers:edit", {"name": "Nicht meiner"}),
        "POST /v1/customers/{customer_id}/contacts": _staff("customers:edit", CONTACT),
        "PATCH /v1/customers/{customer_id}/contacts/{contact_id}": _staff("customers:edit", {"name": "Nicht meine"}),
        "POST /v1/customers/{customer_id}/contacts/{contact_id}/invite": _staff("customers:edit"),
        "POST /v1/customers/{customer_id}/contacts/{contact_id}/revoke": _staff("customers:edit"),
        "GET /v1/customers/{customer_id}/link": _staff(_LINK_RIGHT),
        "POST /v1/customers/{customer_id}/link/renew": _staff(_LINK_RIGHT),
        "POST /v1/customers/{customer_id}/link/revoke": _staff(_LINK_RIGHT),
        "GET /v1/customers/{customer_id}/documents/{document_id}/link": _staff(_LINK_RIGHT),
        "POST /v1/customers/{customer_id}/documents/{document_id}/link/renew": _staff(_LINK_RIGHT),
        "POST /v1/customers/{customer_id}/documents/{document_id}/link/revoke": _staff(_LINK_RIGHT),
        "GET /v1/staff": _staff("staff:edit", foreign=None),
        "POST /v1/staff": _staff("staff:edit", {"name": "n", "email": "x@y.example", "role": "owner"}, foreign=None),
        "PATCH /v1/staff/{staff_id}": _staff("staff:edit", {"role": "read_only"}),
        "POST /v1/api-keys": _staff("api_keys:edit", {"name": "n", "scopes": ["events:read"]}, foreign=None),
        "DELETE /v1/api-keys/{key_id}": _staff("api_keys:edit"),
    },
    "documents": {
        "POST /v1/submissions": _staff("documents:submit", {}, foreign=None),
        "GET /v1/submissions/{submission_id}": _staff("documents:submit"),
        "POST /v1/releases": _staff("documents:release", {"ids": ["{document_id}"]}, foreign=200),
        "POST /v1/documents/{document_id}/share": _staff("documents:release", {}),
        "POST /v1/documents/{document_id}/withdraw": _staff("documents:release", {}),
        "POST /v1/documents/{document_id}/cancel": _staff("documents:release", {}),
        "POST /v1/documents/by-external-id/{external_id:path}/withdraw": _staff("documents:submit", {}),
        "POST /v1/documents/by-external-id/{external_id:path}/cancel": _staff("documents:submit", {}),
        "POST /v1/documents/{document_id}/assign": _staff("documents:release", {"customer_id": "{customer_id}"}),
        "POST /v1/documents/{document_id}/opened": _staff("documents:read", {}, portal=True),
        "PATCH /v1/documents/{document_id}/files/{file_id}": _staff("documents:release", {"private": False}),
        "GET /v1/content/{sha256}": _staff("documents:release"),
        "GET /v1/documents/{document_id}/pdf": _staff("documents:release"),
        "GET /v1/documents/{document_id}/files/{file_id}": _staff("documents:release"),
        "GET /v1/documents/{document_id}/xrechnung": _staff("documents:release"),
        "GET /v1/documents/{document_id}/history": _staff("documents:release"),
        "GET /v1/documents/{document_id}/report": _staff("documents:release"),
        "POST /v1/snapshots": SERVICE,
    },
    "payments": {
        "POST /v1/documents/{document_id}/checkouts": _staff(
            "documents:pay", {"method": "card", "return_url": "http://localhost/"}, portal=True
        ),
        "GET /v1/checkouts/{checkout_id}": _staff("documents:read", portal=True),
        "GET /v1/documents/{document_id}/transfer": _staff("documents:read", portal=True),
        "POST /v1/documents/{document_id}/bookings": _staff("payments:book", BOOKING),
        "POST /v1/documents/{document_id}/mark-paid": _staff("payments:book", {}),
        # Parked: the number stands for no document of this merchant.
        "POST /v1/incoming-payments": _staff("payments:book", INCOMING, foreign=202),
        "GET /v1/settings": _staff("payments:settings", foreign=None),
        "PUT /v1/settings": _staff("payments:settings", {}, foreign=None),
        "POST /v1/webhooks/{provider}/{connection_id}": Guard(signed=True, foreign=None),
        "POST /v1/snapshots": SERVICE,
    },
    "notifications": {
        "GET /v1/templates": _staff("templates:edit", foreign=None),
        "PUT /v1/templates/{kind}/{language}": _staff("templates:edit", {"subject": "s", "text": "t"}, foreign=None),
        "DELETE /v1/templates/{kind}/{language}": _staff("templates:edit", foreign=None),
        "POST /v1/templates/preview": _staff("templates:edit", {"kind": "document_shared:invoice", "document_id": "{document_id}"}),
        "POST /v1/mails/{mail_id}/resend": _staff("mails:resend", {}),
        "GET /v1/feed": _staff("events:read", foreign=None),
        "POST /v1/snapshots": SERVICE,
    },
}  # fmt: skip

ALL = [(owner, route) for owner in OWNERS for route in sorted(GUARDS[owner])]
PERSONAL = [(owner, route) for owner, route in ALL if GUARDS[owner][route].right]
FOREIGN = [(owner, route) for owner, route in ALL if GUARDS[owner][route].foreign is not None]
OF_CUSTOMERS = [(owner, route) for owner, route in ALL if GUARDS[owner][route].portal]


@pytest.mark.parametrize("owner", OWNERS)
def test_every_route_has_its_guard_written_down(owner: str) -> None:
    assert set(routes_of(owner)) == {*GUARDS[owner], *(OPEN & set(routes_of(owner)))}


def send(world: World, owner: str, route: str, ids: dict[str, str], headers: dict[str, str]) -> httpx.Response:
    method, _, path = route.partition(" ")
    body = GUARDS[owner][route].body
    return world.http.request(
        method, world.url(owner, _filled(path, ids)), headers=headers,
        **({"json": _in_body(body, ids)} if body is not None else {}),
    )  # fmt: skip


def _filled(path: str, ids: dict[str, str]) -> str:
    known = {"kind": "document_shared:invoice", "language": "de", "provider": "sandbox", "sha256": "0" * 64, **ids}
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


def _in_body(value: Any, ids: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _in_body(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [_in_body(one, ids) for one in value]
    return ids[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value


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
            assert answer.json()["released"] == []
            assert answer.json()["refused"][0]["error"]["status"] == 404


def _tokens(world: World, anna: str, owner: str, guard: Guard) -> list[dict[str, str]]:
    """Of everybody of merchant a who may come here at all."""
    if guard.service:
        # Secrets leave identity for mails alone.
        return [world.service(owner, world.a.merchant_id, "notifications" if owner == "identity" else "gateway")]
    found = [world.command(anna, owner, guard.right, "gateway")] if guard.portal else []
    if guard.right in ("documents:pay", "events:read"):
        return found
    return [*found, world.command(world.a.staff, owner, guard.right)]


@pytest.mark.parametrize(
    "route", [route for owner, route in FOREIGN if owner == "documents" and route.startswith("GET")]
)
def test_an_edge_that_asks_for_one_merchant_gets_nothing_of_another(world: World, route: str) -> None:
    headers = world.service("documents", world.a.merchant_id)
    assert send(world, "documents", route, world.b.ids, headers).status_code == 404


@pytest.mark.parametrize(("owner", "route"), OF_CUSTOMERS)
def test_another_customers_ids_are_not_there(world: World, anna: str, owner: str, route: str) -> None:
    headers = world.command(anna, owner, GUARDS[owner][route].right, "gateway")
    answer = send(world, owner, route, world.other, headers)
    assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(("owner", "route"), OF_CUSTOMERS)
def test_a_link_ends_at_its_documents_thread(world: World, by_link: str, owner: str, route: str) -> None:
    headers = world.command(by_link, owner, GUARDS[owner][route].right, "gateway")
    answer = send(world, owner, route, world.apart | {"checkout_id": world.other["checkout_id"]}, headers)
    assert answer.status_code == 404, answer.text


def test_a_customers_token_reads_no_submission(world: World, anna: str, by_link: str) -> None:
    for cookie in (anna, by_link):
        headers = world.command(cookie, "documents", "documents:read", "gateway")
        answer = world.http.get(
            world.url("documents", f"/v1/submissions/{world.a.ids['submission_id']}"), headers=headers
        )
        assert answer.status_code in (403, 404)
