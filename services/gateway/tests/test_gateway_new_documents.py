"""What is new to a reader: a dot in lists, the count in the navigation; and the words of quotes in lists."""

import re
from typing import Any
from uuid import uuid4

from kontor.documents.v1 import documents_pb2

LIST = "/api/portal/v1/brunner/documents"
SUBJECT = "contact:01900000-0000-7000-8000-000000000007"
OTHER = "contact:01900000-0000-7000-8000-000000000008"


def mark(merchant: str, document: str, reader: str = SUBJECT, **more: Any) -> documents_pb2.ReadMarkSnapshot:
    values = {"id": str(uuid4()), "epoch": 1, "version": 1, "revision": 1, "comment_number": 0} | more
    state = documents_pb2.ReadMark(merchant_id=merchant, document_id=document, reader=reader, **values)
    return documents_pb2.ReadMarkSnapshot(read_mark=state)


async def new_ones(portal: Any, cookie: dict[str, str], query: str = "") -> set[str]:
    found = (await portal.json(f"{LIST}?{query}", cookie)).json()["documents"]
    return {document["number"] for document in found if document["new"]}


async def counted(portal: Any, cookie: dict[str, str]) -> int:
    sections = (await portal.json("/api/portal/v1/brunner/session", cookie)).json()["session"]["sections"]
    return int(next(one["count"] for one in sections if one["name"] == "documents"))


async def test_a_document_is_new_until_this_reader_has_read_it(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    first = await portal.document(merchant, customer, "RE-1", revision=1)
    await portal.document(merchant, customer, "RE-2", revision=1)
    mine = await portal.login("brunner", merchant, customer, subject=SUBJECT)
    theirs = await portal.login("brunner", merchant, customer, subject=OTHER)
    await portal.say(mark(merchant, first))
    assert (await new_ones(portal, mine), await counted(portal, mine)) == ({"RE-2"}, 1)
    assert (await new_ones(portal, theirs), await counted(portal, theirs)) == ({"RE-1", "RE-2"}, 2)
    page = (await portal.page("/brunner/dokumente", mine)).text
    assert page.count('<span class="dot" aria-hidden="true"></span><span class="unseen">Neu: </span>') == 1
    assert "data-seen data-known" in (await portal.page(f"/brunner/dokumente/{first}", mine)).text
    assert "data-seen data-known" not in (await portal.page(f"/brunner/dokumente/{first}", theirs)).text


async def test_a_newer_revision_and_a_comment_of_the_merchant_are_new_again(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    amended = await portal.document(merchant, customer, "AN-1", type="quote", revision=2)
    commented = await portal.document(merchant, customer, "RE-1", revision=1)
    quiet = await portal.document(merchant, customer, "RE-2", revision=1)
    await portal.say(*(mark(merchant, one) for one in (amended, commented, quiet)))
    for number, author in ((1, "staff"), (2, "customer")):
        comment = documents_pb2.Comment(
            id=str(uuid4()), merchant_id=merchant, epoch=1, version=1, customer_id=customer, number=number, author_kind=author,
            document_id=commented if author == "staff" else quiet,
        )  # fmt: skip
        await portal.say(documents_pb2.CommentSnapshot(comment=comment))
    cookie = await portal.login("brunner", merchant, customer, subject=SUBJECT)
    assert await new_ones(portal, cookie) == {"AN-1", "RE-1"}
    await portal.say(mark(merchant, commented, id=str(uuid4()), comment_number=1))
    assert await new_ones(portal, cookie) == {"AN-1"}


async def test_nothing_is_counted_that_the_reader_may_not_see(portal: Any) -> None:
    merchant = await portal.merchant("brunner", types=("invoice",))
    customer, other = await portal.customer(merchant), await portal.customer(merchant, "Maier", "K-2")
    shown = await portal.document(merchant, customer, "RE-1", revision=1)
    await portal.document(merchant, customer, "AN-1", type="quote")
    await portal.document(merchant, customer, "RE-2", state="waiting")
    await portal.document(merchant, customer, "RE-3", roles=["supplier"])
    await portal.document(merchant, other, "RE-4")
    cookie = await portal.login("brunner", merchant, customer, subject=SUBJECT)
    link = await portal.login("brunner", merchant, customer, subject="link:1", kind="link", document_id=shown)
    assert (await counted(portal, cookie), await counted(portal, link)) == (1, 0)


def beside_documents(page: str) -> int:
    """The number in the navigation."""
    found = re.search(r'aria-current="page">Dokumente(?: <span class="count">(\d+)</span>)?</a>', page)
    assert found is not None
    return int(found[1] or 0)


async def test_the_list_counts_in_its_navigation_what_every_other_page_counts(portal: Any) -> None:
    merchant = await portal.merchant("brunner", types=("invoice", "quote"))
    many, few = await portal.customer(merchant), await portal.customer(merchant, "Maier", "K-2")
    for day in range(1, 26):
        kind = "quote" if day % 4 == 0 else "invoice"
        document = await portal.document(
            merchant, many, f"RE-{day}", type=kind, revision=1, issue_date=f"2026-01-{day:02}"
        )
        if day % 3 == 0:
            await portal.say(mark(merchant, document))
    await portal.document(merchant, few, "RE-31", revision=1)
    mine = await portal.login("brunner", merchant, many, subject=SUBJECT)
    both = await portal.login("brunner", merchant, many, few, subject=SUBJECT)
    poor = await portal.login("brunner", merchant, few, subject=SUBJECT)
    # The same with one of the latest that this reader does not see: others are on the page in its place.
    partly = await portal.login("brunner", merchant, many, subject=SUBJECT, sees={many: ["invoice"]})
    expected = {"mine": 13, "both": 14, "poor": 1, "partly": 10}
    for name, cookie in (("mine", mine), ("both", both), ("poor", poor), ("partly", partly)):
        assert await counted(portal, cookie) == expected[name], name
        following = (await portal.json(LIST, cookie)).json()["next"]
        for query in (
            "", "further=1", "type=quote", "status=to_decide", "q=RE-2", "sort=number&order=asc", "order=asc", "limit=3",
            "limit=20", "limit=50", f"after={following or ''}", f"customer={few}", "year=2025",
        ):  # fmt: skip
            page = await portal.page(f"/brunner/dokumente?{query}", cookie)
            assert (page.status_code, beside_documents(page.text)) == (200, expected[name]), (name, query)


async def test_quotes_have_words_of_their_own_and_are_found_by_them(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    outcomes = {"AN-1": "", "AN-2": "accepted", "AN-3": "declined", "AN-4": "expired", "AN-5": "promised"}
    for number, outcome in outcomes.items():
        await portal.document(merchant, customer, number, type="quote", outcome=outcome, due_date="")
    await portal.document(merchant, customer, "RE-1")
    cookie = await portal.login("brunner", merchant, customer)

    async def numbers(status: str) -> list[str]:
        found = (await portal.json(f"{LIST}?status={status}", cookie)).json()["documents"]
        return [document["number"] for document in found]

    assert await numbers("to_decide") == ["AN-1"]
    assert await numbers("accepted") == ["AN-2"]
    assert await numbers("promised") == ["AN-5"]
    page = (await portal.page("/brunner/dokumente", cookie)).text
    for word in ("zu entscheiden", "angenommen", "abgelehnt", "abgelaufen"):
        assert f"{word}</span>" in page
    assert '<option value="to_decide">Zu entscheiden</option>' in page
