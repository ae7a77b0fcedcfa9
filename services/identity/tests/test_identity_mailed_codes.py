"""Sessions by a mailed code: they end with what the address was granted, whosever it is."""

from typing import Any

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def by_code(stage: Any, email: str) -> dict[str, Any]:
    """A session for every customer that has this address."""
    start = {"slug": "muster", "email": email}
    challenge = (await stage.as_edge("POST", "/v1/sessions/code/start", json=start)).json()["challenge_id"]
    body = {"challenge_id": challenge, "code": (await stage.secret(challenge))["code"]}
    answer = await stage.as_edge("POST", "/v1/sessions/code", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def revoke(shop: Any, customer_id: str, contact_id: str) -> None:
    answer = await shop.call("POST", f"/v1/customers/{customer_id}/contacts/{contact_id}/revoke")
    assert answer.json()["pushed"] is True


async def test_switching_a_customer_off_reaches_the_code_session_of_a_contact_person(stage: Any, shop: Any) -> None:
    customer = await shop.customer(email="buero@kundin.test")
    await shop.contact(customer["id"], "anna@kundin.test")
    login = await by_code(stage, "anna@kundin.test")
    assert login["session"]["customers"] == [customer["id"]]

    await shop.call("PATCH", f"/v1/customers/{customer['id']}", json={"portal_access": "off"})

    assert stage.gateway.state(login)["customers"] == []
    assert not await stage.may(login)


async def test_a_revoked_person_who_reads_the_customers_own_mailbox_is_out(stage: Any, shop: Any) -> None:
    customer = await shop.customer(email="anna@kundin.test")
    contact = await shop.contact(customer["id"], "anna@kundin.test")
    login = await by_code(stage, "anna@kundin.test")

    await revoke(shop, customer["id"], contact)

    assert stage.gateway.state(login)["revoked"] is True
    assert not await stage.may(login)


async def test_a_revoked_person_gets_no_code_for_the_customers_own_mailbox(stage: Any, shop: Any) -> None:
    customer = await shop.customer(email="anna@kundin.test")
    await revoke(shop, customer["id"], await shop.contact(customer["id"], "anna@kundin.test"))

    start = {"slug": "muster", "email": "anna@kundin.test"}
    assert (await stage.as_edge("POST", "/v1/sessions/code/start", json=start)).status_code == 202
    assert await stage.events("identity.challenge.issued.v1") == []
