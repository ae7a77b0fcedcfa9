"""Getting in and out: links, log-in, codes, invitations; what a foreign page cannot do."""

from typing import Any

import pytest


async def started(portal: Any, merchant: str, *customers: str, token: str = "fresh", **more: Any) -> dict[str, Any]:
    session = portal.session(token, "brunner", merchant, list(customers), **more)
    return {"token": token, "session": session, "document_id": session["document_id"]}


async def test_looking_at_the_link_page_uses_nothing_up(portal: Any) -> None:
    await portal.merchant("brunner")
    portal.owners.answer("POST", "/v1/links/inspect", {"slug": "brunner", "document_id": None})
    page = await portal.page("/l/development.abc.def")
    assert page.status_code == 200
    assert "data-autosubmit" in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert {path for _, path, *_ in portal.owners.asked} <= {"/v1/links/inspect"}


async def test_the_button_opens_the_document_and_no_later_address_has_the_token(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer)
    answer = await started(portal, merchant, customer, kind="link", document_id=document)
    portal.owners.answer("POST", "/v1/sessions/link", answer)
    opened = await portal.post("/l/secret-token", {})
    assert opened.headers["location"] == f"/brunner/dokumente/{document}"
    assert "secret-token" not in opened.headers["location"]
    cookie = opened.headers["set-cookie"]
    assert cookie.startswith("__Host-kontor-brunner=fresh")
    for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert attribute in cookie
    page = await portal.page(opened.headers["location"], {"cookie": "__Host-kontor-brunner=fresh"})
    assert page.status_code == 200


async def test_who_is_logged_in_keeps_the_wider_session(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer)
    cookie = await portal.login("brunner", merchant, customer)
    portal.owners.answer(
        "POST", "/v1/sessions/link", await started(portal, merchant, customer, kind="link", document_id=document)
    )
    portal.owners.answer("POST", "/v1/sessions/end", {})
    opened = await portal.post("/l/secret-token", cookie)
    assert opened.headers["location"] == f"/brunner/dokumente/{document}"
    assert "set-cookie" not in opened.headers
    assert len(portal.owners.asked_of("/v1/sessions/end")) == 1


async def test_an_expired_link_offers_a_new_one_by_mail(portal: Any) -> None:
    gone = {"code": "link_expired", "status": 410, "detail": "over", "slug": "brunner", "can_request_new": True}
    portal.owners.answer("POST", "/v1/sessions/link", gone, 410)
    page = await portal.post("/l/old", {})
    assert page.status_code == 410
    assert 'action="/l/old/neu"' in page.text
    portal.owners.answer("POST", "/v1/links/request-new", {}, 202)
    asked = await portal.post("/l/old/neu", {})
    assert asked.status_code == 200
    assert portal.owners.asked_of("/v1/links/request-new") == [{"token": "old"}]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("status", "more", "words"),
    [
        (410, {"can_request_new": True}, ["Dieser Link gilt nicht mehr", 'action="/l/old/neu"', "/brunner/anmelden"]),
        (410, {"can_request_new": False}, ["Dieser Link gilt nicht mehr", "/brunner/anmelden"]),
        (403, {}, ["Dieses Portal steht Ihnen zurzeit nicht zur Verfügung."]),
    ],
)
async def test_a_link_that_opens_nothing_names_the_merchant_and_the_way_on(
    portal: Any, method: str, status: int, more: dict[str, Any], words: list[str]
) -> None:
    await portal.merchant("brunner", portal_enabled=status != 403)
    refused = {"code": "link_expired", "detail": "over", "slug": "brunner"} | more
    for path in ("/v1/links/inspect", "/v1/sessions/link"):
        portal.owners.answer("POST", path, refused, status)
    page = await (portal.page("/l/old") if method == "GET" else portal.post("/l/old", {}))
    assert page.status_code == status
    for word in (*words, "Firma brunner", "mailto:hallo@brunner.example", "tel:+49 821 123"):
        assert word in page.text, word


