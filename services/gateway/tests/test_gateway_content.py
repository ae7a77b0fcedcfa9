"""Lines and texts: fetched once when a document is shared, waited for when documents is down."""

from typing import Any

from kontor_testing.waiting import eventually

SHA = "c" * 64
CONTENT = {
    "type": "invoice", "currency": "EUR", "introduction": "", "closing": "", "payment_terms": "", "notes": [],
    "seller": {"name": "Brunner"}, "buyer": {"name": "Seidel", "vat_id": "DE1"}, "allowances_charges": [],
    "tax_breakdown": [{"category": "S", "rate": "19", "taxable_amount": "100.00", "tax_amount": "19.00"}],
    "lines": [{
        "id": "1", "name": "Wartung", "description": "", "note": "", "quantity": "2.5", "unit": "HUR", "net_price": "40.00",
        "net": "100.00", "tax_rate": "19", "allowances_charges": [], "seller_item_id": "", "attributes": [],
    }],
    "totals": {
        "line_net": "100.00", "net": "100.00", "tax": "19.00", "gross": "119.00", "prepaid": "0", "rounding": "0",
        "due": "119.00",
    },
}  # fmt: skip


async def page(portal: Any, address: str, cookie: dict[str, str]) -> str:
    text: str = (await portal.page(address, cookie)).text
    return text


async def test_a_session_says_whose_it_is_and_what_there_is_for_them(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant))
    told = (await portal.json("/api/portal/v1/brunner/session", cookie)).json()
    assert (told["session"]["name"], told["merchant"]["slug"]) == ("Anna Seidel", "brunner")
    assert [section["name"] for section in told["session"]["sections"]] == ["overview", "documents"]


async def test_lines_appear_once_they_are_fetched(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    portal.owners.answer("GET", f"/v1/content/{SHA}", CONTENT)
    document = await portal.document(merchant, customer, content_sha256=SHA)
    cookie = await portal.login("brunner", merchant, customer)

    async def there() -> bool:
        return "Wartung" in await page(portal, f"/brunner/dokumente/{document}", cookie)

    await eventually(there)
    text = await page(portal, f"/brunner/dokumente/{document}", cookie)
    assert "2,5 Stunden" in text
    assert "19\xa0% Umsatzsteuer" in text
    await portal.document(merchant, customer, "RE-2", content_sha256=SHA)
    assert len(portal.owners.asked_of(f"/v1/content/{SHA}")) == 1


async def test_until_then_the_page_is_there_and_says_so(portal: Any) -> None:
    portal.owners.down = True
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer, content_sha256=SHA)
    cookie = await portal.login("brunner", merchant, customer)
    assert "Die Positionen werden geladen" in await page(portal, f"/brunner/dokumente/{document}", cookie)
    portal.owners.answer("GET", f"/v1/content/{SHA}", CONTENT)
    portal.owners.down = False
    await portal.edge.views.pool.execute("UPDATE content_wanted SET due_at = now()")

    async def there() -> bool:
        return "Wartung" in await page(portal, f"/brunner/dokumente/{document}", cookie)

    await eventually(there)


async def test_content_of_what_nobody_may_see_is_not_fetched(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    await portal.document(merchant, await portal.customer(merchant), content_sha256=SHA, state="waiting")
    assert await portal.edge.views.pool.fetchval("SELECT count(*) FROM content_wanted") == 0


async def test_what_a_document_does_not_say_may_be_missing(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    portal.owners.answer(
        "GET", f"/v1/content/{SHA}", {"type": "other", "currency": "EUR", "introduction": "Anbei das Protokoll."}
    )
    document = await portal.document(merchant, customer, type="other", content_sha256=SHA)
    cookie = await portal.login("brunner", merchant, customer)

    async def with_its_content() -> str | None:
        text = await page(portal, f"/brunner/dokumente/{document}", cookie)
        return text if "Anbei das Protokoll." in text else None

    assert "None" not in await eventually(with_its_content)


async def test_instalments_stand_with_their_days_and_amounts(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    parts = [{"due_date": "2026-11-30", "amount": "59.00", "text": ""}, {"due_date": "2026-12-20", "amount": "60.00"}]
    portal.owners.answer("GET", f"/v1/content/{SHA}", CONTENT | {"instalments": parts})
    document = await portal.document(merchant, customer, content_sha256=SHA)
    cookie = await portal.login("brunner", merchant, customer)

    async def with_its_content() -> str | None:
        text = await page(portal, f"/brunner/dokumente/{document}", cookie)
        return text if "Wartung" in text else None

    text = await eventually(with_its_content)
    for day, amount in (("30. November 2026", "59,00\xa0€"), ("20. Dezember 2026", "60,00\xa0€")):
        assert f"Rate bis {day}" in text
        assert amount in text


async def test_an_invoice_for_another_payee_without_an_account_says_whom_to_pay(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    portal.owners.answer("GET", f"/v1/content/{SHA}", CONTENT | {"payee": {"name": "Factoring GmbH"}})
    document = await portal.document(merchant, customer, content_sha256=SHA)
    await portal.owed(merchant, customer, document, methods=[])
    cookie = await portal.login("brunner", merchant, customer)

    async def there() -> bool:
        return "ist an Factoring GmbH zu zahlen, nicht über dieses Portal" in await page(
            portal, f"/brunner/dokumente/{document}", cookie
        )

    await eventually(there)


async def test_content_names_no_file_that_staff_hid(portal: Any) -> None:
    from kontor.documents.v1 import documents_pb2

    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    attachments = [
        {"file_name": "offen.pdf", "sha256": "a" * 64, "url": ""},
        {"file_name": "intern.pdf", "sha256": "b" * 64, "url": ""},
        {"file_name": "", "sha256": "", "url": "https://example.org/plan"},
    ]
    portal.owners.answer(
        "GET", f"/v1/content/{SHA}", CONTENT | {"issue_date": "2026-11-28", "attachments": attachments}
    )
    files = [
        documents_pb2.File(id=f"01900000-0000-7000-8000-00000000000{n}", name=one["file_name"], sha256=one["sha256"],
                           role="attachment", private=one["file_name"] == "intern.pdf")
        for n, one in enumerate(attachments[:2])
    ]  # fmt: skip
    document = await portal.document(merchant, customer, content_sha256=SHA, files=files)
    cookie = await portal.login("brunner", merchant, customer)

    async def content() -> Any:
        return (await portal.json(f"/api/portal/v1/brunner/documents/{document}", cookie)).json()["content"]

    found = await eventually(content)
    assert found["attachments"] == [attachments[0], attachments[2]]
    assert found["lines"][0]["name"] == "Wartung"
