"""Sessions: starting with a password, listing, ending; the same answer for everybody who is not let in."""

from typing import Any

import pytest
from argon2 import PasswordHasher

from kontor_identity.limits import Limit, Limits
from kontor_identity.passwords.hashing import Passwords

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_session_says_what_the_edge_needs_and_its_cookie_is_kept_as_a_hash(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    session = login["session"]

    assert (session["kind"], session["slug"], session["email"]) == ("portal", "muster", "anna@kundin.test")
    assert session["customers"] == [login["customer_id"]]
    assert session["rights"] == [
        "account",
        "documents:accept",
        "documents:comment",
        "documents:pay",
        "documents:read",
        "meters:enter",
    ]
    assert (session["document_id"], session["revoked"], session["version"]) == (None, False, 1)
    rows = [dict(row) for row in await stage.database.fetch("SELECT * FROM session")]
    assert login["token"] not in str(rows)
    assert session["hash"] in {row["hash"] for row in rows}


async def test_unknown_and_known_addresses_get_the_same_answer_after_the_same_work(
    stage: Any, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.portal_login()
    verified: list[str] = []
    matches = Passwords._matches
    monkeypatch.setattr(Passwords, "_matches", lambda self, h, p: verified.append(h) or matches(self, h, p))

    answers = [
        await stage.login_portal("muster", "anna@kundin.test", "falsch falsch"),
        await stage.login_portal("muster", "nobody@kundin.test", "falsch falsch"),
        await stage.login_portal("nirgends", "anna@kundin.test", "falsch falsch"),
        await stage.login_staff("nobody@muster.test", "falsch falsch"),
    ]
    bodies = [{k: v for k, v in answer.json().items() if k != "trace"} for answer in answers]
    assert {answer.status_code for answer in answers} == {401}
    assert all(body == bodies[0] for body in bodies)
    # Each of them cost one verification with the same parameters.
    assert len({h.rsplit("$", 2)[0] for h in verified}) == 1
    assert len(verified) == 4
    assert verified[1:] == [stage.deps.passwords.nobody] * 3


async def test_an_old_hash_is_renewed_at_the_next_log_in(stage: Any, shop: Any) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash(stage.owner_password)
    await stage.database.execute("UPDATE staff SET password_hash = $1", old)

    assert (await stage.login_staff(shop.owner_email)).status_code == 200
    assert await stage.database.fetchval("SELECT password_hash FROM staff") != old
    assert (await stage.login_staff(shop.owner_email)).status_code == 200


async def test_too_many_wrong_passwords_are_slowed_down_for_the_account(stage: Any, shop: Any) -> None:
    answers = [await stage.login_staff(shop.owner_email, "falsch falsch") for _ in range(12)]

    assert [answer.status_code for answer in answers].count(401) == 10
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_an_unknown_account_is_slowed_down_alike(stage: Any, shop: Any) -> None:
    answers = [await stage.login_staff("nobody@muster.test", "falsch falsch") for _ in range(12)]

    assert [answer.status_code for answer in answers].count(401) == 10
    assert answers[-1].status_code == 429


A, B = "192.0.2.1", "198.51.100.7"


async def _log_in(stage: Any, kind: str, password: str, ip: str, device: str = "") -> Any:
    """As the portal user Anna or the owner of the merchant."""
    portal = kind == "portal"
    body = {
        "slug": "muster" if portal else "", "email": "anna@kundin.test" if portal else "olga@muster.test",
        "password": password, "kind": kind, "ip": ip, "device": device,
    }  # fmt: skip
    return await stage.as_edge("POST", "/v1/sessions/password", edge="gateway" if portal else "admin", json=body)


@pytest.mark.parametrize("kind", ["portal", "staff"])
async def test_nobody_locks_somebody_out_who_is_elsewhere(stage: Any, shop: Any, kind: str) -> None:
    await shop.portal_login()
    right = "Herbstlaub am See" if kind == "portal" else stage.owner_password
    guesses = [(await _log_in(stage, kind, f"falsch {n}", A)).status_code for n in range(12)]
    assert guesses == [401] * 10 + [429] * 2
    assert (await _log_in(stage, kind, right, A)).status_code == 429
    for place in range(8):
        for n in range(6):
            assert (await _log_in(stage, kind, f"falsch {n}", f"203.0.113.{place}")).status_code == 401
    assert (await _log_in(stage, kind, right, B)).status_code == 200


async def test_a_known_device_passes_where_its_network_is_closed(stage: Any, shop: Any) -> None:
    other = await shop.portal_login("10002", "bert@kundin.test")
    device = (await shop.portal_login())["device"]
    for n in range(11):
        await _log_in(stage, "portal", f"falsch {n}", A)
    for stranger in ("", other["device"], device[:-2] + "AA", "x.y.z"):
        assert (await _log_in(stage, "portal", "Herbstlaub am See", A, stranger)).status_code == 429
    assert (await _log_in(stage, "portal", "Herbstlaub am See", A, device)).status_code == 200
    guesses = [(await _log_in(stage, "portal", "falsch", B, device)).status_code for _ in range(12)]
    assert guesses == [401] * 10 + [429] * 2


async def test_whoever_asks_for_resets_and_codes_keeps_nobody_from_their_own(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    address = {"slug": "muster", "email": "anna@kundin.test"}
    asked = {"/v1/password-resets": {"kind": "portal"}, "/v1/sessions/code/start": {}}
    for path, more in asked.items():
        for place in (A, "203.0.113.1", "203.0.113.2", "203.0.113.3"):
            answers = [
                (await stage.as_edge("POST", path, json=address | more | {"ip": place})).status_code for _ in range(6)
            ]
            assert answers[-1] == 429
        before = len(await stage.events("identity.challenge.issued.v1"))
        assert (await stage.as_edge("POST", path, json=address | more | {"ip": B})).status_code == 202
        assert len(await stage.events("identity.challenge.issued.v1")) == before + 1


async def test_strangers_are_slowed_down_from_the_first_burst_on(stage: Any) -> None:
    waits: list[float] = []
    limits, limit = Limits(stage.deps.db, longest_wait=5.0), Limit("slow", burst=2, seconds=3600)

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    limits.sleep = sleep
    many = [await limits.count(limit, "anna", f"203.0.113.{n}") for n in range(10)]
    assert many == [False] * 6 + [True] * 4
    assert waits == sorted(waits)
    assert waits[-1] > waits[0] > 0


async def test_a_log_out_stops_commands_and_tells_the_edge(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    ended = await stage.as_edge("POST", "/v1/sessions/end", json={"session_hash": login["session"]["hash"]})

    assert ended.status_code == 204
    assert not await stage.may(login)
    assert stage.gateway.state(login)["revoked"] is True


async def test_a_person_lists_and_ends_her_own_sessions_only(stage: Any, shop: Any) -> None:
    first = await shop.portal_login()
    second = (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).json()
    stranger = await shop.portal_login("10002", "bert@kundin.test")
    token = (await stage.mint("gateway", "identity", "account", session_hash=second["session"]["hash"])).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}

    listed = (await stage.http.get("/v1/sessions", headers=headers)).json()["sessions"]
    assert [session["id"] for session in listed] == [second["session"]["id"], first["session"]["id"]]
    assert [session["current"] for session in listed] == [True, False]
    ended = await stage.http.delete(f"/v1/sessions/{first['session']['id']}", headers=headers)
    assert ended.json() == {"pushed": True}
    assert not await stage.may(first)
    assert await stage.may(second)
    other = await stage.http.delete(f"/v1/sessions/{stranger['session']['id']}", headers=headers)
    assert other.status_code == 404
    assert await stage.may(stranger)


async def test_an_expired_session_is_over(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    await stage.database.execute("UPDATE session SET expires_at = now() - interval '1 second'")

    assert not await stage.may(login)


async def test_a_changed_password_ends_the_persons_other_sessions(stage: Any, shop: Any) -> None:
    other = await shop.portal_login()
    login = (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).json()
    token = (await stage.mint("gateway", "identity", "account", session_hash=login["session"]["hash"])).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    wrong = await stage.http.post(
        "/v1/account/password", headers=headers, json={"old": "weiß ich nicht", "new": "Frühling im Garten"}
    )
    assert (wrong.status_code, wrong.json()["code"]) == (422, "old_password_wrong")
    done = await stage.http.post(
        "/v1/account/password", headers=headers, json={"old": "Herbstlaub am See", "new": "Frühling im Garten"}
    )

    assert done.json() == {"pushed": True}
    assert await stage.may(login)
    assert not await stage.may(other)
    assert stage.gateway.state(other)["revoked"] is True
    assert (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).status_code == 401
    assert (await stage.login_portal("muster", "anna@kundin.test", "Frühling im Garten")).status_code == 200


async def _reset_token(stage: Any, email: str = "anna@kundin.test") -> str:
    """The token in the mail of a reset that was asked for now."""
    wanted = {"slug": "muster", "email": email, "kind": "portal"}
    assert (await stage.as_edge("POST", "/v1/password-resets", json=wanted)).status_code == 202
    issued = (await stage.events("identity.challenge.issued.v1"))[-1]
    return str((await stage.secret(issued.challenge.id))["url"].rpartition("/")[2])


async def _by_code(stage: Any, email: str = "anna@kundin.test") -> dict[str, Any]:
    """A session that a mailed code has opened."""
    started = await stage.as_edge("POST", "/v1/sessions/code/start", json={"slug": "muster", "email": email})
    code = (await stage.secret(started.json()["challenge_id"]))["code"]
    body = {"challenge_id": started.json()["challenge_id"], "code": code}
    return dict((await stage.as_edge("POST", "/v1/sessions/code", json=body)).json())


async def _account(stage: Any, login: dict[str, Any], path: str, **body: Any) -> Any:
    token = (await stage.mint("gateway", "identity", "account", session_hash=login["session"]["hash"])).json()["token"]
    return await stage.http.post(path, headers={"Authorization": f"Bearer {token}"}, json=body)


@pytest.mark.parametrize("way", ["reset", "change", "everywhere"])
async def test_what_ends_a_password_ends_everything(stage: Any, shop: Any, way: str) -> None:
    login = await shop.portal_login()
    stranger = await shop.portal_login("10002", "bert@kundin.test")
    mailed = (await stage.open_link(await shop.mail_link(login["customer_id"], contact_id=login["contact_id"]))).json()
    by_code, foreign_code = await _by_code(stage), await _by_code(stage, "bert@kundin.test")
    older = await _reset_token(stage)
    started = await stage.as_edge(
        "POST", "/v1/sessions/code/start", json={"slug": "muster", "email": "anna@kundin.test"}
    )
    code = (await stage.secret(started.json()["challenge_id"]))["code"]

    if way == "reset":
        body = {"token": await _reset_token(stage), "password": "Frühling im Garten"}
        assert (await stage.as_edge("POST", "/v1/password-resets/complete", json=body)).status_code == 200
    elif way == "change":
        body = {"old": "Herbstlaub am See", "new": "Frühling im Garten"}
        assert (await _account(stage, login, "/v1/account/password", **body)).json() == {"pushed": True}
    else:
        assert (await _account(stage, login, "/v1/account/log-out-everywhere")).json() == {"pushed": True}

    assert await stage.may(login) is (way == "change")
    for ended in (by_code, mailed):
        assert not await stage.may(ended)
        assert stage.gateway.state(ended)["revoked"] is True
    body = {"token": older, "password": "Noch einmal anders"}
    assert (await stage.as_edge("POST", "/v1/password-resets/complete", json=body)).status_code == 410
    body = {"challenge_id": started.json()["challenge_id"], "code": code}
    assert (await stage.as_edge("POST", "/v1/sessions/code", json=body)).status_code == 401
    assert await stage.may(stranger)
    assert await stage.may(foreign_code)


async def test_sessions_by_mailed_code_are_among_ones_own_and_can_be_ended(stage: Any, shop: Any) -> None:
    login, by_code = await shop.portal_login(), await _by_code(stage)
    token = (await stage.mint("gateway", "identity", "account", session_hash=login["session"]["hash"])).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    listed = (await stage.http.get("/v1/sessions", headers=headers)).json()["sessions"]
    assert {one["id"] for one in listed} == {login["session"]["id"], by_code["session"]["id"]}
    assert (await stage.http.delete(f"/v1/sessions/{by_code['session']['id']}", headers=headers)).status_code == 200
    assert not await stage.may(by_code)


async def test_the_language_of_the_account_reaches_running_sessions(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    token = (await stage.mint("gateway", "identity", "account", session_hash=login["session"]["hash"])).json()["token"]
    await stage.http.post("/v1/account/language", headers={"Authorization": f"Bearer {token}"}, json={"language": "en"})

    state = stage.gateway.state(login)
    assert (state["language"], state["version"]) == ("en", 2)


async def test_a_log_in_tells_when_the_contact_was_last_there(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    await stage.database.execute("UPDATE contact SET last_seen_at = now() - interval '2 days'")
    for _ in range(2):
        assert (await stage.login_portal("muster", "anna@kundin.test", "Herbstlaub am See")).status_code == 200

    last = (await stage.events("identity.customer.changed.v1"))[-1]
    before = (await stage.events("identity.customer.access_activated.v1"))[-1]
    assert last.customer.version == before.customer.version + 1
    assert last.customer.contacts[0].last_seen_at.seconds > before.customer.contacts[0].last_seen_at.seconds - 1


@pytest.mark.parametrize("password", ["muster2026!", "Firma Muster", "anna@kundin.test"])
async def test_a_password_made_from_what_all_know_of_person_or_merchant_is_refused(
    stage: Any, shop: Any, password: str
) -> None:
    login = await shop.portal_login()
    body = {"token": await _reset_token(stage), "password": password}
    reset = await stage.as_edge("POST", "/v1/password-resets/complete", json=body)
    change = await _account(stage, login, "/v1/account/password", old="Herbstlaub am See", new=password)
    assert [(one.status_code, one.json()["code"]) for one in (reset, change)] == [(422, "password_too_weak")] * 2
