"""Previews (A10): staff see a portal as its customer does, for a while, and can do nothing in it."""

from typing import Any
from uuid import uuid4

import pytest

from kontor_identity.access.rights import OWNERS, PORTAL_RIGHTS
from kontor_identity.models import LoginSession

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def preview(stage: Any, shop: Any, customer_id: str, **more: Any) -> Any:
    body = {"customer_id": customer_id} | more
    made = await shop.call("POST", "/v1/previews", "previews:read", json=body)
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    token = made.json()["url"].removeprefix("https://portal.test/vorschau/")
    return await stage.as_edge("POST", "/v1/previews/open", json={"token": token})


async def test_a_preview_is_opened_once_and_shows_what_the_contact_sees(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    contact = await shop.contact(customer["id"], document_types=["invoice"], may_accept=False)
    document = str(uuid4())
    body = {"customer_id": customer["id"], "contact_id": contact, "document_id": document}
    url = (await shop.call("POST", "/v1/previews", "previews:read", json=body)).json()["url"]
    opened, again = [
        await stage.as_edge("POST", "/v1/previews/open", json={"token": url.rpartition("/")[2]}) for _ in range(2)
    ]

    assert again.status_code == 410
    state = opened.json()["session"]
    assert (state["kind"], state["name"], state["customers"]) == ("preview", "Anna Ahrens", [customer["id"]])
    assert (state["document_id"], state["draft_id"]) == (None, document)
    assert state["sees"] == {customer["id"]: ["invoice"]}
    assert set(state["rights"]) == PORTAL_RIGHTS - {"documents:accept"}


@pytest.mark.parametrize("edge", ["gateway", "admin"])
async def test_no_token_is_signed_for_a_preview_whatever_is_asked_for(stage: Any, shop: Any, edge: str) -> None:
    customer = await shop.customer()
    session = (await preview(stage, shop, customer["id"])).json()["session"]

    for owner in sorted(OWNERS):
        for right in sorted(PORTAL_RIGHTS | {"account", "merchant:edit", "documents:release", "service"}):
            refused = await stage.mint(edge, owner, right, session_hash=session["hash"])
            assert (refused.status_code, refused.json()["code"]) == (403, "preview")


async def test_a_preview_ends_with_the_access_of_whoever_opened_it(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    body = {"name": "Sven", "email": "sven@muster.test", "role": "owner"}
    sven = (await shop.call("POST", "/v1/staff", "staff:edit", json=body)).json()
    secret = (await stage.secret((await stage.events("identity.challenge.issued.v1"))[-1].challenge.id))["url"]
    chosen = {"token": secret.rpartition("/")[2], "password": "Winterabend am Kamin"}
    login = (await stage.as_edge("POST", "/v1/password-resets/complete", edge="admin", json=chosen)).json()
    token = (await stage.mint("admin", "identity", "previews:read", session_hash=login["session"]["hash"])).json()
    wanted = {"customer_id": customer["id"]}
    headers = {"Authorization": f"Bearer {token['token']}"}
    url = (await stage.http.post("/v1/previews", json=wanted, headers=headers)).json()["url"]
    opened = (await stage.as_edge("POST", "/v1/previews/open", json={"token": url.rpartition("/")[2]})).json()

    await shop.call("PATCH", f"/v1/staff/{sven['id']}", "staff:edit", json={"active": False})

    assert stage.gateway.state(opened)["revoked"] is True


async def test_a_preview_is_no_session_that_its_opener_sees_or_ends_by_hand(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    await preview(stage, shop, customer["id"])

    listed = (await shop.call("GET", "/v1/sessions", "account")).json()["sessions"]

    assert [one["kind"] for one in listed] == ["staff"]


@pytest.mark.parametrize("missing", ["customer_id", "contact_id"])
async def test_a_preview_of_another_merchants_people_finds_nobody(stage: Any, shop: Any, missing: str) -> None:
    other = await stage.shop("anders")
    theirs = await other.customer()
    body = {"customer_id": theirs["id"]}
    if missing == "contact_id":
        body = {"customer_id": (await shop.customer())["id"], "contact_id": await other.contact(theirs["id"])}

    refused = await shop.call("POST", "/v1/previews", "previews:read", json=body)

    assert refused.status_code == 404


async def test_a_portal_that_is_off_has_no_preview(shop: Any) -> None:
    customer = await shop.customer(portal_access="off")

    refused = await shop.call("POST", "/v1/previews", "previews:read", json={"customer_id": customer["id"]})

    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


async def test_a_preview_lasts_half_an_hour_however_much_it_is_used(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    session = (await preview(stage, shop, customer["id"])).json()["session"]
    renewed = await stage.as_edge("POST", "/v1/sessions/renew", json={"session_hash": session["hash"]})

    assert renewed.json()["session"]["ends_at"] == session["ends_at"] == session["expires_at"]
    lifetime = "SELECT ends_at - created_at AS lifetime FROM session WHERE hash = $1"
    assert (await stage.database.fetchval(lifetime, session["hash"])).total_seconds() == 30 * 60
    assert LoginSession.__tablename__ == "session"
