"""What a customer's roles let it see, and who bills whom."""

from typing import Any

LIST = "/api/portal/v1/brunner/documents"
TYPES = ("invoice", "purchase_order", "quote")
FOR_CUSTOMERS = {"roles": ["customer", "partner"]}
FOR_SUPPLIERS = {"roles": ["supplier", "partner"]}


async def shop(portal: Any, *roles: str) -> tuple[str, str, dict[str, str]]:
    merchant = await portal.merchant("brunner", types=TYPES)
    customer = await portal.customer(merchant, roles=roles)
    await portal.document(merchant, customer, "RE-1", direction="outgoing", **FOR_CUSTOMERS)
    await portal.document(merchant, customer, "GS-1", kind="self_billed", direction="incoming", **FOR_SUPPLIERS)
    await portal.document(merchant, customer, "BE-1", type="purchase_order", **FOR_SUPPLIERS)
    return merchant, customer, await portal.login("brunner", merchant, customer)


async def listed(portal: Any, cookie: dict[str, str], query: str = "") -> tuple[set[str], dict[str, int]]:
    answer = (await portal.json(f"{LIST}?{query}", cookie)).json()
    return {document["number"] for document in answer["documents"]}, answer["counts"]


async def test_a_customer_sees_no_purchase_orders_and_nothing_that_suppliers_get(portal: Any) -> None:
    _, _, cookie = await shop(portal, "customer")
    assert await listed(portal, cookie) == ({"RE-1"}, {"invoice": 1})
    page = (await portal.page("/brunner/dokumente?further=1", cookie)).text
    assert "Bestellungen" not in page
    assert 'name="direction"' not in page


async def test_a_supplier_sees_what_suppliers_get(portal: Any) -> None:
    _, _, cookie = await shop(portal, "supplier")
    assert await listed(portal, cookie) == ({"GS-1", "BE-1"}, {"invoice": 1, "purchase_order": 1})


async def test_who_is_both_sees_all_and_tells_bills_by_their_direction(portal: Any) -> None:
    _, _, cookie = await shop(portal, "customer", "supplier")
    assert (await listed(portal, cookie))[0] == {"RE-1", "GS-1", "BE-1"}
    assert (await listed(portal, cookie, "direction=incoming"))[0] == {"GS-1"}
    assert (await listed(portal, cookie, "direction=outgoing"))[0] == {"RE-1"}
    assert (await portal.json(f"{LIST}?direction=up", cookie)).json()["field"] == "direction"
    page = (await portal.page("/brunner/dokumente?further=1", cookie)).text
    assert '<option value="incoming">Rechnungen von Ihnen</option>' in page


async def test_what_is_for_other_roles_is_not_found_by_its_address_either(portal: Any) -> None:
    merchant, customer, cookie = await shop(portal, "customer")
    thread = "01900000-0000-7000-8000-000000000001"
    hidden = await portal.document(merchant, customer, "BE-2", type="purchase_order", thread_id=thread, **FOR_SUPPLIERS)
    shown = await portal.document(merchant, customer, "RE-2", thread_id=thread, **FOR_CUSTOMERS)
    assert (await portal.json(f"{LIST}/{hidden}", cookie)).status_code == 404
    assert (await portal.json(f"{LIST}/{shown}", cookie)).json()["related"] == []
    overview = (await portal.json("/api/portal/v1/brunner/overview", cookie)).json()
    assert {entry["number"] for entry in overview["latest"]} == {"RE-1", "RE-2"}


async def test_each_customer_of_a_log_in_is_seen_by_its_own_roles(portal: Any) -> None:
    merchant = await portal.merchant("brunner", types=TYPES)
    buys = await portal.customer(merchant, "Kauft", "K-1", roles=["customer"])
    supplies = await portal.customer(merchant, "Liefert", "K-2", roles=["supplier"])
    for customer, number in ((buys, "BE-1"), (supplies, "BE-2")):
        await portal.document(merchant, customer, number, type="purchase_order", **FOR_SUPPLIERS)
    cookie = await portal.login("brunner", merchant, buys, supplies)
    assert await listed(portal, cookie) == ({"BE-2"}, {"purchase_order": 1})
