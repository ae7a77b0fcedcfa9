"""The list of documents: payment states, search, filters, order and paging."""

import pytest
from admin_shop import NOW, Shop

from kontor.documents.v1 import documents_pb2


async def test_a_paid_invoice_is_green_in_the_list(shop: Shop) -> None:
    invoice = shop.document("RE-2026-1042")
    receivable = shop.receivable(invoice.document.id, state="paid", open_minor=0, paid_minor=11900, paid_at=NOW)
    await shop.told(invoice, receivable)
    assert '<span class="state paid">vollständig bezahlt</span>' in await shop.page("/dokumente")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"state": "open"}, "offen"),
        ({"state": "open", "due_date": "2026-11-20"}, "überfällig"),
        ({"state": "on_its_way", "pending_minor": 11900}, "unterwegs"),
        ({"state": "partly_paid", "open_minor": 5000}, "teilweise bezahlt"),
    ],
)
async def test_each_payment_state_has_its_word(shop: Shop, values: dict[str, object], words: str) -> None:
    invoice = shop.document("RE-1", due_date=str(values.get("due_date", "2026-11-26")))
    await shop.told(invoice, shop.receivable(invoice.document.id, **values))
    assert f">{words}</span>" in await shop.page("/dokumente")


async def test_documents_are_found_by_number_customer_and_amount(shop: Shop) -> None:
    await shop.told(
        shop.document("RE-2026-1042", buyer_name="Müller Bau"),
        shop.document("AN-7", type="quote", gross_minor=78719, buyer_name="Kögl"),
    )
    for asked, found, other in (
        ("1042", "RE-2026-1042", "AN-7"), ("muller", "RE-2026-1042", "AN-7"), ("787,19", "AN-7", "RE-2026-1042"),
    ):  # fmt: skip
        page = await shop.page(f"/dokumente?q={asked}")
        assert found in page
        assert other not in page
    assert "Nichts gefunden" in await shop.page("/dokumente?q=nirgends")


async def test_the_list_filters_by_type_state_and_payment(shop: Shop) -> None:
    invoice, quote = shop.document("RE-1"), shop.document("AN-1", type="quote", state="waiting")
    await shop.told(invoice, quote, shop.receivable(invoice.document.id))
    for query, found, other in (
        ("type=quote", "AN-1", "RE-1"),
        ("state=waiting", "AN-1", "RE-1"),
        ("status=open", "RE-1", "AN-1"),
    ):
        page = await shop.page(f"/dokumente?{query}")
        assert f">{found}</a>" in page
        assert f">{other}</a>" not in page


async def test_the_list_filters_by_days_and_by_the_contract_or_order(shop: Shop) -> None:
    of_contract = [documents_pb2.Reference(kind="contract", number="V-17")]
    named = shop.document("RE-1", references=of_contract, thread_id="t1", issue_date="2026-11-02")
    await shop.told(
        named,
        shop.document("RE-2", thread_id="t1", issue_date="2026-11-20"),
        shop.document("RE-3", thread_id="t2", issue_date="2026-11-10"),
    )
    page = await shop.page("/dokumente")
    assert '<option value="V-17">Vertrag V-17</option>' in page
    for query, found in (
        ("label=V-17", {"RE-1", "RE-2"}),
        ("from=2026-11-10", {"RE-2", "RE-3"}),
        ("to=10.11.2026", {"RE-1", "RE-3"}),
        ("from=2026-11-05&to=2026-11-15&label=V-17", set()),
    ):
        page = await shop.page(f"/dokumente?{query}")
        assert {number for number in ("RE-1", "RE-2", "RE-3") if f">{number}</a>" in page} == found, query
    wrong = await shop.page("/dokumente?from=2026-11-15&to=2026-11-05")
    assert 'id="to-error">Dieser Tag liegt vor dem ersten' in wrong


async def numbers(shop: Shop, query: str) -> tuple[list[str], dict[str, str | None]]:
    answer = await shop.client.get(f"/api/admin/v1/documents?{query}")
    body = answer.json()
    return [entry["number"] for entry in body["entries"]], {"next": body["next"], "previous": body["previous"]}


async def test_numbers_sort_as_people_count(shop: Shop) -> None:
    await shop.told(*(shop.document(number) for number in ("RE-10", "RE-2", "RE-1")))
    assert (await numbers(shop, "sort=number&order=asc"))[0] == ["RE-1", "RE-2", "RE-10"]


async def test_paging_forth_and_back_shows_every_document_once(shop: Shop) -> None:
    await shop.told(*(shop.document(f"RE-{n}", gross_minor=n % 3) for n in range(1, 8)))
    seen, cursor, pages = [], "", []
    while True:
        page, ways = await numbers(shop, f"sort=amount&order=asc&limit=3&after={cursor}")
        pages.append((page, ways))
        seen += page
        if ways["next"] is None:
            break
        cursor = ways["next"]
    assert len(seen) == len(set(seen)) == 7
    back, _ways = await numbers(shop, f"sort=amount&order=asc&limit=3&before={pages[-1][1]['previous']}")
    assert back == pages[-2][0]


async def test_a_cursor_of_nobodys_is_refused(shop: Shop) -> None:
    assert (await shop.client.get("/api/admin/v1/documents?after=nonsense")).status_code == 422


async def test_documents_are_found_by_amount_as_printed_part_of_a_word_and_customer(shop: Shop) -> None:
    customer = shop.customer("77", "Weinhaus Müller")
    await shop.told(
        customer,
        shop.document("RE-2026-9", customer_id=customer.customer.id, title="Umwälzpumpe", gross_minor=432109),
        shop.document("RE-2026-8", title="Wartung"),
    )
    for words in ("4.321,09%20€", "pumpe", "Mueller", "müller pumpe", "re20269"):
        page = await shop.page(f"/dokumente?q={words}")
        assert "RE-2026-9" in page, words
        assert "RE-2026-8" not in page, words
