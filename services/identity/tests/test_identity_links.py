"""Secret links, fresh links, mailed codes, password resets."""

from typing import Any
from uuid import uuid4

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_document_link_opens_that_document_and_no_account(stage: Any, shop: Any) -> None:
    customer, document = await shop.customer(), uuid4()
    token = await shop.mail_link(customer["id"], document)
    answer = (await stage.open_link(token)).json()

    assert answer["document_id"] == str(document)
    session = answer["session"]
    assert (session["kind"], session["document_id"]) == ("link", str(document))
    assert session["customers"] == [customer["id"]]
    assert session["rights"] == [
        "documents:accept",
        "documents:comment",
        "documents:pay",
        "documents:read",
        "meters:enter",
    ]
    minted = (await stage.mint("gateway", "payments", "documents:pay", session_hash=session["hash"])).json()
    assert minted["principal"]["document"] == str(document)
    assert not await stage.may(answer, "account")


async def test_a_customers_link_opens_the_customers_portal(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    answer = (await stage.open_link(await shop.mail_link(customer["id"]))).json()

    assert (answer["document_id"], answer["session"]["customers"]) == (None, [customer["id"]])


async def test_opening_does_not_consume_the_link_and_is_told_once(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    token = await shop.mail_link(customer["id"], uuid4())
    answers = [await stage.open_link(token) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    (used,) = await stage.events("identity.link.used.v1")
    assert used.link.last_used_at.seconds > 0


async def test_no_secret_is_stored_or_told(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    token = await shop.mail_link(customer["id"], uuid4())
    mac = token.rpartition(".")[2]

    rows = str([dict(row) for row in await stage.database.fetch("SELECT * FROM link")])
    events = str(await stage.events()) + str(await stage.database.fetch("SELECT payload FROM outbox"))
    assert mac not in rows + events


async def test_the_same_link_is_mailed_and_copied_again(shop: Any) -> None:
    customer, document = await shop.customer(), uuid4()
    first, second = await shop.mail_link(customer["id"], document), await shop.mail_link(customer["id"], document)
    path = f"/v1/customers/{customer['id']}/documents/{document}/link"

    copied = (await shop.call("GET", path)).json()
    assert first == second
    assert copied["url"] == f"https://portal.test/l/{first}"
    assert copied["reason"] is None


async def test_a_renewed_link_makes_the_old_one_worthless_at_once(stage: Any, shop: Any) -> None:
    customer, document = await shop.customer(email="post@kundin.test"), uuid4()
    old = await shop.mail_link(customer["id"], document)
    opened = (await stage.open_link(old)).json()
    path = f"/v1/customers/{customer['id']}/documents/{document}/link/renew"
    renewed = (await shop.call("POST", path)).json()

    assert renewed["pushed"] is True
    assert not await stage.may(opened)
    assert stage.gateway.state(opened)["revoked"] is True
    refused = await stage.open_link(old)
    assert (refused.status_code, refused.json()["code"]) == (410, "link_expired")
    assert (refused.json()["slug"], refused.json()["can_request_new"]) == ("muster", True)
    assert (await stage.open_link(renewed["url"].rpartition("/")[2])).status_code == 200


async def test_a_revoked_link_is_dead_for_everybody_until_renewed(stage: Any, shop: Any) -> None:
    customer, document = await shop.customer(), uuid4()
    contact = await shop.contact(customer["id"])
    personal = await shop.mail_link(customer["id"], document, contact)
    own = await shop.mail_link(customer["id"], document)
    opened = (await stage.open_link(personal)).json()
    path = f"/v1/customers/{customer['id']}/documents/{document}/link"
    revoked = (await shop.call("POST", f"{path}/revoke")).json()

    assert (revoked["url"], revoked["reason"]) == (None, "revoked")
    assert not await stage.may(opened)
    for token in (personal, own):
        refused = await stage.open_link(token)
        assert (refused.status_code, refused.json()["can_request_new"]) == (410, False)
    body = {"merchant_id": str(shop.id), "customer_id": customer["id"], "document_id": str(document)}
    mail = await stage.as_service("POST", "/v1/document-links", json=body)
    assert (mail.status_code, mail.json()["code"]) == (409, "link_revoked")
    assert (await shop.call("POST", f"{path}/renew")).json()["url"]
    assert (await stage.as_service("POST", "/v1/document-links", json=body)).status_code == 200


async def test_a_persons_link_dies_with_the_persons_access(stage: Any, shop: Any) -> None:
    customer, document = await shop.customer(), uuid4()
    contact = await shop.contact(customer["id"])
    token = await shop.mail_link(customer["id"], document, contact)
    opened = (await stage.open_link(token)).json()
    await shop.call("POST", f"/v1/customers/{customer['id']}/contacts/{contact}/revoke")

    assert not await stage.may(opened)
    assert (await stage.open_link(token)).status_code == 410


async def test_a_corrected_address_makes_what_went_to_the_old_one_worthless(stage: Any, shop: Any) -> None:
    customer, document = await shop.customer(), uuid4()
    contact = await shop.contact(customer["id"])
    old = await shop.mail_link(customer["id"], document, contact)
    invitation = await shop.invite(customer["id"], contact)
    path = f"/v1/customers/{customer['id']}/contacts/{contact}"
    await shop.call("PATCH", path, json={"email": "richtig@kundin.test"})

    assert (await stage.open_link(old)).status_code == 410
    inspected = await stage.as_edge("POST", "/v1/invitations/inspect", json={"token": invitation})
    assert inspected.status_code == 410
    assert (await stage.open_link(await shop.mail_link(customer["id"], document, contact))).status_code == 200


async def test_why_there_is_no_link_is_said(shop: Any) -> None:
    customer = await shop.customer(portal_access="off")
    path = f"/v1/customers/{customer['id']}/link"
    assert (await shop.call("GET", path)).json()["reason"] == "customer_off"

    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"portal_enabled": False})
    assert (await shop.call("GET", path)).json()["reason"] == "portal_off"


async def test_no_link_is_mailed_where_it_would_lead_nowhere(stage: Any, shop: Any) -> None:
    customer = await shop.customer(portal_access="off")
    body = {"merchant_id": str(shop.id), "customer_id": customer["id"], "document_id": str(uuid4())}
    refused = await stage.as_service("POST", "/v1/document-links", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_off")
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"portal_enabled": False})
    refused = await stage.as_service("POST", "/v1/document-links", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "portal_off")


async def test_looking_at_a_link_tells_whether_it_opens_and_whose_it_was(stage: Any, shop: Any) -> None:
    customer, document = await shop.customer(email="post@kundin.test"), uuid4()
    old = await shop.mail_link(customer["id"], document)
    look = {"json": {"token": old}}
    assert (await stage.as_edge("POST", "/v1/links/inspect", **look)).json()["slug"] == "muster"
    await shop.call("POST", f"/v1/customers/{customer['id']}/documents/{document}/link/renew")
    over = await stage.as_edge("POST", "/v1/links/inspect", **look)
    assert (over.status_code, over.json()["slug"], over.json()["can_request_new"]) == (410, "muster", True)
    fresh = {"json": {"token": await shop.mail_link(customer["id"], document)}}
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"portal_enabled": False})
    for path in ("/v1/links/inspect", "/v1/sessions/link"):
        closed = await stage.as_edge("POST", path, **fresh)
        assert (closed.status_code, closed.json()["slug"]) == (403, "muster")