async def test_used_invitations_and_resets_name_the_merchant_and_the_way_on(portal: Any) -> None:
    await portal.merchant("brunner")
    refused = {"code": "link_expired", "detail": "over", "slug": "brunner"}
    for path in ("/v1/invitations/inspect", "/v1/password-resets/inspect", "/v1/password-resets/complete"):
        portal.owners.answer("POST", path, refused, 410)
    invitation = await portal.page("/einladung/old")
    reset = await portal.post("/passwort/old", {}, password="zehn zeichen", again="zehn zeichen")
    opened = await portal.page("/passwort/old")
    again = "/brunner/passwort-vergessen"
    for page, way in ((invitation, "/brunner/anmelden"), (opened, again), (reset, again)):
        assert page.status_code == 410
        for word in ("Firma brunner", "mailto:hallo@brunner.example", f'href="{way}"'):
            assert word in page.text, word


async def test_an_invitation_to_a_portal_that_is_off_says_so_and_whom_to_ask(portal: Any) -> None:
    await portal.merchant("brunner", portal_enabled=False)
    portal.owners.answer("POST", "/v1/invitations/inspect", {"code": "not_allowed", "slug": "brunner"}, 403)
    page = await portal.page("/einladung/token")
    assert page.status_code == 403
    for word in ("Dieses Portal steht Ihnen zurzeit nicht zur Verfügung.", "mailto:hallo@brunner.example"):
        assert word in page.text
    assert "Passwort" not in page.text


async def test_head_of_a_link_answers_like_get(portal: Any) -> None:
    await portal.merchant("brunner")
    portal.owners.answer("POST", "/v1/links/inspect", {"slug": "brunner", "document_id": None})
    portal.owners.answer("POST", "/v1/password-resets/inspect", {})
    for path in ("/l/some.token", "/passwort/token"):
        look, head = await portal.page(path), await portal.page(path, method="HEAD")
        assert (head.status_code, head.content) == (look.status_code, b"")
        assert head.headers["content-length"] == look.headers["content-length"]
        assert head.headers["content-type"] == look.headers["content-type"]
    portal.owners.answer("POST", "/v1/links/inspect", {"code": "link_unknown", "detail": "no"}, 404)
    assert (await portal.page("/l/some.token", method="HEAD")).status_code == 404


async def test_an_unknown_link_says_so(portal: Any) -> None:
    page = await portal.post("/l/never", {})
    assert page.status_code == 404
    assert "Diesen Link kennen wir nicht" in page.text


async def test_a_document_is_read_when_its_page_says_so_and_not_when_it_is_loaded(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer)
    cookie = await portal.login("brunner", merchant, customer)
    path = f"/v1/documents/{document}/opened"
    portal.owners.answer("POST", path, {})
    page = await portal.page(f"/brunner/dokumente/{document}", cookie)
    assert portal.owners.asked_of(path) == []
    assert f'action="/brunner/dokumente/{document}/gelesen" data-part="seen" data-seen hidden' in page.text
    assert (await portal.post(f"/brunner/dokumente/{document}/gelesen", cookie)).status_code == 204
    assert len(portal.owners.asked_of(path)) == 1


async def test_log_in_sets_the_cookie_and_goes_where_one_wanted(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    asked = await portal.page("/brunner/dokumente?type=invoice")
    assert asked.headers["location"] == "/brunner/anmelden?next=/brunner/dokumente%3Ftype%3Dinvoice"
    portal.owners.answer("POST", "/v1/sessions/password", await started(portal, merchant, customer))
    login = {"email": "anna@seidel.example", "password": "geheim", "next": "/brunner/dokumente?type=invoice"}
    answer = await portal.post("/brunner/anmelden", {}, **login)
    assert answer.headers["location"] == "/brunner/dokumente?type=invoice"
    said = portal.owners.asked_of("/v1/sessions/password")[0]
    assert (said["slug"], said["kind"], said["ip"]) == ("brunner", "portal", "127.0.0.1")


async def test_the_browser_is_known_to_the_account_that_logged_in_with_it(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    answer = await started(portal, merchant, await portal.customer(merchant)) | {"device": "known"}
    portal.owners.answer("POST", "/v1/sessions/password", answer)
    logged_in = await portal.post("/brunner/anmelden", {}, email="anna@seidel.example", password="geheim")
    (cookie,) = [c for c in logged_in.headers.get_list("set-cookie") if c.startswith("__Host-kontor-device.brunner=")]
    for attribute in ("known;", "HttpOnly", "Secure", "SameSite=lax", "Max-Age=31536000"):
        assert attribute in cookie
    device = {"cookie": "__Host-kontor-device.brunner=known"}
    await portal.post("/brunner/anmelden", device, email="anna@seidel.example", password="geheim")
    assert [asked["device"] for asked in portal.owners.asked_of("/v1/sessions/password")] == ["", "known"]


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("/brunner/anmelden", "/v1/sessions/password"),
        ("/brunner/code", "/v1/sessions/code/start"),
        ("/passwort/old", "/v1/password-resets/complete"),
        ("/l/old", "/v1/sessions/link"),
    ],
)
async def test_a_page_after_too_many_attempts_says_when_to_come_again(portal: Any, page: str, asked: str) -> None:
    await portal.merchant("brunner")
    portal.owners.answer("POST", asked, {"code": "too_many_requests", "detail": "too many"}, 429)
    fields = {"email": "a@b.example", "password": "zehn zeichen", "again": "zehn zeichen"}
    answer = await portal.post(page, {"accept": "text/html"}, **fields)
    assert (answer.status_code, answer.headers["content-type"]) == (429, "text/html; charset=utf-8")
    assert answer.headers["retry-after"] == "300"


