"""Links for mails: a mail that went to a wrong address."""

from typing import Any

import pytest

from kontor_service.ids import uuid7

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def mailed(stage: Any, shop: Any, customer_id: str, contact_id: str | None, document: str, **more: Any) -> str:
    body = {"merchant_id": str(shop.id), "customer_id": customer_id, "document_id": document, "contact_id": contact_id}
    answer = await stage.as_service("POST", "/v1/document-links", merchant=shop.id, json=body | more)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


async def opens(stage: Any, url: str) -> int:
    token = url.rpartition("/")[2]
    return int((await stage.as_edge("POST", "/v1/sessions/link", json={"token": token, "ip": ""})).status_code)


async def test_renewing_for_a_mail_ends_that_persons_link_and_nobody_elses(stage: Any, shop: Any) -> None:
    customer = await shop.customer(email="buero@kundin.test", portal_access="on")
    contact, document = await shop.contact(customer["id"]), str(uuid7())
    old = await mailed(stage, shop, customer["id"], contact, document)
    other = await mailed(stage, shop, customer["id"], None, document)
    new = await mailed(stage, shop, customer["id"], contact, document, renew=True)
    assert [await opens(stage, url) for url in (old, other, new)] == [410, 200, 200]