@pytest.mark.parametrize("end", [".", ">", ")", ">.", "),", "”", "\u00a0", "…"])
async def test_what_stands_around_an_address_is_no_part_of_it(stage: Any, shop: Any, end: str) -> None:
    token = await shop.mail_link((await shop.customer())["id"], uuid4())
    assert (await stage.open_link(token + end)).status_code == 200
    assert (await stage.open_link(token + "A")).status_code == 404


@pytest.mark.parametrize(
    "token", ["", "x", "development.AAAA.BBBB", "a.b.c.d", "development." + "A" * 22 + "." + "B" * 27]
)
async def test_a_made_up_link_is_unknown(stage: Any, token: str) -> None:
    answer = await stage.open_link(token)

    assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")


async def test_an_expired_link_is_replaced_by_mail_to_whom_it_belonged(stage: Any, shop: Any, days_ago: Any) -> None:
    customer, document = await shop.customer(), uuid4()
    contact = await shop.contact(customer["id"])
    with days_ago(10_000):
        old = await shop.mail_link(customer["id"], document, contact)
    assert (await stage.open_link(old)).json()["can_request_new"] is True

    asked = await stage.as_edge("POST", "/v1/links/request-new", json={"token": old})
    assert (asked.status_code, asked.json()) == (202, {})
    (issued,) = await stage.events("identity.challenge.issued.v1")
    assert (issued.challenge.kind, issued.challenge.email) == ("document_link", "anna@kundin.test")
    assert issued.challenge.document_id == str(document)
    fresh = (await stage.secret(issued.challenge.id))["url"].rpartition("/")[2]
    assert fresh != old
    assert (await stage.open_link(fresh)).status_code == 200
    assert (await stage.open_link(old)).status_code == 410


async def test_asking_for_a_fresh_link_says_nothing_about_unknown_or_revoked_ones(stage: Any, shop: Any) -> None:
    customer = await shop.customer(email="post@kundin.test")
    token = await shop.mail_link(customer["id"])
    await shop.call("POST", f"/v1/customers/{customer['id']}/link/revoke")
    for unknown in (token, "development.AAAA.BBBB", "?"):
        asked = await stage.as_edge("POST", "/v1/links/request-new", json={"token": unknown})
        assert (asked.status_code, asked.json()) == (202, {})

    assert await stage.events("identity.challenge.issued.v1") == []