@pytest.mark.parametrize("there", ["//evil.example", "https://evil.example", "/maier/dokumente", "/brunner\\@evil"])
async def test_log_in_leads_nowhere_else(portal: Any, there: str) -> None:
    merchant = await portal.merchant("brunner")
    portal.owners.answer("POST", "/v1/sessions/password", await started(portal, merchant))
    answer = await portal.post("/brunner/anmelden", {}, email="a@b.example", password="x", next=there)
    assert answer.headers["location"] == "/brunner"


async def test_a_wrong_password_says_so_and_keeps_the_address(portal: Any) -> None:
    await portal.merchant("brunner")
    refused = {"code": "invalid_credentials", "detail": "wrong"}
    portal.owners.answer("POST", "/v1/sessions/password", refused, 401)
    page = await portal.post("/brunner/anmelden", {}, email="a@b.example", password="x")
    assert page.status_code == 401
    assert "E-Mail-Adresse oder Passwort ist falsch." in page.text
    assert 'value="a@b.example"' in page.text


async def test_log_out_ends_the_session_at_identity(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant))
    portal.owners.answer("POST", "/v1/sessions/end", {})
    answer = await portal.post("/brunner/abmelden", cookie)
    assert answer.headers["location"] == "/brunner/anmelden"
    assert len(portal.owners.asked_of("/v1/sessions/end")) == 1


async def test_log_out_everywhere_ends_all_at_identity_and_leads_to_the_log_in(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant), rights=["account"])
    portal.owners.answer("GET", "/v1/sessions", {"sessions": []})
    assert "Überall abmelden" in (await portal.page("/brunner/konto", cookie)).text
    portal.owners.answer("POST", "/v1/account/log-out-everywhere", {"pushed": True})
    answer = await portal.post("/brunner/konto/ueberall-abmelden", cookie)
    assert answer.headers["location"] == "/brunner/anmelden"
    assert any(part.startswith('__Host-kontor-brunner=""') for part in answer.headers.get_list("set-cookie"))
    assert len(portal.owners.asked_of("/v1/account/log-out-everywhere")) == 1


async def test_a_mailed_code_opens_all_documents(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer)
    cookie = await portal.login("brunner", merchant, customer, kind="link", document_id=document)
    challenge = "01900000-0000-7000-8000-0000000000c1"
    portal.owners.answer("POST", "/v1/sessions/code/start", {"challenge_id": challenge}, 202)
    sent = await portal.post("/brunner/code", cookie)
    assert challenge in sent.text
    assert "session_hash" in portal.owners.asked_of("/v1/sessions/code/start")[0]
    portal.owners.answer("POST", "/v1/sessions/code", {"code": "wrong_code", "detail": "no"}, 401)
    wrong = await portal.post("/brunner/code/pruefen", cookie, code="1", challenge=challenge)
    assert wrong.status_code == 422
    portal.owners.answer("POST", "/v1/sessions/code", await started(portal, merchant, customer))
    right = await portal.post("/brunner/code/pruefen", cookie, code="12 34", challenge=challenge)
    assert right.headers["location"] == "/brunner/dokumente"


