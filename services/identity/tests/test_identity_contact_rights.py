"""What a contact person may do and see (B18): in tokens, and in what the edge is told."""

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def change(shop: Any, login: dict[str, Any], **rights: Any) -> None:
    path = f"/v1/customers/{login['customer_id']}/contacts/{login['contact_id']}"
    answer = await shop.call("PATCH", path, json=rights)
    assert answer.status_code == 200, answer.text


async def accepts_for(stage: Any, login: dict[str, Any]) -> list[str] | int:
    """The customers in a token for accepting, or the status of the refusal."""
    answer = await stage.mint("gateway", "documents", "documents:accept", session_hash=login["session"]["hash"])
    return answer.json()["principal"]["customers"] if answer.status_code == 200 else answer.status_code


async def test_whoever_may_no_longer_accept_gets_no_token_for_it(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()
    assert await accepts_for(stage, login) == [login["customer_id"]]

    await change(shop, login, may_accept=False)

    assert await accepts_for(stage, login) == 403
    assert await stage.may(login, "documents:read")
    told = stage.gateway.state(login)
    assert "documents:accept" not in told["rights"]
    assert told["accepts"] == []


async def test_of_several_customers_a_person_accepts_for_those_where_they_may(stage: Any, shop: Any) -> None:
    login = await shop.portal_login("10001")
    second = await shop.customer("10002")
    token = await shop.invite(second["id"], await shop.contact(second["id"], may_accept=False))
    body = {"token": token, "password": "Herbstlaub am See"}
    assert (await stage.as_edge("POST", "/v1/invitations/accept", json=body)).status_code == 200

    assert await accepts_for(stage, login) == [login["customer_id"]]


async def test_a_link_without_a_person_may_accept_and_one_of_a_person_what_they_may(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    contact = await shop.contact(customer["id"], may_accept=False, document_types=["invoice"])
    own, theirs = [
        (await stage.open_link(await shop.mail_link(customer["id"], contact_id=one))).json() for one in (None, contact)
    ]

    assert await accepts_for(stage, own) == [customer["id"]]
    assert await accepts_for(stage, theirs) == 403
    assert own["session"]["sees"] == {}
    assert theirs["session"]["sees"] == {customer["id"]: ["invoice"]}


@pytest.mark.parametrize(("types", "may"), [(["invoice"], False), (["invoice", "quote"], True)])
async def test_nobody_accepts_quotes_that_they_do_not_see(stage: Any, shop: Any, types: list[str], may: bool) -> None:
    login = await shop.portal_login()

    await change(shop, login, document_types=types)

    assert await accepts_for(stage, login) == ([login["customer_id"]] if may else 403)
    assert ("documents:accept" in stage.gateway.state(login)["rights"]) is may


async def test_the_edge_hears_at_once_of_what_a_person_sees(stage: Any, shop: Any) -> None:
    login = await shop.portal_login()

    await change(shop, login, document_types=["quote", "invoice", "quote"])

    assert stage.gateway.state(login)["sees"] == {login["customer_id"]: ["invoice", "quote"]}


async def test_an_erp_sets_the_rights_of_contact_persons(stage: Any, shop: Any) -> None:
    login = await shop.portal_login("10001")
    contact = {"name": "Anna Ahrens", "email": "anna@kundin.test", "may_accept": False, "document_types": ["invoice"]}

    await shop.call("PUT", "/v1/customers/by-number/10001", json={"contacts": [contact]})

    told = stage.gateway.state(login)
    assert (told["accepts"], told["sees"]) == ([], {login["customer_id"]: ["invoice"]})


async def test_a_document_type_that_there_is_not_is_refused(shop: Any) -> None:
    customer = await shop.customer()

    body = {"name": "Anna", "email": "anna@kundin.test", "document_types": ["letter"]}
    refused = await shop.call("POST", f"/v1/customers/{customer['id']}/contacts", json=body)

    assert refused.status_code == 422
    assert refused.json()["field"].startswith("document_types")
