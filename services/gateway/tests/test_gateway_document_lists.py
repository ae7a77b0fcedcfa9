"""How a customer finds a document: by its days, and by the contract or order it belongs to."""

from typing import Any
from uuid import uuid4

from kontor.documents.v1 import documents_pb2

LIST = "/api/portal/v1/brunner/documents"


def belongs(kind: str, number: str) -> dict[str, Any]:
    return {"references": [documents_pb2.Reference(kind=kind, number=number)]}


async def numbers(portal: Any, cookie: dict[str, str], query: str) -> list[str]:
    answer = await portal.json(f"{LIST}?{query}", cookie)
    return [document["number"] for document in answer.json()["documents"]]


async def test_a_range_of_days_takes_both_its_ends(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    for day in (1, 2, 3, 4):
        await portal.document(merchant, customer, f"RE-{day}", issue_date=f"2026-03-0{day}")
    cookie = await portal.login("brunner", merchant, customer)
    assert await numbers(portal, cookie, "from=2026-03-02&to=2026-03-03") == ["RE-3", "RE-2"]
    assert await numbers(portal, cookie, "from=03.03.2026") == ["RE-4", "RE-3"]
    assert await numbers(portal, cookie, "to=2026-03-01&sort=amount") == ["RE-1"]
    wrong = await portal.json(f"{LIST}?from=31.02.2026", cookie)
    assert (wrong.status_code, wrong.json()["field"]) == (422, "from")


async def test_a_day_that_there_is_not_is_said_at_its_field_and_the_list_stays(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    await portal.document(merchant, customer, "RE-1")
    cookie = await portal.login("brunner", merchant, customer)
    page = await portal.page("/brunner/dokumente?from=31.02.2026", cookie)
    assert page.status_code == 200
    assert 'value="31.02.2026"' in page.text
    assert 'id="from-error">Bitte geben Sie ein Datum ein' in page.text
    assert "RE-1" in page.text
    turned = await portal.page("/brunner/dokumente?from=02.03.2026&to=01.03.2026", cookie)
    assert 'id="to-error">Dieser Tag liegt vor dem ersten.' in turned.text


async def test_a_document_has_the_label_it_names_and_else_that_of_its_thread(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    thread = str(uuid4())
    await portal.document(merchant, customer, "LS-1", type="delivery_note", thread_id=thread, issue_date="2026-01-02",
                          **belongs("sales_order", "A-7"))  # fmt: skip
    await portal.document(merchant, customer, "RE-1", thread_id=thread, issue_date="2026-01-03")
    await portal.document(merchant, customer, "RE-2", issue_date="2026-01-04", **belongs("contract", "V-3"))
    await portal.document(merchant, customer, "RE-3", issue_date="2026-01-05")
    cookie = await portal.login("brunner", merchant, customer)
    found = (await portal.json(LIST, cookie)).json()["documents"]
    assert {one["number"]: one["label"] for one in found} == {
        "RE-3": None,
        "RE-2": {"kind": "contract", "number": "V-3"},
        "RE-1": {"kind": "sales_order", "number": "A-7"},
        "LS-1": {"kind": "sales_order", "number": "A-7"},
    }
    assert await numbers(portal, cookie, "label=A-7") == ["RE-1", "LS-1"]
    assert await numbers(portal, cookie, "label=V-3&type=invoice") == ["RE-2"]
    assert await numbers(portal, cookie, "label=unknown") == []
    page = (await portal.page("/brunner/dokumente", cookie)).text
    assert '<a class="sub label" href="/brunner/dokumente?label=V-3">Vertrag V-3</a>' in page
    assert 'name="label"' not in page
    assert 'href="?further=1#further"' in page
    for query in ("further=1", "label=V-3"):
        unfolded = (await portal.page(f"/brunner/dokumente?{query}", cookie)).text
        assert '<option value="A-7"' in unfolded, query
        assert '<input type="hidden" name="further" value="1">' in unfolded, query


async def test_a_label_is_no_way_to_what_somebody_else_has(portal: Any) -> None:
    merchant = await portal.merchant("brunner", types=("invoice",))
    mine, theirs = await portal.customer(merchant), await portal.customer(merchant, "Maier", "K-2")
    thread = str(uuid4())
    await portal.document(merchant, mine, "RE-1", thread_id=thread)
    await portal.document(merchant, theirs, "RE-2", thread_id=thread, **belongs("order", "GEHEIM-1"))
    await portal.document(merchant, mine, "AN-1", type="quote", thread_id=thread, **belongs("order", "GEHEIM-2"))
    cookie = await portal.login("brunner", merchant, mine)
    assert [one["label"] for one in (await portal.json(LIST, cookie)).json()["documents"]] == [None]
    assert await numbers(portal, cookie, "label=GEHEIM-1") == []
    assert "GEHEIM" not in (await portal.page("/brunner/dokumente", cookie)).text


async def test_beside_an_open_document_stand_its_types_and_its_neighbours(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    ids = [await portal.document(merchant, customer, f"RE-{n}", issue_date=f"2026-01-0{n}") for n in (1, 2, 3)]
    await portal.document(merchant, customer, "AN-1", type="quote", issue_date="2026-01-02")
    cookie = await portal.login("brunner", merchant, customer)
    page = (await portal.page(f"/brunner/dokumente/{ids[1]}", cookie)).text
    assert (
        '<a href="/brunner/dokumente?type=invoice" aria-current="true">Rechnungen <span class="count">3</span></a>'
        in page
    )
    assert f'<a href="/brunner/dokumente/{ids[2]}" rel="prev">' in page
    assert f'<a href="/brunner/dokumente/{ids[0]}" rel="next">' in page
    first = (await portal.page(f"/brunner/dokumente/{ids[0]}", cookie)).text
    assert 'rel="next"' not in first


async def test_a_documents_link_shows_no_other_documents_beside_it(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer, "RE-1")
    await portal.document(merchant, customer, "RE-2", issue_date="2026-11-02")
    cookie = await portal.login("brunner", merchant, customer, document_id=document, kind="link")
    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert "RE-2" not in page
    assert 'class="types"' not in page


async def test_the_choice_between_data_and_pdf_is_remembered_and_the_merchant_sets_the_first(portal: Any) -> None:
    merchant = await portal.merchant("brunner", document_view="pdf")
    customer = await portal.customer(merchant)
    pdf = documents_pb2.File(id=str(uuid4()), name="RE-1.pdf", media_type="application/pdf", role="pdf")
    document = await portal.document(merchant, customer, files=[pdf], content_sha256="ab" * 32)
    cookie = await portal.login("brunner", merchant, customer)
    here = f"/brunner/dokumente/{document}"
    assert '<object class="pdf"' in (await portal.page(here, cookie)).text
    chosen = await portal.page(f"{here}?view=data", cookie)
    assert '<object class="pdf"' not in chosen.text
    assert "__Host-kontor-view=data" in chosen.headers["set-cookie"]
    later = await portal.page(here, {"cookie": f"{cookie['cookie']}; __Host-kontor-view=data"})
    assert '<object class="pdf"' not in later.text
    assert "kontor-view" not in later.headers.get("set-cookie", "")
