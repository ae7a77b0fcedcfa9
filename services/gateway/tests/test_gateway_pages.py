"""What a customer reads: lists, documents, states; and what stays hidden."""

from typing import Any


async def test_the_list_has_the_customers_documents_newest_first(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    await portal.document(merchant, customer, "RE-1", issue_date="2026-01-05")
    await portal.document(merchant, customer, "RE-2", issue_date="2026-03-05")
    cookie = await portal.login("brunner", merchant, customer)
    answer = (await portal.json("/api/portal/v1/brunner/documents", cookie)).json()
    assert [d["number"] for d in answer["documents"]] == ["RE-2", "RE-1"]
    assert answer["counts"] == {"invoice": 2}


async def test_every_order_pages_through_all_documents_once(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    for n in range(11):
        await portal.document(
            merchant, customer, f"RE-{n}", issue_date=f"2026-01-{n // 2 + 1:02d}", gross_minor=n * 100
        )
    cookie = await portal.login("brunner", merchant, customer)
    for sort in ("date", "due", "amount", "number"):
        for order in ("asc", "desc"):
            seen: list[str] = []
            after = ""
            while True:
                query = f"?sort={sort}&order={order}&limit=4&after={after}"
                answer = (await portal.json(f"/api/portal/v1/brunner/documents{query}", cookie)).json()
                seen += [d["number"] for d in answer["documents"]]
                after = answer["next"]
                if not after:
                    break
            assert len(seen) == 11
            assert set(seen) == {f"RE-{n}" for n in range(11)}
            if sort == "number":
                assert seen == [f"RE-{n}" for n in (range(11) if order == "asc" else range(10, -1, -1))]


async def test_filters_narrow_by_type_state_year_and_words(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    late = await portal.document(merchant, customer, "RE-1", due_date="2020-01-01", title="Wartung Müller")
    await portal.owed(merchant, customer, late, due_date="2020-01-01")
    paid = await portal.document(merchant, customer, "RE-2", issue_date="2025-05-01")
    await portal.owed(merchant, customer, paid, state="paid", open_minor=0, paid_minor=11900)
    await portal.document(merchant, customer, "AN-1", type="quote", due_date="")
    cookie = await portal.login("brunner", merchant, customer)

    async def numbers(query: str) -> list[str]:
        answer = await portal.json(f"/api/portal/v1/brunner/documents?{query}", cookie)
        return [d["number"] for d in answer.json()["documents"]]

    assert await numbers("type=quote") == ["AN-1"]
    assert await numbers("status=overdue") == ["RE-1"]
    assert await numbers("status=open") == ["RE-1"]
    assert await numbers("status=paid") == ["RE-2"]
    assert await numbers("year=2025") == ["RE-2"]
    assert await numbers("q=muller") == ["RE-1"]
    assert await numbers("q=wart+re-1") == ["RE-1"]
    assert await numbers("q=119,00&type=invoice&sort=number&order=asc") == ["RE-1", "RE-2"]
    assert await numbers("q=%25") == []


async def test_a_parameter_that_makes_no_sense_is_named(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant))
    for query, field in (
        ("sort=colour", "sort"),
        ("year=12", "year"),
        ("limit=0", "limit"),
        ("after=%20", "after"),
        ("customer=1", "customer"),
    ):
        answer = await portal.json(f"/api/portal/v1/brunner/documents?{query}", cookie)
        assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_waiting_withdrawn_and_hidden_types_are_not_there(portal: Any) -> None:
    merchant = await portal.merchant("brunner", types=("invoice",))
    customer = await portal.customer(merchant)
    hidden = [
        await portal.document(merchant, customer, "RE-1", state="waiting"),
        await portal.document(merchant, customer, "RE-2", state="withdrawn"),
        await portal.document(merchant, customer, "AN-1", type="quote"),
    ]
    cookie = await portal.login("brunner", merchant, customer)
    assert (await portal.json("/api/portal/v1/brunner/documents", cookie)).json()["documents"] == []
    for document in hidden:
        assert (await portal.json(f"/api/portal/v1/brunner/documents/{document}", cookie)).status_code == 404


async def test_private_files_never_enter_the_copy(portal: Any) -> None:
    from kontor.documents.v1 import documents_pb2

    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    files = [
        documents_pb2.File(id="01900000-0000-7000-8000-000000000001", name="offen.pdf", role="attachment"),
        documents_pb2.File(
            id="01900000-0000-7000-8000-000000000002", name="intern.pdf", role="attachment", private=True
        ),
    ]
    document = await portal.document(merchant, customer, files=files)
    cookie = await portal.login("brunner", merchant, customer)
    answer = await portal.json(f"/api/portal/v1/brunner/documents/{document}", cookie)
    assert [file["name"] for file in answer.json()["details"]["files"]] == ["offen.pdf"]
    private = await portal.page(f"/brunner/dokumente/{document}/datei/{files[1].id}", cookie)
    assert private.status_code == 404


async def test_an_unchanged_list_is_not_sent_again(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer)
    cookie = await portal.login("brunner", merchant, customer)
    first = await portal.json("/api/portal/v1/brunner/documents", cookie)
    again = await portal.json("/api/portal/v1/brunner/documents", cookie, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    await portal.owed(merchant, customer, document)
    changed = await portal.json("/api/portal/v1/brunner/documents", cookie, **{"if-none-match": first.headers["etag"]})
    assert changed.status_code == 200


async def test_several_customers_of_one_log_in_are_one_list_with_a_filter(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    first, second = await portal.customer(merchant, "Haus A", "K-1"), await portal.customer(merchant, "Haus B", "K-2")
    await portal.document(merchant, first, "RE-1")
    await portal.document(merchant, second, "RE-2")
    cookie = await portal.login("brunner", merchant, first, second)
    page = await portal.page("/brunner/dokumente", cookie)
    assert "RE-1" in page.text
    assert "RE-2" in page.text
    assert "Haus B (K-2)" in page.text
    narrowed = await portal.page(f"/brunner/dokumente?customer={second}", cookie)
    assert "RE-1" not in narrowed.text
    assert "RE-2" in narrowed.text


async def test_an_overview_of_several_customers_says_whose_each_sum_and_row_is(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    first, second = await portal.customer(merchant, "Haus A", "K-1"), await portal.customer(merchant, "Haus B", "K-2")
    for customer, number, currency in ((first, "RE-1", "EUR"), (second, "RE-2", "EUR"), (second, "RE-3", "CHF")):
        document = await portal.document(merchant, customer, number, currency=currency)
        await portal.owed(merchant, customer, document, currency=currency)
    cookie = await portal.login("brunner", merchant, first, second)

    answer = (await portal.json("/api/portal/v1/brunner/overview", cookie)).json()
    sums = [(one["customer_id"], one["currency"], one["open"], one["many"]) for one in answer["owed"]]
    assert sums[0] == (first, "EUR", 11900, 1)
    assert sorted(sums[1:]) == [(second, "CHF", 11900, 1), (second, "EUR", 11900, 1)]
    assert {entry["customer_id"] for entry in answer["due"]} == {first, second}

    page = (await portal.page("/brunner", cookie)).text
    open_of = '<a href="/brunner/dokumente?status=open&amp;sort=due&amp;order=asc&amp;customer={}">{}</a>'
    assert page.count(open_of.format(first, "Haus A")) == 1
    assert page.count(open_of.format(second, "Haus B")) == 2
    for number, name in (("RE-1", "Haus A"), ("RE-2", "Haus B"), ("RE-3", "Haus B")):
        rows = [row for row in page.split("<tr>") if number in row]
        assert len(rows) == 2
        assert all(f'<span class="sub">{name}</span>' in row for row in rows)
    document_page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert "Haus B · " in document_page


async def test_one_customer_is_not_named_in_every_row(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant, "Haus A", "K-1")
    document = await portal.document(merchant, customer, "RE-1")
    await portal.owed(merchant, customer, document)
    cookie = await portal.login("brunner", merchant, customer)
    page = (await portal.page("/brunner", cookie)).text
    assert '<span class="sub">Haus A</span>' not in page
    assert f"customer={customer}" not in page


async def test_customers_of_one_name_are_told_apart_by_number(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customers = [await portal.customer(merchant, "Haus A", number) for number in ("K-1", "K-2")]
    for customer, number in zip(customers, ("RE-1", "RE-2"), strict=True):
        await portal.document(merchant, customer, number)
    cookie = await portal.login("brunner", merchant, *customers)
    for path in ("/brunner", "/brunner/dokumente"):
        page = (await portal.page(path, cookie)).text
        assert page.count('<span class="sub">Haus A (K-1)</span>') == 1
        assert page.count('<span class="sub">Haus A (K-2)</span>') == 1


async def test_a_document_link_opens_its_document_and_related_ones_no_more(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    invoice = await portal.document(merchant, customer, "RE-1", thread_id="t-1")
    note = await portal.document(merchant, customer, "LS-1", type="delivery_note", thread_id="t-1")
    other = await portal.document(merchant, customer, "RE-2")
    cookie = await portal.login("brunner", merchant, customer, kind="link", document_id=invoice)
    answer = (await portal.json("/api/portal/v1/brunner/documents", cookie)).json()
    assert {d["number"] for d in answer["documents"]} == {"RE-1", "LS-1"}
    assert (await portal.json(f"/api/portal/v1/brunner/documents/{note}", cookie)).status_code == 200
    assert (await portal.json(f"/api/portal/v1/brunner/documents/{other}", cookie)).status_code == 404
    page = await portal.page("/brunner/dokumente", cookie)
    assert "RE-2" not in page.text
    assert "/brunner/code" in page.text


async def test_a_portal_that_is_switched_off_shows_nothing(portal: Any) -> None:
    merchant = await portal.merchant("brunner", portal_enabled=False)
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant))
    answer = await portal.json("/api/portal/v1/brunner/documents", cookie)
    assert (answer.status_code, answer.json()["code"]) == (403, "portal_off")
    for path in ("/brunner/anmelden", "/brunner/code", "/brunner/passwort-vergessen"):
        page = await portal.page(path)
        assert page.status_code == 403
        assert "Dieses Portal ist zurzeit abgeschaltet." in page.text
        assert "Firma brunner" in page.text
    assert (await portal.page("/nirgends/anmelden")).status_code == 404


async def test_without_a_word_from_identity_for_five_minutes_private_pages_stop(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    cookie = await portal.login("brunner", merchant, await portal.customer(merchant))
    await portal.edge.views.pool.execute("UPDATE identity_heartbeat SET heard_at = now() - interval '6 minutes'")
    answer = await portal.page("/brunner", cookie)
    assert answer.status_code == 503
    assert "Ihr Zugang lässt sich gerade nicht prüfen." in answer.text
