"""Granting and revoking: what is taken away stops working at once, everywhere."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from kontor_identity.sessions.changes import session_starts
from kontor_identity.sessions.start import start_session
from kontor_testing.waiting import eventually

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def revoke(shop: Any, login: dict[str, Any]) -> dict[str, Any]:
    path = f"/v1/customers/{login['customer_id']}/contacts/{login['contact_id']}/revoke"
    return (await shop.call("POST", path)).json()


async def test_an_invitation_makes_a_log_in_and_is_for_one_use(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    contact = await shop.contact(customer["id"])
    token = await shop.invite(customer["id"], contact)
    (invited,) = await stage.events("identity.customer.contact_invited.v1")
    assert invited.customer.contacts[0].access == "invited"
    assert token not in str(invited)
    inspected = (await stage.as_edge("POST", "/v1/invitations/inspect", json={"token": token})).json()
    assert inspected == {
        "slug": "muster", "merchant_name": "Firma muster", "email": "anna@kundin.test", "name": "Anna Ahrens",
        "has_account": False,
    }  # fmt: skip

    body = {"token": token, "password": "Herbstlaub am See"}
    assert (await stage.as_edge("POST", "/v1/invitations/accept", json=body)).status_code == 200
    again = await stage.as_edge("POST", "/v1/invitations/accept", json=body)
    assert (again.status_code, again.json()["code"]) == (410, "link_expired")
    (activated,) = await stage.events("identity.customer.access_activated.v1")
    person = activated.customer.contacts[0]
    assert (person.access, person.id) == ("active", activated.contact_id)
    assert person.user_id


async def test_an_invitation_is_accepted_once_however_often_it_is_clicked(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    token = await shop.invite(customer["id"], await shop.contact(customer["id"]))
    body = {"token": token, "password": "Herbstlaub am See"}
    answers = await asyncio.gather(*(stage.as_edge("POST", "/v1/invitations/accept", json=body) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 410, 410, 410]


async def test_sending_the_invitation_again_kills_the_first_one(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    contact = await shop.contact(customer["id"])
    first, second = await shop.invite(customer["id"], contact), await shop.invite(customer["id"], contact)

    assert (await stage.as_edge("POST", "/v1/invitations/inspect", json={"token": first})).status_code == 410
    assert (await stage.as_edge("POST", "/v1/invitations/inspect", json={"token": second})).status_code == 200


async def test_a_weak_password_is_refused_and_the_invitation_stays(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    token = await shop.invite(customer["id"], await shop.contact(customer["id"]))
    weak_ones = (
        "kurz", "anna@kundin.test", "aaaaaaaaaaaa", "password123", "Passwort123!", "qwertzuiop", "annakundin",
        "iloveyou123", "sommer2025",
    )  # fmt: skip
    for weak in weak_ones:
        answer = await stage.as_edge("POST", "/v1/invitations/accept", json={"token": token, "password": weak})
        assert (answer.status_code, answer.json()["field"]) == (422, "password")

    good = {"token": token, "password": "Herbstlaub am See"}
    assert (await stage.as_edge("POST", "/v1/invitations/accept", json=good)).status_code == 200


async def invited_again(stage: Any, shop: Any) -> tuple[dict[str, Any], str, dict[str, Any]]:
    """Somebody with a log-in for one customer, and the invitation to a second one."""
    login = await shop.portal_login("10001", password="Herbstlaub am See")
    second = await shop.customer("10002")
    return login, await shop.invite(second["id"], await shop.contact(second["id"])), second


async def test_a_second_invitation_is_accepted_with_the_known_password(stage: Any, shop: Any) -> None:
    login, token, second = await invited_again(stage, shop)
    inspected = (await stage.as_edge("POST", "/v1/invitations/inspect", json={"token": token})).json()
    assert inspected["has_account"] is True
    body = {"token": token, "password": "Herbstlaub am See"}
    accepted = (await stage.as_edge("POST", "/v1/invitations/accept", json=body)).json()

    both = sorted([login["customer_id"], second["id"]])
    assert sorted(accepted["session"]["customers"]) == both
    # The sessions there were go on, and see the second customer at once.
    assert sorted(stage.gateway.state(login)["customers"]) == both
    assert await stage.may(login)
    assert (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).status_code == 200


async def test_another_password_grants_nothing_and_the_invitation_stays(stage: Any, shop: Any) -> None:
    _, token, second = await invited_again(stage, shop)
    wrong = {"token": token, "password": "Frühling im Garten"}
    answer = await stage.as_edge("POST", "/v1/invitations/accept", json=wrong)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (
        401, "invalid_credentials", "password",
    )  # fmt: skip
    again = (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).json()
    assert second["id"] not in again["session"]["customers"]
    right = {"token": token, "password": "Herbstlaub am See"}
    assert (await stage.as_edge("POST", "/v1/invitations/accept", json=right)).status_code == 200


async def test_who_has_forgotten_the_password_chooses_another_one_by_the_invitation(stage: Any, shop: Any) -> None:
    login, token, _ = await invited_again(stage, shop)
    weak = {"token": token, "password": "kurz", "forgotten": True}
    assert (await stage.as_edge("POST", "/v1/invitations/accept", json=weak)).status_code == 422
    body = weak | {"password": "Frühling im Garten"}
    assert (await stage.as_edge("POST", "/v1/invitations/accept", json=body)).status_code == 200

    assert not await stage.may(login)
    assert stage.gateway.state(login)["revoked"] is True
    assert (await stage.login_portal("muster", "anna@kundin.test", "Frühling im Garten")).status_code == 200


async def test_an_invitation_is_no_second_way_to_guess_a_password(stage: Any, shop: Any) -> None:
    _, token, _ = await invited_again(stage, shop)
    statuses = [
        (await stage.as_edge("POST", "/v1/invitations/accept", json={"token": token, "password": f"falsch {n}"})).status_code
        for n in range(11)
    ]  # fmt: skip

    assert statuses == [401] * 10 + [429]
    assert (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).status_code == 429


async def test_a_made_up_invitation_is_unknown(stage: Any) -> None:
    answer = await stage.as_edge("POST", "/v1/invitations/inspect", json={"token": "development.AAAA.BBBB"})

    assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")


async def test_one_log_in_belongs_to_several_customers(stage: Any, shop: Any) -> None:
    first = await shop.portal_login("10001")
    second = await shop.portal_login("10002")

    assert first["session"]["user_id"] == second["session"]["user_id"]
    assert set(second["session"]["customers"]) == {first["customer_id"], second["customer_id"]}


async def test_a_contact_without_address_cannot_be_invited(shop: Any) -> None:
    customer = await shop.customer()
    contact = await shop.contact(customer["id"], "")

    answer = await shop.call("POST", f"/v1/customers/{customer['id']}/contacts/{contact}/invite")
    assert (answer.status_code, answer.json()["field"]) == (422, "email")


async def test_a_revoked_contact_is_out_at_once_and_the_edge_knows(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    assert await stage.may(login)
    answer = await revoke(shop, login)

    assert answer["pushed"] is True
    assert not await stage.may(login)
    assert stage.gateway.state(login)["revoked"] is True
    assert (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).status_code == 401
    (event,) = await stage.events("identity.customer.access_revoked.v1")
    assert event.contact_id == login["contact_id"]


async def test_a_new_address_ends_the_log_in_of_the_old_one_until_it_is_invited(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    path = f"/v1/customers/{login['customer_id']}/contacts/{login['contact_id']}"
    changed = await shop.call("PATCH", path, json={"name": "Berta Neu", "email": "berta@kundin.test"})

    assert [contact.access for contact in stage.state_in(changed.json())["state"].contacts] == ["none"]
    assert stage.gateway.state(login)["revoked"] is True
    assert (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).status_code == 401
    assert await shop.invite(login["customer_id"], login["contact_id"])


async def test_revoking_one_customer_leaves_the_others_of_the_same_log_in(stage: Any, shop: Any) -> None:
    first = await shop.portal_login("10001")
    second = await shop.portal_login("10002")
    await revoke(shop, first)

    assert await stage.may(second)
    assert stage.gateway.state(second)["customers"] == [second["customer_id"]]
    assert stage.gateway.state(second)["revoked"] is False


async def test_a_session_that_starts_while_its_grant_is_revoked_does_not_outlive_it(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    path = f"/v1/customers/{login['customer_id']}/contacts/{login['contact_id']}/revoke"
    async with stage.deps.db.transaction(shop.id) as session:
        await session_starts(session, shop.id)
        started = await start_session(
            session, stage.deps, kind="portal", merchant_id=shop.id, ip="",
            user_id=UUID(login["session"]["user_id"]), contact_id=UUID(login["contact_id"]),
        )  # fmt: skip
        revoking = asyncio.create_task(shop.call("POST", path))
        await eventually(
            lambda: stage.database.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        )

    assert (await revoking).json()["pushed"] is True
    assert stage.gateway.sessions[started.actor.hash]["revoked"] is True


async def test_staff_that_is_switched_off_or_demoted_loses_it_at_once(stage: Any, shop: Any) -> None:
    body = {"name": "Sven Sales", "email": "sven@muster.test", "role": "sales"}
    sven = (await shop.call("POST", "/v1/staff", "staff:edit", json=body)).json()
    issued = (await stage.events("identity.challenge.issued.v1"))[-1]
    token = (await stage.secret(issued.challenge.id))["url"].rpartition("/")[2]
    complete = {"token": token, "password": "Winterabend am Kamin"}
    login = (await stage.as_edge("POST", "/v1/password-resets/complete", edge="admin", json=complete)).json()
    assert await stage.may(login, "documents:release")

    demoted = await shop.call("PATCH", f"/v1/staff/{sven['id']}", "staff:edit", json={"role": "read_only"})
    assert demoted.json()["pushed"] is True
    assert not await stage.may(login, "documents:release")
    assert stage.admin.state(login)["rights"] == ["account", "documents:read", "previews:read"]
    await shop.call("PATCH", f"/v1/staff/{sven['id']}", "staff:edit", json={"active": False})
    assert not await stage.may(login, "documents:read")
    assert stage.admin.state(login)["revoked"] is True


async def test_the_last_owner_stays(stage: Any, shop: Any) -> None:
    (owner,) = (await shop.call("GET", "/v1/staff", "staff:edit")).json()["staff"]
    for change in ({"role": "sales"}, {"active": False}):
        answer = await shop.call("PATCH", f"/v1/staff/{owner['id']}", "staff:edit", json=change)
        assert (answer.status_code, answer.json()["code"]) == (409, "last_owner")

    assert await stage.may({"session": {"kind": "staff", "hash": shop.session_hash}}, "staff:edit")


async def test_switching_the_portal_off_stops_customers_and_on_again_lets_them_go_on(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"portal_enabled": False})
    assert not await stage.may(login)
    assert stage.gateway.state(login)["customers"] == []
    refused = await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")

    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"portal_enabled": True})
    assert await stage.may(login)


@pytest.mark.parametrize(
    ("access", "default", "open"), [("off", True, False), ("on", False, True), ("default", False, False)]
)
async def test_a_customers_portal_access_decides(stage: Any, shop: Any, access: str, default: bool, open: bool) -> None:
    login = await shop.portal_login()
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"portal_access_default": default})
    await shop.call("PATCH", f"/v1/customers/{login['customer_id']}", json={"portal_access": access})

    assert await stage.may(login) is open
    assert stage.gateway.state(login)["customers"] == ([login["customer_id"]] if open else [])


async def test_an_api_key_works_in_its_scope_until_it_is_revoked(stage: Any, shop: Any) -> None:
    wanted = {"name": "ERP", "scopes": ["documents:submit"]}
    made = (await shop.call("POST", "/v1/api-keys", "api_keys:edit", json=wanted)).json()
    rows = str([dict(row) for row in await stage.database.fetch("SELECT * FROM api_key")])
    assert made["key"] not in rows + str(await stage.events())
    assert stage.state_in(made)["state"].prefix == made["key"][:13]

    minted = await stage.mint("gateway", "documents", "documents:submit", api_key=made["key"])
    assert minted.json()["principal"]["sub"] == f"key:{made['id']}"
    other = await stage.mint("gateway", "payments", "payments:book", api_key=made["key"])
    assert (other.status_code, other.json()["code"]) == (403, "not_allowed")
    await stage.mint("gateway", "documents", "documents:submit", api_key=made["key"])
    (used,) = await stage.events("identity.api_key.used.v1")
    assert used.api_key.last_used_at.seconds > 0
    await shop.call("DELETE", f"/v1/api-keys/{made['id']}", "api_keys:edit")
    gone = await stage.mint("gateway", "documents", "documents:submit", api_key=made["key"])
    assert (gone.status_code, gone.json()["code"]) == (401, "api_key_unknown")
    (event,) = await stage.events("identity.api_key.revoked.v1")
    assert event.api_key.revoked


async def test_an_unknown_scope_is_refused_by_name(shop: Any) -> None:
    answer = await shop.call("POST", "/v1/api-keys", "api_keys:edit", json={"name": "x", "scopes": ["staff:edit"]})

    assert (answer.status_code, answer.json()["field"]) == (422, "scopes")


async def test_an_edge_that_was_down_is_told_later(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    stage.gateway.down = True
    answer = await revoke(shop, login)
    assert answer["pushed"] is False
    assert not await stage.may(login)
    stage.gateway.down = False

    state = await eventually(lambda: stage.gateway.sessions.get(login["session"]["hash"]))
    assert state["revoked"] is True


async def test_the_edges_hear_a_heartbeat(stage: Any) -> None:
    assert await eventually(lambda: min(stage.gateway.heartbeats, stage.admin.heartbeats)) >= 1


async def test_another_merchants_ids_are_not_found(stage: Any, shop: Any) -> None:
    mine = await shop.portal_login()
    key = (
        await shop.call("POST", "/v1/api-keys", "api_keys:edit", json={"name": "x", "scopes": ["events:read"]})
    ).json()
    (owner,) = (await shop.call("GET", "/v1/staff", "staff:edit")).json()["staff"]
    other = await stage.shop("anders")
    customer, contact = mine["customer_id"], mine["contact_id"]

    for method, path, right, body in (
        ("PATCH", f"/v1/customers/{customer}", "customers:edit", {"name": "x"}),
        ("POST", f"/v1/customers/{customer}/contacts", "customers:edit", {"name": "x"}),
        ("PATCH", f"/v1/customers/{customer}/contacts/{contact}", "customers:edit", {"name": "x"}),
        ("POST", f"/v1/customers/{customer}/contacts/{contact}/invite", "customers:edit", None),
        ("POST", f"/v1/customers/{customer}/contacts/{contact}/revoke", "customers:edit", None),
        ("GET", f"/v1/customers/{customer}/link", "customers:edit", None),
        ("POST", f"/v1/customers/{customer}/link/renew", "customers:edit", None),
        ("POST", f"/v1/customers/{customer}/documents/{uuid4()}/link/revoke", "customers:edit", None),
        ("DELETE", f"/v1/api-keys/{key['id']}", "api_keys:edit", None),
        ("PATCH", f"/v1/staff/{owner['id']}", "staff:edit", {"name": "x"}),
        ("DELETE", f"/v1/sessions/{mine['session']['id']}", "account", None),
    ):
        answer = await other.call(method, path, right, **({"json": body} if body else {}))
        assert answer.status_code == 404, (method, path, answer.text)
    assert await stage.may(mine)


async def test_a_service_with_another_merchants_token_gets_no_secret(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    token = await shop.invite(customer["id"], await shop.contact(customer["id"]))
    assert token
    (invited,) = await stage.events("identity.customer.contact_invited.v1")
    other = uuid4()

    link = await stage.as_service("POST", f"/v1/challenges/{invited.invitation_id}/secret", merchant=other)
    assert link.status_code == 404
    body = {"merchant_id": str(shop.id), "customer_id": customer["id"]}
    assert (await stage.as_service("POST", "/v1/document-links", merchant=other, json=body)).status_code == 404


async def test_without_a_merchant_the_runtime_role_sees_no_row(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    async with stage.deps.db.connection() as connection:
        tables = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind = 'r'"
        )
        assert len(tables) == 14
        for table in tables:
            assert await connection.fetchval(f"SELECT count(*) FROM {table['relname']}") == 0


@pytest.mark.parametrize("off", ["merchant", "customer"])
async def test_an_invitation_to_a_portal_that_is_off_is_kept_for_later(stage: Any, shop: Any, off: str) -> None:
    customer = await shop.customer()
    token = await shop.invite(customer["id"], await shop.contact(customer["id"]))
    what = {
        "merchant": ("/v1/merchant", "merchant:edit", "portal_enabled", False, True),
        "customer": (f"/v1/customers/{customer['id']}", "customers:edit", "portal_access", "off", "on"),
    }
    path, right, name, closed, opened = what[off]
    assert (await shop.call("PATCH", path, right, json={name: closed})).status_code == 200
    refused = await stage.as_edge("POST", "/v1/invitations/inspect", json={"token": token})
    assert (refused.status_code, refused.json()["slug"]) == (403, "muster")
    assert (await shop.call("PATCH", path, right, json={name: opened})).status_code == 200
    assert (await stage.as_edge("POST", "/v1/invitations/inspect", json={"token": token})).status_code == 200