async def test_a_mailed_code_opens_all_documents_of_the_customer(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    contact = await shop.contact(customer["id"])
    link = (await stage.open_link(await shop.mail_link(customer["id"], uuid4(), contact))).json()
    start = {"session_hash": link["session"]["hash"]}
    challenge = (await stage.as_edge("POST", "/v1/sessions/code/start", json=start)).json()["challenge_id"]
    (issued,) = await stage.events("identity.challenge.issued.v1")
    assert (issued.challenge.id, issued.challenge.email) == (challenge, "anna@kundin.test")

    code = (await stage.secret(challenge))["code"]
    body = {"challenge_id": challenge, "code": f"{code[:4]} {code[4:]}"}
    login = (await stage.as_edge("POST", "/v1/sessions/code", json=body)).json()
    session = login["session"]
    assert (session["kind"], session["document_id"], session["customers"]) == ("portal", None, [customer["id"]])
    assert session["rights"] == [
        "documents:accept",
        "documents:comment",
        "documents:pay",
        "documents:read",
        "meters:enter",
    ]
    again = await stage.as_edge("POST", "/v1/sessions/code", json=body)
    assert (again.status_code, again.json()["code"]) == (401, "wrong_code")
    await shop.call("POST", f"/v1/customers/{customer['id']}/contacts/{contact}/revoke")
    assert not await stage.may(login)
    assert stage.gateway.state(login)["revoked"] is True


async def test_a_code_can_be_asked_for_by_address_and_nobody_learns_who_is_known(stage: Any, shop: Any) -> None:
    customer = await shop.customer(email="post@kundin.test")
    known, unknown = [
        await stage.as_edge("POST", "/v1/sessions/code/start", json={"slug": "muster", "email": email})
        for email in ("post@kundin.test", "nobody@kundin.test")
    ]
    assert known.status_code == unknown.status_code == 202
    assert known.json().keys() == unknown.json().keys()
    assert len(await stage.events("identity.challenge.issued.v1")) == 1

    code = (await stage.secret(known.json()["challenge_id"]))["code"]
    body = {"challenge_id": unknown.json()["challenge_id"], "code": code}
    assert (await stage.as_edge("POST", "/v1/sessions/code", json=body)).json()["code"] == "wrong_code"
    body = {"challenge_id": known.json()["challenge_id"], "code": code}
    login = (await stage.as_edge("POST", "/v1/sessions/code", json=body)).json()
    assert login["session"]["customers"] == [customer["id"]]


async def test_after_five_wrong_codes_the_right_one_is_worthless(stage: Any, shop: Any) -> None:
    await shop.customer(email="post@kundin.test")
    start = {"slug": "muster", "email": "post@kundin.test"}
    challenge = (await stage.as_edge("POST", "/v1/sessions/code/start", json=start)).json()["challenge_id"]
    code = (await stage.secret(challenge))["code"]
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        await stage.as_edge("POST", "/v1/sessions/code", json={"challenge_id": challenge, "code": wrong})

    answer = await stage.as_edge("POST", "/v1/sessions/code", json={"challenge_id": challenge, "code": code})
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_code")


async def test_a_password_is_reset_by_mail_and_ends_older_sessions(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    wanted = {"slug": "muster", "email": "Anna@kundin.test", "kind": "portal"}
    asked = await stage.as_edge("POST", "/v1/password-resets", json=wanted)
    unknown = await stage.as_edge("POST", "/v1/password-resets", json=wanted | {"email": "nobody@kundin.test"})
    assert (asked.status_code, asked.json()) == (unknown.status_code, unknown.json()) == (202, {})
    (issued,) = await stage.events("identity.challenge.issued.v1")
    url = (await stage.secret(issued.challenge.id))["url"]
    assert url.startswith("https://portal.test/passwort/")

    token = {"token": url.rpartition("/")[2]}
    assert (await stage.as_edge("POST", "/v1/password-resets/inspect", json=token)).status_code == 200
    body = token | {"password": "Frühling im Garten"}
    fresh = (await stage.as_edge("POST", "/v1/password-resets/complete", json=body)).json()
    assert await stage.may(fresh)
    assert not await stage.may(login)
    assert stage.gateway.state(login)["revoked"] is True
    for path, given in (("inspect", token), ("complete", body)):
        again = await stage.as_edge("POST", f"/v1/password-resets/{path}", json=given)
        assert (again.status_code, again.json()["code"]) == (410, "link_expired")
    assert (await stage.login_portal("muster", "anna@kundin.test", "Frühling im Garten")).status_code == 200


async def test_a_merchant_can_switch_resets_off(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"password_reset_enabled": False})
    wanted = {"slug": "muster", "email": "anna@kundin.test", "kind": "portal"}

    assert (await stage.as_edge("POST", "/v1/password-resets", json=wanted)).status_code == 202
    assert await stage.events("identity.challenge.issued.v1") == []


async def test_resets_are_limited_alike_for_known_and_unknown_addresses(stage: Any, shop: Any) -> None:
    await shop.portal_login()
    for email in ("anna@kundin.test", "nobody@kundin.test"):
        wanted = {"slug": "muster", "email": email, "kind": "portal"}
        statuses = [(await stage.as_edge("POST", "/v1/password-resets", json=wanted)).status_code for _ in range(4)]
        assert statuses == [202, 202, 202, 429]
