"""The security log, who is told of what, and what needs a fresh log-in."""

import time
from typing import Any

import pytest
import structlog.testing

from kontor_identity.access import tokens
from kontor_identity.limits import Limit

pytestmark = pytest.mark.asyncio(loop_scope="module")

IBAN = {"iban": "DE02120300000000202051"}
PORTAL = {"slug": "muster", "email": "anna@kundin.test", "kind": "portal", "ip": "192.0.2.1"}


async def log_of(shop: Any) -> list[tuple[str, str]]:
    """What happened to whom, the newest first."""
    answer = await shop.call("GET", "/v1/security-events", "merchant:edit")
    assert answer.status_code == 200, answer.text
    return [(event["kind"], event["about"]) for event in answer.json()["events"]]


async def told(stage: Any) -> list[tuple[str, list[str]]]:
    """Of what, and who."""
    events = await stage.events("identity.security_event.recorded.v1")
    return [(one.security_event.kind, [recipient.email for recipient in one.recipients]) for one in events]


async def grow_old(stage: Any) -> None:
    await stage.database.execute("UPDATE session SET created_at = created_at - interval '11 minutes'")


async def test_log_ins_and_failures_stand_in_the_log_with_their_address(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    assert (
        await stage.as_edge("POST", "/v1/sessions/password", json=PORTAL | {"password": "falsch"})
    ).status_code == 401
    nobody = PORTAL | {"email": "nobody@kundin.test", "password": "falsch"}
    assert (await stage.as_edge("POST", "/v1/sessions/password", json=nobody)).status_code == 401
    right = PORTAL | {"password": "Herbstlaub am See"}
    assert (await stage.as_edge("POST", "/v1/sessions/password", json=right)).status_code == 200

    events = (await shop.call("GET", "/v1/security-events", "merchant:edit")).json()["events"]
    about_anna = [event for event in events if event["about"] == "anna@kundin.test"]
    assert [(event["kind"], event["ip"]) for event in about_anna] == [
        ("logged_in", "192.0.2.1"), ("log_in_failed", "192.0.2.1"), ("logged_in", ""),
    ]  # fmt: skip
    assert about_anna[0]["actor"] == about_anna[2]["actor"]
    assert about_anna[0]["actor"].endswith("Anna Ahrens")
    assert all("nobody" not in str(event) for event in events)


async def test_mailed_codes_stand_in_the_log_right_and_wrong_ones(stage: Any, shop: Any) -> None:
    await shop.customer(email="anna@kundin.test")
    start = {"slug": "muster", "email": "anna@kundin.test"}
    challenge = (await stage.as_edge("POST", "/v1/sessions/code/start", json=start)).json()["challenge_id"]
    right = (await stage.secret(challenge))["code"]
    wrong = f"{(int(right) + 1) % 10**8:08d}"
    for code, status in ((wrong, 401), (right, 200), (right, 401)):
        body = {"challenge_id": challenge, "code": code}
        assert (await stage.as_edge("POST", "/v1/sessions/code", json=body)).status_code == status
    about_anna = [kind for kind, about in await log_of(shop) if about == "anna@kundin.test"]
    # A used code is nobody's any more.
    assert about_anna == ["logged_in", "log_in_failed"]


async def test_the_log_lines_for_operators_name_neither_person_nor_address(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    with structlog.testing.capture_logs() as lines:
        for password in ("Herbstlaub am See", "falsch"):
            await stage.as_edge("POST", "/v1/sessions/password", json=PORTAL | {"password": password})
    told = [line for line in lines if line["event"] == "security_event"]
    assert [line["kind"] for line in told] == ["logged_in", "log_in_failed"]
    assert told[0]["actor"]
    assert not any(personal in str(told) for personal in ("192.0.2", "anna", "Anna"))


async def test_only_owners_read_the_log_and_only_their_own(stage: Any, shop: Any) -> None:
    other = await stage.shop("brunner")
    assert ("logged_in", "olga@muster.test") not in await log_of(other)
    assert (await shop.call("GET", "/v1/security-events", "customers:edit")).status_code == 403


async def test_the_owner_of_an_account_is_told_once_of_many_failures(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    for n in range(14):
        await stage.as_edge("POST", "/v1/sessions/password", json=PORTAL | {"password": f"falsch {n}"})
    assert [one for one in await told(stage) if one[0] == "many_failed"] == [("many_failed", ["anna@kundin.test"])]
    assert ("many_failed", "anna@kundin.test") in await log_of(shop)


async def test_a_person_is_told_when_the_password_was_changed(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    assert await told(stage) == []
    token = (await stage.mint("gateway", "identity", "account", session_hash=login["session"]["hash"])).json()["token"]
    body = {"old": "Herbstlaub am See", "new": "Frühling im Garten"}
    await stage.http.post("/v1/account/password", headers={"Authorization": f"Bearer {token}"}, json=body)
    assert await told(stage) == [("password_changed", ["anna@kundin.test"])]


async def test_another_bank_account_needs_a_fresh_log_in_and_owners_are_told(stage: Any, shop: Any) -> None:
    await grow_old(stage)
    refused = await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=IBAN)
    assert (refused.status_code, refused.json()["code"]) == (403, "fresh_log_in_needed")
    assert refused.json()["field"] == "own_password"
    wrong = await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=IBAN | {"own_password": "falsch falsch"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "old_password_wrong")
    assert await told(stage) == []
    good = IBAN | {"own_password": stage.owner_password}
    assert (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=good)).status_code == 200
    assert await told(stage) == [("bank_changed", ["olga@muster.test"])]
    # The same again changes nothing and asks for nothing, nor does what is harmless.
    for harmless in (IBAN, {"name": "Muster & Söhne"}):
        assert (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=harmless)).status_code == 200
    assert len(await told(stage)) == 1


async def test_a_fresh_log_in_is_asked_for_nothing(stage: Any, shop: Any) -> None:
    assert (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=IBAN)).status_code == 200


