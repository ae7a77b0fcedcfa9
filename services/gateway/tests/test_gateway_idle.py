"""A session that its person uses is renewed; one that nobody uses ends, and the log-in page says so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from kontor_edge.activity import renewal_is_due
from kontor_testing.waiting import eventually

RENEW = "/v1/sessions/renew"


def ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def times(idle_since: float, idle: float = 720, ends_in: float = 1440) -> dict[str, str]:
    """Of a session last seen so many minutes ago."""
    return {"seen_at": ago(idle_since), "expires_at": ago(idle_since - idle), "ends_at": ago(-ends_in)}


@pytest_asyncio.fixture(loop_scope="module")
async def shop(portal: Any) -> Any:
    merchant = await portal.merchant("brunner")
    return merchant, await portal.customer(merchant)


async def used(portal: Any, shop: Any, *, minutes: float, **headers: str) -> tuple[dict[str, str], dict[str, Any]]:
    """A session last seen so many minutes ago, in whose portal somebody has opened a page; and its renewed state."""
    merchant, customer = shop
    state = portal.session("used", "brunner", merchant, [customer], **times(minutes))
    await portal.edge.sessions.keep([state])
    renewed = state | times(0) | {"version": 2}
    portal.owners.answer("POST", RENEW, {"session": renewed})
    cookie = {"cookie": "__Host-kontor-brunner=used"}
    assert (await portal.page("/brunner", cookie, headers=headers)).status_code == 200
    return cookie, state


def calls(portal: Any) -> int:
    return len(portal.owners.asked_of(RENEW)) + len(portal.edge.activity._calls)


async def test_a_page_renews_a_session_of_which_a_quarter_of_the_idle_time_is_gone(portal: Any, shop: Any) -> None:
    cookie, state = await used(portal, shop, minutes=181)
    await eventually(lambda: portal.owners.asked_of(RENEW) and not portal.edge.activity._calls)
    assert portal.owners.asked_of(RENEW) == [{"session_hash": state["hash"]}]
    # The renewed state is kept: the next page asks for nothing.
    assert (await portal.page("/brunner", cookie)).status_code == 200
    assert calls(portal) == 1


async def test_before_that_nobody_is_asked(portal: Any, shop: Any) -> None:
    await used(portal, shop, minutes=179)
    assert calls(portal) == 0


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/brunner/live", {"accept": "text/event-stream"}),
        ("/brunner", {"sec-fetch-mode": "cors"}),
        ("/api/portal/v1/brunner/overview", {"accept": "application/json"}),
    ],
)
async def test_streams_and_scripts_are_no_sign_of_a_person(
    portal: Any, shop: Any, path: str, headers: dict[str, str]
) -> None:
    merchant, customer = shop
    await portal.edge.sessions.keep([portal.session("used", "brunner", merchant, [customer], **times(600))])
    request = portal.client.stream(
        "GET", path, headers={"accept": "text/html", "cookie": "__Host-kontor-brunner=used"} | headers
    )
    async with request as answer:
        assert answer.status_code == 200
    assert calls(portal) == 0


async def test_a_portal_of_ones_own_says_that_a_person_asks(portal: Any, shop: Any) -> None:
    merchant, customer = shop
    state = portal.session("used", "brunner", merchant, [customer], **times(600))
    await portal.edge.sessions.keep([state])
    portal.owners.answer("POST", RENEW, {"session": state | times(0) | {"version": 2}})
    headers = {"accept": "application/json", "cookie": "__Host-kontor-brunner=used", "x-kontor-person": "1"}
    assert (await portal.client.get("/api/portal/v1/brunner/overview", headers=headers)).status_code == 200
    await eventually(lambda: portal.owners.asked_of(RENEW) and not portal.edge.activity._calls)
    assert calls(portal) == 1


async def test_while_identity_is_away_pages_go_on_until_the_end_that_is_known(portal: Any, shop: Any) -> None:
    portal.owners.down = True
    cookie, _ = await used(portal, shop, minutes=700)
    await eventually(lambda: portal.owners.asked_of(RENEW) and not portal.edge.activity._calls)
    assert (await portal.page("/brunner", cookie)).status_code == 200


@pytest.mark.parametrize(("kind", "link"), [("portal", False), ("link", True)])
async def test_who_was_idle_is_told_so_and_comes_back_to_the_page(
    portal: Any, shop: Any, kind: str, link: bool
) -> None:
    merchant, customer = shop
    state = portal.session("idle", "brunner", merchant, [customer], kind=kind, **times(721))
    await portal.edge.sessions.keep([state])
    cookie = {"cookie": "__Host-kontor-brunner=idle"}
    away = await portal.page("/brunner/dokumente?q=x", cookie)
    assert away.headers["location"] == "/brunner/anmelden?next=/brunner/dokumente%3Fq%3Dx"
    assert "set-cookie" not in away.headers

    page = (await portal.page(away.headers["location"], cookie)).text
    assert "Sie wurden abgemeldet, weil Sie längere Zeit nicht aktiv waren." in page
    assert 'name="next" value="/brunner/dokumente?q=x"' in page
    assert 'href="/brunner/code?next=/brunner/dokumente%3Fq%3Dx"' in page
    assert ("Link aus Ihrer E-Mail" in page) == link


@pytest.mark.parametrize("ended", [{"revoked": True}, {"ends_at": ago(1), "expires_at": ago(1)}])
async def test_other_ends_are_not_called_idle(portal: Any, shop: Any, ended: dict[str, Any]) -> None:
    merchant, customer = shop
    await portal.edge.sessions.keep([portal.session("over", "brunner", merchant, [customer], **times(721) | ended)])
    cookie = {"cookie": "__Host-kontor-brunner=over"}
    away = await portal.page("/brunner/dokumente", cookie)
    assert '__Host-kontor-brunner=""' in away.headers["set-cookie"]
    assert "nicht aktiv" not in (await portal.page("/brunner/anmelden", cookie)).text


async def test_a_code_leads_back_to_the_page_that_was_asked_for(portal: Any, shop: Any) -> None:
    merchant, customer = shop
    portal.owners.answer("POST", "/v1/sessions/code/start", {"challenge_id": "01900000-0000-7000-8000-000000000000"})
    state = portal.session("by-code", "brunner", merchant, [customer])
    portal.owners.answer("POST", "/v1/sessions/code", {"token": "by-code", "session": state})
    wanted = "/brunner/dokumente?q=x"
    assert f'value="{wanted}"' in (await portal.page("/brunner/code?next=/brunner/dokumente%3Fq%3Dx")).text
    entering = await portal.post("/brunner/code", {}, email="anna@seidel.example", next=wanted)
    assert f'value="{wanted}"' in entering.text
    form = {"challenge": "01900000-0000-7000-8000-000000000000", "code": "12345678"}
    assert (await portal.post("/brunner/code/pruefen", {}, next=wanted, **form)).headers["location"] == wanted
    elsewhere = await portal.post("/brunner/code/pruefen", {}, next="https://evil.example", **form)
    assert elsewhere.headers["location"] == "/brunner"


async def test_what_ended_here_is_not_opened_again_by_a_renewal_that_was_under_way(portal: Any, shop: Any) -> None:
    cookie, state = await used(portal, shop, minutes=0)
    await portal.edge.sessions.end(state["hash"])
    await portal.edge.sessions.keep([state | {"version": 2, "revoked": False}])
    assert (await portal.page("/brunner", cookie)).status_code == 303


def test_a_session_near_its_end_is_not_renewed() -> None:
    near = {"seen_at": ago(600), "expires_at": ago(-60), "ends_at": ago(-60)}
    assert not renewal_is_due(near | {"ends_at": near["expires_at"]}, datetime.now(UTC))
    assert renewal_is_due(near | {"ends_at": ago(-61)}, datetime.now(UTC))
