"""Pay links: documents of one customer, paid without log-in by whoever holds the address."""

from typing import Any
from uuid import UUID, uuid4

import pytest


def editor(world: Any, kind: str = "staff") -> dict[str, str]:
    headers: dict[str, str] = world.bearer(f"{kind}:{uuid4()}", "payments:edit", name="Eva")
    return headers


async def make(world: Any, *documents: UUID) -> dict[str, Any]:
    body = {"documents": [str(one) for one in documents]}
    answer = await world.http.post("/v1/pay-links", json=body, headers=editor(world))
    assert answer.status_code == 201, answer.text
    return answer.json()


def holder(world: Any, link: dict[str, Any]) -> dict[str, str]:
    headers: dict[str, str] = world.bearer(f"link:{uuid4()}", "payments:pay", resource=link["resource"])
    return headers


async def two(world: Any) -> tuple[UUID, UUID]:
    return await world.invoice(), await world.invoice(gross_minor=5000, amount_due_minor=5000)


async def test_a_link_shows_what_is_needed_to_pay_and_pays_all_of_it(world: Any) -> None:
    first, second = await two(world)
    link = await make(world, second, first)
    shown = (await world.http.get("/v1/pay-link", headers=holder(world, link))).json()["documents"]
    assert [(one["document_id"], one["payable_minor"]) for one in shown] == [(str(first), 11900), (str(second), 5000)]
    answer = await world.pay(first, second, headers=holder(world, link))
    assert answer.status_code == 201, answer.text
    await world.choose(answer.json(), "success")
    for document in (first, second):
        await world.becomes(document, "paid")
    path = f"/v1/checkouts/{answer.json()['checkout_id']}/reconcile"
    assert (await world.http.post(path, headers=holder(world, link))).json()["state"] == "completed"


async def test_a_link_reaches_no_other_document(world: Any) -> None:
    first, second = await two(world)
    link = await make(world, first)
    assert (await world.pay(first, second, headers=holder(world, link))).status_code == 404
    path = f"/v1/documents/{second}/transfer"
    assert (await world.http.get(path, headers=holder(world, link))).status_code == 404
    others = (await world.checkout(second))["checkout_id"]
    path = f"/v1/checkouts/{others}/reconcile"
    assert (await world.http.post(path, headers=holder(world, link))).status_code == 404


async def test_a_link_tells_how_to_transfer_the_sum(world: Any) -> None:
    first, second = await two(world)
    link = await make(world, first, second)
    path = f"/v1/documents/{first}/transfer?also={second}"
    told = (await world.http.get(path, headers=holder(world, link))).json()
    assert told["amount_minor"] == 16900
    assert all(f"RE-{str(document)[-6:]}" in told["reference"] for document in (first, second))


async def test_the_same_documents_have_the_same_link_until_it_is_revoked(world: Any) -> None:
    first, second = await two(world)
    link = await make(world, first, second)
    assert (await make(world, second, first))["id"] == link["id"]
    path = f"/v1/customers/{world.customer}/pay-links"
    [listed] = (await world.http.get(path, headers=editor(world))).json()["links"]
    assert (listed["id"], listed["open_minor"]) == (link["id"], 16900)
    revoked = await world.http.post(f"/v1/pay-links/{link['id']}/revoke", headers=editor(world))
    assert revoked.json()["revoked"] is True
    gone = await world.http.get("/v1/pay-link", headers=holder(world, link))
    assert (gone.status_code, gone.json()["code"]) == (410, "pay_link_revoked")
    assert (await world.pay(first, second, headers=holder(world, link))).status_code == 404
    assert (await make(world, first, second))["id"] != link["id"]
    links = (await world.http.get(path, headers=editor(world))).json()["links"]
    assert link["id"] not in [one["id"] for one in links]


async def test_another_system_names_documents_by_its_own_ids(world: Any) -> None:
    first = await world.invoice(external_id=f"erp-{uuid4()}")
    [row] = await world.sql("SELECT external_id FROM document WHERE id = $1", first)
    made = await world.http.post(
        "/v1/pay-links", json={"external_ids": [row["external_id"]]}, headers=editor(world, "key")
    )  # fmt: skip
    assert made.json()["documents"][0]["document_id"] == str(first)
    unknown = {"external_ids": [row["external_id"], "nobody's"]}
    refused = await world.http.post("/v1/pay-links", json=unknown, headers=editor(world, "key"))
    assert refused.status_code == 404
    assert "documents[1]" in refused.text


@pytest.mark.parametrize("body", [{}, {"documents": [], "external_ids": []}])
async def test_a_link_is_for_something(world: Any, body: dict[str, Any]) -> None:
    answer = await world.http.post("/v1/pay-links", json=body, headers=editor(world))
    assert answer.status_code == 422


async def test_no_link_is_made_for_what_is_paid_or_of_two_customers(world: Any) -> None:
    first = await world.invoice()
    foreign = await world.invoice(customer_id=str(uuid4()))
    body = {"documents": [str(first), str(foreign)]}
    answer = await world.http.post("/v1/pay-links", json=body, headers=editor(world))
    assert (answer.status_code, answer.json()["code"]) == (422, "not_payable_together")
    await world.erp(first)
    answer = await world.http.post("/v1/pay-links", json={"documents": [str(first)]}, headers=editor(world))
    assert (answer.status_code, answer.json()["code"]) == (409, "not_payable")