async def test_the_address_so_far_is_told_of_the_new_one(stage: Any, shop: Any) -> None:
    for address in ("alt@muster.test", "neu@muster.test"):
        answer = await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"contact_email": address})
        assert answer.status_code == 200
    assert await told(stage) == [
        ("address_changed", ["olga@muster.test"]), ("address_changed", ["olga@muster.test", "alt@muster.test"]),
    ]  # fmt: skip


async def test_owners_are_added_with_a_fresh_log_in_and_the_others_are_told(stage: Any, shop: Any) -> None:
    await grow_old(stage)
    new = {"name": "Nora Neu", "email": "nora@muster.test", "role": "owner"}
    assert (await shop.call("POST", "/v1/staff", "staff:edit", json=new)).status_code == 403
    sales = await shop.call("POST", "/v1/staff", "staff:edit", json=new | {"role": "sales"})
    assert sales.status_code == 201
    path, own = f"/v1/staff/{sales.json()['id']}", {"own_password": stage.owner_password}
    assert (await shop.call("PATCH", path, "staff:edit", json={"role": "owner"})).status_code == 403
    assert (await shop.call("PATCH", path, "staff:edit", json={"role": "owner"} | own)).status_code == 200
    assert (await shop.call("PATCH", path, "staff:edit", json={"active": False})).status_code == 403
    assert [one for one in await told(stage) if one[0] == "staff_changed"] == [
        ("staff_changed", ["olga@muster.test"])
    ]  # fmt: skip
    assert [kind for kind, _ in (await log_of(shop))[:2]] == ["staff_changed", "staff_added"]


async def test_keys_stand_in_the_log_by_name(stage: Any, shop: Any) -> None:
    made = await shop.call("POST", "/v1/api-keys", "api_keys:edit", json={"name": "ERP", "scopes": ["events:read"]})
    await shop.call("DELETE", f"/v1/api-keys/{made.json()['id']}", "api_keys:edit")
    assert (await log_of(shop))[:2] == [("key_revoked", "ERP"), ("key_created", "ERP")]


async def test_a_key_with_an_end_is_refused_from_then_on(stage: Any, shop: Any) -> None:
    wanted = {"name": "ERP", "scopes": ["events:read"], "expires_at": "2999-01-01T00:00:00Z"}
    made = (await shop.call("POST", "/v1/api-keys", "api_keys:edit", json=wanted)).json()
    assert stage.state_in(made)["state"].expires_at.ToDatetime().year == 2999
    asked = {"audience": "notifications", "right": "events:read", "api_key": made["key"]}
    assert (await stage.as_edge("POST", "/v1/tokens", json=asked)).status_code == 200
    await stage.database.execute("UPDATE api_key SET expires_at = now() - interval '1 second'")
    assert (await stage.as_edge("POST", "/v1/tokens", json=asked)).status_code == 401
    past = await shop.call(
        "POST", "/v1/api-keys", "api_keys:edit", json=wanted | {"expires_at": "2020-01-01T00:00:00Z"}
    )
    assert (past.status_code, past.json()["field"]) == (422, "expires_at")


async def test_a_system_is_told_when_to_come_again(stage: Any, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "API_KEY", Limit("api_key", burst=2, seconds=3600))
    made = await shop.call("POST", "/v1/api-keys", "api_keys:edit", json={"name": "ERP", "scopes": ["events:read"]})
    asked = {"audience": "notifications", "right": "events:read", "api_key": made.json()["key"]}
    answers = [await stage.as_edge("POST", "/v1/tokens", json=asked) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "3600"


async def test_the_password_makes_a_log_in_fresh_again_also_for_other_services(stage: Any, shop: Any) -> None:
    async def age_in_a_token() -> float:
        minted = await stage.mint("admin", "payments", "payments:settings", session_hash=shop.session_hash)
        return time.time() - minted.json()["principal"]["auth_time"]

    await grow_old(stage)
    assert await age_in_a_token() >= 660
    wrong = await shop.call("POST", "/v1/account/confirm", "account", json={"password": "falsch falsch"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "own_password")
    assert await age_in_a_token() >= 660
    right = await shop.call("POST", "/v1/account/confirm", "account", json={"password": stage.owner_password})
    assert right.status_code == 204
    assert await age_in_a_token() < 60
    assert (await shop.call("PATCH", "/v1/merchant", "merchant:edit", json=IBAN)).status_code == 200
