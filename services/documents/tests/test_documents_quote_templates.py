"""Quote templates are kept, named and deleted; what a quote would come to is computed without keeping anything."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from kontor_service.ids import uuid7

LINE = {"name": "Wärmepumpe", "quantity": "2", "net_price": "100", "tax_rate": "19"}
DATA = {"title": "Heizungstausch", "lines": [LINE], "acceptance": ["signature"]}


async def send(documents, method, path, json=None, merchant=None):
    header = documents.auth("documents:submit", merchant=merchant)
    return await documents.http.request(method, f"/v1/quote-templates{path}", json=json, headers=header)


async def test_a_template_is_kept_renamed_and_deleted(documents):
    made = await send(documents, "POST", "", {"name": "Heizung", "valid_days": 14, "data": DATA})
    assert made.status_code == 201, made.text
    one = f"/{made.json()['id']}"
    found = (await send(documents, "GET", one)).json()
    assert (found["valid_days"], found["lines"], found["data"]["lines"][0]["net_price"]) == (14, 1, "100")
    await send(documents, "PATCH", one, {"name": "Heizung neu"})
    listed = (await send(documents, "GET", "")).json()["templates"]
    assert [template["name"] for template in listed] == ["Heizung neu"]
    assert (await send(documents, "DELETE", one)).status_code == 200
    assert (await send(documents, "GET", one)).json()["code"] == "quote_template_not_found"


async def test_a_name_is_given_once_and_what_is_wrong_is_named(documents):
    first = {"name": "Heizung", "data": DATA}
    assert (await send(documents, "POST", "", first)).status_code == 201
    again = await send(documents, "POST", "", first | {"name": "HEIZUNG"})
    assert (again.status_code, again.json()["code"]) == (409, "quote_template_name_taken")
    wrong = await send(documents, "POST", "", {"name": "Bad", "data": {"lines": [LINE | {"quantity": "viele"}]}})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "data.lines[0].quantity")


async def test_another_merchant_finds_no_template(documents):
    made = await send(documents, "POST", "", {"name": "Heizung", "data": DATA})
    foreign = await send(documents, "GET", f"/{made.json()['id']}", merchant=uuid7())
    assert foreign.status_code == 404


async def test_a_calculation_answers_totals_and_keeps_nothing(documents):
    quote = {
        "type": "quote", "issue_date": "2026-11-21", "lines": [LINE, LINE | {"optional": True}],
    }  # fmt: skip
    header = documents.auth("documents:submit")
    answer = await documents.http.post("/v1/calculations", json=quote, headers=header)
    assert answer.status_code == 200, answer.text
    # The optional line is not ticked.
    assert Decimal(answer.json()["totals"]["gross"]) == Decimal("238.00")
    async with documents.app.state.db.transaction(documents.merchant) as session:
        assert (await session.execute(text("SELECT count(*) FROM submission"))).scalar() == 0
    wrong = await documents.http.post(
        "/v1/calculations", json=quote | {"lines": [LINE | {"quantity_max": "1"}]}, headers=header
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "lines[0].quantity_min")


async def test_a_quote_written_in_kontor_waits_for_staff(documents):
    await documents.open_shop(automatic_release=True)
    await documents.add_customer()
    quote = {
        "type": "quote",
        "customer_number": "20931",
        "issue_date": "2026-11-21",
        "lines": [LINE],
        "external_id": "kontor-1",
    }
    written = await documents.made(quote, **{"x-kontor-source": "kontor"})
    assert (written["document"]["state"], written["document"]["has_pdf"]) == ("waiting", True)
    sent = await documents.made(quote | {"external_id": "erp-1"})
    assert sent["document"]["state"] == "shared"


@pytest.mark.parametrize(
    "external_id", ["own-1", "order_confirmation:1", "order_confirmation:01939a5e-6f1c-7c3a-9d2e-2f6a51b6c0de"]
)
async def test_only_the_confirmation_of_an_accepted_quote_needs_no_release(documents, external_id):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    said = {"type": "order_confirmation", "customer_number": "20931", "issue_date": "2026-11-21", "lines": [LINE]}
    made = await documents.made(said | {"external_id": external_id}, **{"x-kontor-source": "kontor"})
    assert made["document"]["state"] == "waiting"
