"""Who gets in, and who is out at once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from admin_shop import Shop, cookies, session_state, tell_sessions, token
from starlette.responses import JSONResponse

from kontor_identity_pages.log_in import next_page


async def test_who_is_not_logged_in_comes_back_after_logging_in(shop: Shop) -> None:
    answer = await shop.client.get("/kunden?q=x", headers={"cookie": ""})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/anmelden?next=/kunden%3Fq%3Dx"


async def test_what_was_typed_when_the_session_ended_can_be_sent_again(shop: Shop) -> None:
    typed = {"name": "Gärtnerei „Grün“", "number": "4711", "password": "geheim"}
    over = {"cookie": cookies("a-session-that-is-over")}
    answer = await shop.client.post("/kunden/neu?x=1", data={"csrf": token(), **typed}, headers=over)
    assert answer.status_code == 401
    assert 'action="/kunden/neu?x=1"' in answer.text
    assert 'name="name" value="Gärtnerei „Grün“"' in answer.text
    assert 'name="number" value="4711"' in answer.text
    assert "geheim" not in answer.text


async def test_a_form_of_another_site_is_not_shown_again_without_a_session(shop: Shop) -> None:
    answer = await shop.client.post("/kunden/neu", data={"name": "x"}, headers={"cookie": ""})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/anmelden"


async def test_programs_without_a_session_get_a_problem(shop: Shop) -> None:
    answer = await shop.client.get("/api/admin/v1/documents", headers={"cookie": "", "accept": "application/json"})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_logged_in"


async def test_logging_in_starts_a_session_for_this_browser_alone(shop: Shop) -> None:
    state = session_state(shop.merchant_id, "fresh-cookie")
    shop.owners.answers["POST", "/v1/sessions/password"] = {"token": "fresh-cookie", "session": state}
    form = {"email": "M@Example.com", "password": "secret", "next": "/kunden"}
    answer = await shop.post("/anmelden", form)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/kunden"
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-kontor-admin=fresh-cookie;")
    assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"))
    assert "Max-Age" not in cookie
    assert (await shop.client.get("/kunden", headers={"cookie": cookies("fresh-cookie")})).status_code == 200


async def test_a_wrong_password_is_said_on_the_page_and_the_address_is_kept(shop: Shop) -> None:
    shop.owners.refuse("POST", "/v1/sessions/password", 401, code="invalid_credentials")
    answer = await shop.post("/anmelden", {"email": "m@example.com", "password": "wrong"})
    assert answer.status_code == 401
    assert "E-Mail-Adresse oder Passwort ist falsch." in answer.text
    assert 'value="m@example.com"' in answer.text
    assert "wrong" not in answer.text


async def test_who_works_for_several_merchants_chooses_one_of_them(shop: Shop) -> None:
    merchants = [{"slug": "brunner", "name": "Brunner"}, {"slug": "seidel", "name": "Optik Seidel"}]
    shop.owners.refuse("POST", "/v1/sessions/password", 409, code="several_merchants", merchants=merchants)
    form = {"email": "m@example.com", "password": "secret", "next": "/kunden"}
    asked = await shop.post("/anmelden", form)
    assert asked.status_code == 409
    assert 'value="seidel"' in asked.text
    assert "Optik Seidel" in asked.text
    assert 'value="secret"' not in asked.text

    state = session_state(shop.merchant_id, "fresh-cookie")
    shop.owners.answers["POST", "/v1/sessions/password"] = {"token": "fresh-cookie", "session": state}
    assert (await shop.post("/anmelden", form | {"merchant": "seidel"})).headers["location"] == "/kunden"
    assert shop.owners.calls[-1][2]["slug"] == "seidel"


@pytest.mark.parametrize(
    "way", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_logging_in_never_leads_to_another_site(way: str) -> None:
    assert next_page("", way) == "/"


async def test_a_revoked_session_is_out_when_the_push_is_answered(shop: Shop) -> None:
    state = session_state(shop.merchant_id, shop.cookie, version=2, revoked=True)
    await tell_sessions(shop, state)
    assert (await shop.client.get("/")).status_code == 303


async def test_an_older_push_does_not_bring_a_session_back(shop: Shop) -> None:
    await tell_sessions(shop, session_state(shop.merchant_id, shop.cookie, version=3, revoked=True))
    await tell_sessions(shop, session_state(shop.merchant_id, shop.cookie, version=2))
    assert (await shop.client.get("/")).status_code == 303


async def test_of_two_states_of_a_session_in_one_push_the_newer_counts(shop: Shop) -> None:
    old, new = (session_state(shop.merchant_id, shop.cookie, version=2, revoked=gone) for gone in (False, True))
    await tell_sessions(shop, old, new | {"version": 3}, old)
    assert (await shop.client.get("/")).status_code == 303


async def test_an_expired_session_opens_nothing(shop: Shop) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    await tell_sessions(shop, session_state(shop.merchant_id, shop.cookie, version=2, expires_at=past))
    assert (await shop.client.get("/")).status_code == 303


async def test_a_portal_session_opens_nothing_here(shop: Shop) -> None:
    await tell_sessions(shop, session_state(shop.merchant_id, "portal", kind="portal"))
    assert (await shop.client.get("/", headers={"cookie": cookies("portal")})).status_code == 303


async def test_without_identitys_heartbeat_nothing_private_is_served(shop: Shop) -> None:
    await shop.app.state.edge.views.pool.execute(
        "UPDATE identity_heartbeat SET heard_at = now() - interval '6 minutes'"
    )
    page = await shop.page("/dokumente", 503)
    assert "Das geht gerade nicht" in page
    header = shop.owners.signer.token("admin", "service", kind="service")
    assert (await shop.client.post("/internal/heartbeat", headers=header)).status_code == 204
    assert (await shop.client.get("/dokumente")).status_code == 200


@pytest.mark.parametrize("right", ["merchant:edit", "documents:read"])
async def test_only_services_may_tell_about_sessions(shop: Shop, right: str) -> None:
    header = shop.owners.signer.token("admin", right)
    answer = await shop.client.put("/internal/sessions", json={"sessions": []}, headers=header)
    assert answer.status_code == 403
    assert (await shop.client.put("/internal/sessions", json={"sessions": []})).status_code == 401


async def test_logging_out_ends_the_session_here_even_while_identity_is_away(shop: Shop) -> None:
    shop.owners.down = True
    answer = await shop.post("/abmelden")
    assert answer.headers["location"] == "/anmelden"
    assert (await shop.client.get("/")).status_code == 303


async def test_a_forgotten_password_gets_the_same_answer_for_every_address(shop: Shop) -> None:
    shop.owners.answers["POST", "/v1/password-resets"] = JSONResponse({}, 202)
    known = await shop.post("/passwort-vergessen", {"email": "known@example.com"})
    unknown = await shop.post("/passwort-vergessen", {"email": "unknown@example.com"})
    assert known.text == unknown.text
    assert known.status_code == 200


async def test_an_old_reset_link_offers_a_new_one(shop: Shop) -> None:
    shop.owners.refuse("POST", "/v1/password-resets/complete", 410, code="reset_expired")
    form = {"password": "correct horse battery", "again": "correct horse battery"}
    answer = await shop.post(f"/passwort/{uuid4()}", form)
    assert answer.status_code == 410
    assert "Neuen anfordern" in answer.text


async def test_head_of_a_reset_link_answers_like_get(shop: Shop) -> None:
    shop.owners.answers["POST", "/v1/password-resets/inspect"] = JSONResponse({})
    look, head = [await shop.client.request(method, "/passwort/token") for method in ("GET", "HEAD")]
    assert (head.status_code, head.content) == (look.status_code, b"") == (200, b"")
    shop.owners.refuse("POST", "/v1/password-resets/inspect", 404, code="link_unknown")
    look, head = [await shop.client.request(method, "/passwort/token") for method in ("GET", "HEAD")]
    assert "Neuen anfordern" in look.text
    assert (head.status_code, look.status_code) == (410, 410)


async def test_a_form_of_another_site_changes_nothing(shop: Shop) -> None:
    answer = await shop.client.post("/kunden/neu", data={"csrf": token()}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert shop.owners.calls == []
