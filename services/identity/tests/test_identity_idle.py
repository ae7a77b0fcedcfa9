"""Sessions that nobody uses end; those that are used go on, until their end."""

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def renew(stage: Any, session: dict[str, Any], edge: str = "gateway") -> Any:
    return await stage.as_edge("POST", "/v1/sessions/renew", edge=edge, json={"session_hash": session["hash"]})


async def minutes(stage: Any, session: dict[str, Any]) -> tuple[float, float]:
    """How many minutes are left until it ends unused, and until it ends anyway."""
    left = "round(extract(epoch FROM {} - now()) / 60)"
    query = f"SELECT {left.format('expires_at')}, {left.format('ends_at')} FROM session WHERE hash = $1"
    idle, absolute = await stage.database.fetchrow(query, session["hash"])
    return float(idle), float(absolute)


async def pass_minutes(stage: Any, count: int) -> None:
    back = f"interval '{count} minutes'"
    await stage.database.execute(
        f"UPDATE session SET seen_at = seen_at - {back}, ends_at = ends_at - {back}, expires_at = expires_at - {back}"
    )


async def sessions(stage: Any, shop: Any) -> dict[str, dict[str, Any]]:
    """One of each kind."""
    login = await shop.portal_login()
    link = await stage.open_link(await shop.mail_link(login["customer_id"]))
    staff = await stage.login_staff(shop.owner_email)
    return {"portal": login["session"], "link": link.json()["session"], "staff": staff.json()["session"]}


async def test_each_kind_of_session_ends_unused_before_its_end(stage: Any, shop: Any) -> None:
    found = {kind: await minutes(stage, session) for kind, session in (await sessions(stage, shop)).items()}
    assert found == {"portal": (720, 30 * 1440), "link": (120, 720), "staff": (60, 1440)}


async def test_using_a_session_gives_it_its_idle_time_again_and_tells_the_edge_in_the_answer(
    stage: Any, shop: Any
) -> None:
    each = await sessions(stage, shop)
    before = {kind: await minutes(stage, session) for kind, session in each.items()}
    await pass_minutes(stage, 30)
    for kind, session in each.items():
        renewed = (await renew(stage, session)).json()["session"]
        assert await minutes(stage, session) == (before[kind][0], before[kind][1] - 30), kind
        assert (renewed["version"], renewed["revoked"]) == (session["version"] + 1, False)
        assert renewed["seen_at"] > session["seen_at"]
    assert await stage.database.fetchval("SELECT count(*) FROM session WHERE pushed_version < version") == 0


async def test_no_session_outlives_its_end(stage: Any, shop: Any) -> None:
    session = (await sessions(stage, shop))["link"]
    await stage.database.execute("UPDATE session SET ends_at = now() + interval '50 minutes'")
    assert (await renew(stage, session)).status_code == 200
    assert await minutes(stage, session) == (50, 50)


async def test_what_ended_unused_is_not_brought_back_and_does_nothing(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    await pass_minutes(stage, 12 * 60 + 1)
    refused = await renew(stage, login["session"])
    assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")
    assert not await stage.may(login)


async def test_a_revoked_or_unknown_session_is_not_renewed(stage: Any, shop: Any) -> None:
    session = (await shop.portal_login())["session"]
    await stage.as_edge("POST", "/v1/sessions/end", json={"session_hash": session["hash"]})
    for wanted in (session, {"hash": "0" * 64}):
        assert (await renew(stage, wanted)).json()["code"] == "session_ended"


async def test_a_change_that_waits_to_be_pushed_still_is_after_a_renewal(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    minted = await stage.mint("gateway", "identity", "account", session_hash=login["session"]["hash"])
    headers = {"Authorization": f"Bearer {minted.json()['token']}"}
    stage.gateway.down = True
    answer = await stage.http.post("/v1/account/language", headers=headers, json={"language": "en"})
    assert answer.json()["pushed"] is False
    assert (await renew(stage, login["session"])).status_code == 200
    assert await stage.database.fetchval("SELECT count(*) FROM session WHERE pushed_version < version") == 1
    stage.gateway.down = False
    await stage.deps.push.all_pending()
    state = stage.gateway.state(login)
    assert (state["language"], state["version"]) == ("en", login["session"]["version"] + 2)


async def test_what_is_revoked_while_an_edge_is_away_is_not_renewed_and_waits(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    stage.gateway.down = True
    answer = await shop.call("POST", f"/v1/customers/{login['customer_id']}/contacts/{login['contact_id']}/revoke")
    assert answer.json()["pushed"] is False
    assert (await renew(stage, login["session"])).status_code == 401
    stage.gateway.down = False
    await stage.deps.push.all_pending()
    assert stage.gateway.state(login)["revoked"] is True