async def test_an_invitation_makes_an_account(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    invitation = {
        "slug": "brunner",
        "merchant_name": "Brunner",
        "email": "a@b.example",
        "name": "Anna",
    }
    portal.owners.answer("POST", "/v1/invitations/inspect", invitation)
    assert "Willkommen, Anna" in (await portal.page("/einladung/tok")).text
    different = await portal.post("/einladung/tok", {}, password="zehn zeichen", again="andere zeichen")
    assert different.status_code == 422
    assert "Die beiden Passwörter stimmen nicht überein." in different.text
    portal.owners.answer("POST", "/v1/invitations/accept", await started(portal, merchant))
    accepted = await portal.post("/einladung/tok", {}, password="zehn zeichen", again="zehn zeichen")
    assert accepted.headers["location"] == "/brunner"


async def test_who_has_a_log_in_adds_the_access_with_its_password(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    invitation = {
        "slug": "brunner", "merchant_name": "Brunner", "email": "a@b.example", "name": "Anna",
        "has_account": True,
    }  # fmt: skip
    portal.owners.answer("POST", "/v1/invitations/inspect", invitation)
    page = (await portal.page("/einladung/tok")).text
    assert "Sie haben hier schon einen Zugang" in page
    assert 'name="again"' not in page
    refused = {"code": "invalid_credentials", "detail": "wrong", "field": "password"}
    portal.owners.answer("POST", "/v1/invitations/accept", refused, 401)
    wrong = await portal.post("/einladung/tok", {}, password="falsch", known="1")
    assert wrong.status_code == 401
    assert "Das ist nicht das Passwort Ihres Zugangs." in wrong.text
    portal.owners.answer("POST", "/v1/invitations/accept", await started(portal, merchant))
    accepted = await portal.post("/einladung/tok", {}, password="zehn zeichen", known="1")
    assert accepted.headers["location"] == "/brunner"
    assert portal.owners.asked_of("/v1/invitations/accept")[-1]["forgotten"] is False


async def test_who_has_forgotten_the_password_chooses_another_one_by_the_invitation(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    invitation = {
        "slug": "brunner", "merchant_name": "Brunner", "email": "a@b.example", "name": "",
        "has_account": True,
    }  # fmt: skip
    portal.owners.answer("POST", "/v1/invitations/inspect", invitation)
    assert 'href="/einladung/tok?vergessen=1"' in (await portal.page("/einladung/tok")).text
    assert 'name="again"' in (await portal.page("/einladung/tok?vergessen=1")).text
    portal.owners.answer("POST", "/v1/invitations/accept", await started(portal, merchant))
    fields = {"password": "zehn zeichen", "again": "zehn zeichen", "forgotten": "1"}
    await portal.post("/einladung/tok?vergessen=1", {}, **fields)
    assert portal.owners.asked_of("/v1/invitations/accept")[-1]["forgotten"] is True


async def test_a_form_from_elsewhere_is_refused(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant))
    foreign = await portal.page("/brunner/abmelden", cookie, method="POST", headers={"sec-fetch-site": "cross-site"})
    assert foreign.status_code == 403
    without_token = await portal.page("/brunner/abmelden", cookie, method="POST")
    assert without_token.status_code == 403
    assert portal.owners.asked_of("/v1/sessions/end") == []


async def test_pages_allow_no_foreign_script_and_are_not_kept(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant))
    headers = (await portal.page("/brunner", cookie)).headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


async def test_an_unknown_portal_is_a_page_that_is_not_there(portal: Any) -> None:
    assert (await portal.page("/niemand/anmelden")).status_code == 404
    assert (await portal.page("/niemand")).headers["location"].startswith("/niemand/anmelden")


async def test_a_session_without_an_account_has_a_language_switch_and_a_way_to_a_log_in(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer)
    rights = ["documents:read"]
    cookie = await portal.login("brunner", merchant, kind="link", document_id=document, rights=rights)
    here = f"/brunner/dokumente/{document}"
    page = await portal.page(here, cookie)
    assert 'href="?language=en"' in page.text
    assert ">Übersicht</a>" not in page.text.split("<main")[0]
    english = await portal.page(here + "?language=en", cookie)
    assert 'lang="en"' in english.text
    assert "__Host-kontor-language=en" in english.headers["set-cookie"]
    kept = {"cookie": cookie["cookie"] + "; __Host-kontor-language=en"}
    assert 'lang="en"' in (await portal.page(here, kept)).text
    account = await portal.page("/brunner/konto", cookie)
    assert 'href="/brunner/anmelden"' in account.text
    assert 'href="/brunner/code"' in account.text


async def test_an_accounts_own_language_stays_whatever_the_browser_chose(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant))
    page = await portal.page("/brunner?language=en", cookie)
    assert 'lang="de"' in page.text
    assert "language=en" not in page.text
