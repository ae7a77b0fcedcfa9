"""Secret links to resources of other owners: a meter's sticker, an invitation to read meters."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from kontor_identity import capability_links
from kontor_identity.keys.derived import Purpose, SecretKeys
from kontor_identity.limits import Limit
from kontor_service.tokens import TokenVerifier

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/v1/capability-links"


def meter() -> str:
    return f"meters.meter:{uuid4()}"


async def links(shop: Any, *resources: str, path: str = PATH, right: str = "meters:edit", **body: Any) -> Any:
    return await shop.call("POST", path, right, json={"resources": resources} | body)


async def link(shop: Any, resource: str, **body: Any) -> str:
    """The token in the link, as the sticker carries it."""
    answer = await links(shop, resource, **body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["links"][0]["url"].rpartition("/")[2])


async def enter(stage: Any, token: str, audience: str = "meters", right: str = "meters:enter", **more: str) -> Any:
    return await stage.mint("gateway", audience, right, link=token, **more)


async def inspect(stage: Any, token: str, **more: str) -> Any:
    return await stage.as_edge("POST", "/v1/links/inspect", json={"token": token} | more)


async def test_a_resource_keeps_its_link_however_often_it_is_asked_for(shop: Any) -> None:
    one, other = meter(), f"meters.invitation:{uuid4()}"
    first = (await links(shop, one, other)).json()["links"]
    second = (await links(shop, other, one, one)).json()["links"]

    assert [made["resource"] for made in first] == [one, other]
    assert second == [first[1], first[0], first[0]]
    assert first[0]["url"].startswith("https://portal.test/z/")
    assert first[0]["url"] != first[1]["url"]


async def test_five_hundred_stickers_are_one_call_and_more_are_refused(shop: Any) -> None:
    made = (await links(shop, *[meter() for _ in range(500)])).json()["links"]
    refused = await links(shop, *[meter() for _ in range(501)])

    assert len({found["url"] for found in made}) == 500
    assert (refused.status_code, refused.json()["field"]) == (422, "resources")


async def test_no_secret_is_stored(stage: Any, shop: Any) -> None:
    token = await link(shop, meter())

    rows = str([dict(row) for row in await stage.database.fetch("SELECT * FROM capability_link")])
    assert token.rpartition(".")[2] not in rows


async def test_a_link_outlives_the_longest_time_a_meter_hangs(stage: Any, shop: Any) -> None:
    await link(shop, meter())

    years = await stage.database.fetchval("SELECT extract(year FROM age(expires_at, created_at)) FROM capability_link")
    assert years >= 20


async def test_looking_at_a_link_says_whose_it_is_and_to_which_resource(stage: Any, shop: Any) -> None:
    resource = meter()
    answer = await inspect(stage, await link(shop, resource))

    assert answer.json() == {"slug": "muster", "document_id": None, "resource": resource}


async def test_a_link_gets_a_token_for_its_resource_and_for_no_customer(stage: Any, shop: Any) -> None:
    resource = meter()
    answer = await enter(stage, await link(shop, resource), ip="203.0.113.7")

    verifier = TokenVerifier("meters", str(stage.http.base_url))
    principal = await verifier.verify(answer.json()["token"])
    await verifier.close()
    assert (principal.kind, principal.resource, principal.rights) == ("link", resource, {"meters:enter"})
    assert (principal.merchant_id, principal.customers, principal.session_id) == (shop.id, frozenset(), None)
    assert principal.for_customers


async def test_a_capability_link_never_opens_a_session(stage: Any, shop: Any) -> None:
    answer = await stage.open_link(await link(shop, meter()))

    assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")
    assert await stage.database.fetchval("SELECT count(*) FROM session WHERE kind <> 'staff'") == 0


async def test_a_link_to_a_document_gets_no_token(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    token = await shop.mail_link(customer["id"], uuid4())

    for audience, right in (("documents", "documents:read"), ("meters", "meters:enter")):
        answer = await enter(stage, token, audience, right)
        assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")


@pytest.mark.parametrize(
    ("audience", "right"),
    [
        ("meters", "meters:edit"),
        ("meters", "meters:read"),
        ("meters", "account"),
        ("documents", "meters:enter"),
        ("documents", "documents:read"),
        ("payments", "documents:pay"),
        ("nobody", "meters:enter"),
    ],
)
async def test_a_link_may_do_what_its_owners_contract_gives_to_links_and_no_more(
    stage: Any, shop: Any, audience: str, right: str
) -> None:
    answer = await enter(stage, await link(shop, meter()), audience, right)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_only_the_portals_edge_acts_for_links(stage: Any, shop: Any) -> None:
    answer = await stage.mint("admin", "meters", "meters:enter", link=await link(shop, meter()))

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_forged_links_are_unknown(stage: Any, shop: Any) -> None:
    genuine = await link(shop, meter())
    found = stage.deps.secrets.read(genuine)
    other = SecretKeys({stage.deps.secrets.current: "somebody else's secret"}, stage.deps.secrets.current)
    forged = [
        other.token(Purpose.CAPABILITY, found.id),
        stage.deps.secrets.token(Purpose.LINK, found.id),
        stage.deps.secrets.token(Purpose.CAPABILITY, found.id, 2),
        stage.deps.secrets.token(Purpose.CAPABILITY, uuid4()),
        "development.AAAA.BBBB", "", "?",
    ]  # fmt: skip

    for token in forged:
        for answer in (await enter(stage, token), await inspect(stage, token)):
            assert (answer.status_code, answer.json()["code"]) == (404, "link_unknown")


async def test_a_renewed_link_makes_the_old_one_worthless_at_once(stage: Any, shop: Any) -> None:
    resource = meter()
    old = await link(shop, resource)
    new = await link(shop, resource, renew=True)

    for answer in (await enter(stage, old), await inspect(stage, old)):
        assert (answer.status_code, answer.json()["code"], answer.json()["slug"]) == (410, "link_expired", "muster")
        assert resource not in answer.text
    assert (await enter(stage, new)).status_code == 200
    assert await link(shop, resource) == new


async def test_a_revoked_link_stays_closed_until_it_is_renewed(stage: Any, shop: Any) -> None:
    resource = meter()
    token = await link(shop, resource)
    revoked = (await links(shop, resource, path=f"{PATH}/revoke")).json()["links"]

    assert revoked == [{"resource": resource, "url": None, "reason": "revoked"}]
    assert (await links(shop, resource)).json()["links"] == revoked
    for answer in (await enter(stage, token), await inspect(stage, token)):
        assert (answer.status_code, answer.json()["code"]) == (410, "link_expired")
    fresh = await link(shop, resource, renew=True)
    assert fresh != token
    assert (await enter(stage, fresh)).status_code == 200


async def test_revoking_holds_where_no_link_was_made_so_far(shop: Any) -> None:
    resource = meter()
    await links(shop, resource, path=f"{PATH}/revoke")

    assert (await links(shop, resource)).json()["links"][0]["url"] is None


async def test_an_expired_link_opens_nothing_and_is_made_anew_when_asked_for(
    stage: Any, shop: Any, days_ago: Any
) -> None:
    resource = meter()
    with days_ago(10_000):
        old = await link(shop, resource)
    assert (await enter(stage, old)).status_code == 410

    new = await link(shop, resource)
    assert (await enter(stage, new)).status_code == 200
    assert (await enter(stage, old)).status_code == 410


async def test_another_merchants_link_to_the_same_name_is_a_link_of_its_own(stage: Any, shop: Any) -> None:
    resource, other = meter(), await stage.shop("anders")
    mine, theirs = await link(shop, resource), await link(other, resource)
    await links(other, resource, path=f"{PATH}/revoke")

    assert (await enter(stage, mine)).json()["principal"]["merchant"] == str(shop.id)
    assert (await enter(stage, theirs)).status_code == 410


async def test_a_link_does_nothing_while_the_portal_is_off(stage: Any, shop: Any) -> None:
    token = await link(shop, meter())
    await shop.call("PATCH", "/v1/merchant", "merchant:edit", json={"portal_enabled": False})

    for answer in (await enter(stage, token), await inspect(stage, token)):
        assert (answer.status_code, answer.json()["title"]) == (403, "The portal is switched off.")
        assert answer.json()["slug"] == "muster"


async def test_links_are_made_by_staff_who_may_edit_what_the_owner_has(shop: Any) -> None:
    answer = await links(shop, meter(), right="customers:edit")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("resource", ["documents.document", "payments.receivable", "identity.customer"])
async def test_staff_make_links_to_resources_of_that_owner_alone(shop: Any, resource: str) -> None:
    answer = await links(shop, meter(), f"{resource}:{uuid4()}")

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_a_mail_gets_the_link_and_other_services_do_not(stage: Any, shop: Any) -> None:
    resource = f"meters.invitation:{uuid4()}"
    mailed = await stage.as_service("POST", PATH, shop.id, json={"resources": [resource]})
    assert mailed.json()["links"][0]["url"].rpartition("/")[2] == await link(shop, resource)

    body = {"audience": "identity", "merchant_id": str(shop.id)}
    token = (await stage.as_edge("POST", "/v1/service-tokens", json=body)).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    refused = await stage.http.post(PATH, headers=headers, json={"resources": [resource]})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


@pytest.mark.parametrize(
    "resource",
    ["", "meters", "meters.meter", "meters.meter:1", f"nobody.meter:{UUID(int=1)}", f"meters.:{UUID(int=1)}"],
)
async def test_what_is_no_resource_is_refused_with_its_place(shop: Any, resource: str) -> None:
    answer = await links(shop, meter(), resource)

    assert (answer.status_code, answer.json()["field"]) == (422, "resources[1]")


async def test_a_link_is_limited_by_itself(stage: Any, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # None of the attempts comes back while the test runs, however slow the machine.
    monkeypatch.setattr(capability_links, "CAPABILITY_LINK", Limit("capability_link", burst=3, seconds=3600))
    token, other = await link(shop, meter()), await link(shop, meter())
    assert [(await enter(stage, token)).status_code for _ in range(3)] == [200, 200, 200]
    refused = await enter(stage, token)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
    assert (await enter(stage, other)).status_code == 200


async def test_guessing_is_limited_by_address(stage: Any, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # None of the attempts comes back while the test runs, however slow the machine.
    monkeypatch.setattr(capability_links, "LINK_BY_IP", Limit("link_ip", burst=3, seconds=3600))
    guesses = [await enter(stage, "development.AAAA.BBBB", ip="203.0.113.9") for _ in range(4)]
    assert [guess.status_code for guess in guesses] == [404, 404, 404, 429]

    genuine = await link(shop, meter())
    assert (await inspect(stage, genuine, ip="203.0.113.9")).status_code == 429
    assert (await enter(stage, genuine, ip="203.0.113.10")).status_code == 200
