"""Customers and contact persons."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHANGED = "identity.customer.changed.v1"


async def test_a_customer_is_created_and_told(stage: Any, shop: Any) -> None:
    made = await shop.customer("10001", vat_id="DE 136695976", email="Info@Kundin.TEST")

    assert made["version"] == 1
    assert made["state"].email == "info@kundin.test"
    (created,) = await stage.events("identity.customer.created.v1")
    assert created.customer == made["state"]
    assert created.customer.language == "de"


async def test_a_number_belongs_to_one_customer(shop: Any) -> None:
    await shop.customer("10001")

    answer = await shop.call("POST", "/v1/customers", json={"number": "10001", "name": "Zweite"})
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "duplicate_number", "number")


async def test_a_number_once_used_is_not_given_to_another_customer(stage: Any, shop: Any) -> None:
    first = await shop.customer("10001", name="Kundin Alt")
    other = await shop.customer("20001")
    await shop.call("PATCH", f"/v1/customers/{first['id']}", json={"number": "10002"})

    for answer in (
        await shop.call("POST", "/v1/customers", json={"number": "10001", "name": "Neu"}),
        await shop.call("PUT", "/v1/customers/by-number/10001", json={"name": "Neu"}),
        await shop.call("PATCH", f"/v1/customers/{other['id']}", json={"number": "10001"}),
    ):
        assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "number_used", "number")
        assert answer.json()["holder"] == {"id": first["id"], "name": "Kundin Alt", "number": "10002"}
        assert "Kundin Alt" in answer.json()["detail"]
    assert await stage.database.fetchval("SELECT count(*) FROM customer") == 2


async def test_a_customer_gets_a_number_of_its_own_back(shop: Any) -> None:
    made = await shop.customer("10001")
    path = f"/v1/customers/{made['id']}"
    for number in ("10002", "10003", "10001"):
        answer = await shop.call("PATCH", path, json={"number": number})
        assert (answer.status_code, shop.stage.state_in(answer.json())["state"].number) == (200, number)


async def test_a_number_is_used_at_one_merchant_and_free_at_another(stage: Any, shop: Any) -> None:
    made, other = await shop.customer("10001"), await stage.shop("anders")
    await shop.call("PATCH", f"/v1/customers/{made['id']}", json={"number": "10002"})

    assert (await other.customer("10001"))["state"].number == "10001"


async def test_a_number_that_is_given_away_while_somebody_else_takes_it_has_one_holder(stage: Any, shop: Any) -> None:
    made, taker = await shop.customer("10001"), await shop.customer("20001")
    answers = await asyncio.gather(
        shop.call("PATCH", f"/v1/customers/{made['id']}", json={"number": "10002"}),
        shop.call("PATCH", f"/v1/customers/{taker['id']}", json={"number": "10002"}),
        shop.call("POST", "/v1/customers", json={"number": "10002", "name": "Dritte"}),
    )

    assert sorted(answer.status_code for answer in answers)[1:] == [409, 409]
    assert await stage.database.fetchval("SELECT count(*) FROM customer_number WHERE number = '10002'") == 1


async def test_the_same_idempotency_key_answers_the_same_customer(stage: Any, shop: Any) -> None:
    body, headers = {"number": "10001", "name": "Kundin"}, {"Idempotency-Key": "k1"}
    first = await shop.call("POST", "/v1/customers", json=body, headers=headers)
    second = await shop.call("POST", "/v1/customers", json=body, headers=headers)

    assert first.json() == second.json()
    assert len(await stage.events("identity.customer.created.v1")) == 1


async def test_an_upsert_creates_then_changes_and_then_does_nothing(stage: Any, shop: Any) -> None:
    path, body = (
        "/v1/customers/by-number/20001",
        {"name": "Bau AG", "contacts": [{"name": "Bo", "email": "bo@bau.test"}]},
    )
    created = (await shop.call("PUT", path, json=body)).json()
    changed = (await shop.call("PUT", path, json=body | {"phone": "+49 30 123456"})).json()
    same = (await shop.call("PUT", path, json=body | {"phone": "+49 30 123456"})).json()

    assert (created["created"], changed["created"], same["created"]) == (True, False, False)
    assert created["id"] == changed["id"] == same["id"]
    assert (created["version"], changed["version"], same["version"]) == (1, 2, 2)
    assert len(await stage.events(CHANGED)) == 1


async def test_an_upsert_adds_contacts_by_address_and_removes_none(stage: Any, shop: Any) -> None:
    path = "/v1/customers/by-number/20001"
    await shop.call("PUT", path, json={"name": "Bau AG", "contacts": [{"name": "Bo", "email": "bo@bau.test"}]})
    answer = await shop.call(
        "PUT", path,
        json={"contacts": [{"name": "Bo Bauer", "email": "BO@bau.test"}, {"name": "Al", "email": "al@bau.test"}]},
    )  # fmt: skip
    last = await shop.call("PUT", path, json={"contacts": [{"name": "Al", "email": "al@bau.test"}]})

    names = [contact.name for contact in stage.state_in(answer.json())["state"].contacts]
    assert names == ["Bo Bauer", "Al"]
    assert last.json()["version"] == answer.json()["version"]


async def test_a_new_customer_needs_a_name(shop: Any) -> None:
    answer = await shop.call("PUT", "/v1/customers/by-number/20001", json={"phone": "030 1"})

    assert (answer.status_code, answer.json()["field"]) == (422, "name")


async def test_many_upserts_of_one_new_number_at_once_make_one_customer(shop: Any) -> None:
    path = "/v1/customers/by-number/30001"
    answers = await asyncio.gather(*(shop.call("PUT", path, json={"name": f"Nr. {i}"}) for i in range(6)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert [answer.json()["created"] for answer in answers].count(True) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "x@"), ("vat_id", "DE1"), ("kind", "alien"), ("language", "xx"), ("phone", "call me"), ("name", ""),
        ("number", " 1"), ("address", {"country": "Germany"}), ("portal_access", "maybe"), ("unknown", 1),
    ],
)  # fmt: skip
async def test_a_field_that_is_wrong_is_refused_by_name(stage: Any, shop: Any, field: str, value: Any) -> None:
    answer = await shop.call("POST", "/v1/customers", json={"number": "1", "name": "K"} | {field: value})

    if field == "number":
        # Blanks around it are typing, not meaning.
        assert answer.status_code == 201
        return
    assert answer.status_code == 422
    assert answer.json()["field"].split(".")[0] == field
    assert await stage.events("identity.customer.created.v1") == []


async def test_a_contact_is_added_and_changed_as_part_of_the_customer(stage: Any, shop: Any) -> None:
    customer = await shop.customer()
    contact = await shop.contact(customer["id"])
    path = f"/v1/customers/{customer['id']}/contacts/{contact}"
    answer = await shop.call("PATCH", path, json={"function": "Buchhaltung", "gets_quotes": False})

    (person,) = stage.state_in(answer.json())["state"].contacts
    assert (person.function, person.gets_quotes, person.gets_invoices) == ("Buchhaltung", False, True)
    assert [event.customer.version for event in await stage.events(CHANGED)] == [2, 3]


async def test_two_contacts_of_a_customer_do_not_share_an_address(shop: Any) -> None:
    customer = await shop.customer()
    await shop.contact(customer["id"])

    again = {"name": "Doppelt", "email": "Anna@Kundin.test"}
    answer = await shop.call("POST", f"/v1/customers/{customer['id']}/contacts", json=again)
    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate_email")


async def test_an_unknown_customer_or_contact_is_not_found(shop: Any) -> None:
    customer = await shop.customer()

    assert (await shop.call("PATCH", f"/v1/customers/{uuid4()}", json={"name": "x"})).status_code == 404
    path = f"/v1/customers/{customer['id']}/contacts/{uuid4()}"
    assert (await shop.call("PATCH", path, json={"name": "x"})).status_code == 404


async def test_a_number_may_have_a_slash(shop: Any) -> None:
    answer = await shop.call("PUT", "/v1/customers/by-number/K%2F1001", json={"name": "Bau AG"})

    assert answer.json()["created"] is True
    assert (await shop.call("PUT", "/v1/customers/by-number/K/1001", json={"name": "Bau AG"})).json()[
        "created"
    ] is False


async def test_customers_are_listed_by_number_page_by_page(stage: Any, shop: Any) -> None:
    for number in ("K-3", "K-1", "K-2"):
        await shop.customer(number, email=f"{number}@kundin.test")
    await (await stage.shop("anders")).customer("K-0")

    first = (await shop.call("GET", "/v1/customers?limit=2")).json()
    assert [customer["number"] for customer in first["customers"]] == ["K-1", "K-2"]
    assert first["customers"][0]["email"] == "k-1@kundin.test"
    rest = (await shop.call("GET", f"/v1/customers?limit=2&after={first['next']}")).json()
    assert ([customer["number"] for customer in rest["customers"]], rest["next"]) == (["K-3"], None)


async def test_a_list_of_customers_is_looked_at_before_it_is_stored(shop: Any) -> None:
    rows = [{"number": "77001", "name": "Huber"}, {"number": "77001", "name": "Huber"}, {"number": "77002"},
            {"number": "77003", "name": "Falsch", "email": "falsch"}]  # fmt: skip

    async def outcomes(store: bool) -> list[tuple[str, str]]:
        body = {"customers": rows, "store": store}
        answer = await shop.call("POST", "/v1/customers/batches", "customers:edit", json=body)
        assert answer.status_code == 200, answer.text
        return [(one["outcome"], one.get("error", {}).get("field", "")) for one in answer.json()["results"]]

    refused = [("refused", "number"), ("refused", "name"), ("refused", "email")]
    assert await outcomes(False) == [("new", ""), *refused]
    assert await outcomes(True) == [("new", ""), *refused]
    assert await outcomes(True) == [("known", ""), *refused]


async def test_one_odd_number_refuses_its_own_line_only(shop: Any) -> None:
    odd = ["7700\0", "7700\ud800", 77003, ["77004"], None]
    rows = [{"number": number, "name": "Huber"} for number in ("77001", *odd)] + [{"name": "Huber"}]
    content = json.dumps({"customers": rows, "store": True})
    answer = await shop.call(
        "POST", "/v1/customers/batches", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 200, answer.text
    assert [one["outcome"] for one in answer.json()["results"]] == ["new"] + ["refused"] * 6


async def test_a_stored_list_tells_the_edges_once(stage: Any, shop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pushed: list[UUID] = []

    async def away(merchant_id: UUID) -> bool:
        pushed.append(merchant_id)
        return False

    monkeypatch.setattr(stage.deps.push, "now", away)
    body = {"customers": [{"number": f"K-{n}", "name": "Huber"} for n in range(4)]}
    for store in (False, True):
        answer = await shop.call("POST", "/v1/customers/batches", json=body | {"store": store})
        assert [one["outcome"] for one in answer.json()["results"]] == ["new"] * 4
    assert pushed == [shop.id]
