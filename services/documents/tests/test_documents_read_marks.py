"""What each person of a customer has read of a document, told to the merchant and to other systems."""

from uuid import UUID

import pytest_asyncio
from commenting import conversation
from documents_to_release import invoice, share
from sqlalchemy import text

from kontor.documents.v1 import documents_pb2 as pb
from kontor_service.ids import uuid7


@pytest_asyncio.fixture(loop_scope="module")
async def talk(documents):
    return await conversation(documents)


def reader(talk, **claims):
    given = {"kind": "contact", "customers": [talk.customer], "sub": f"contact:{talk.contact}", "name": "Anna Seidel"}
    return talk.documents.auth("documents:read", **given | claims)


async def read(talk, who, **seen):
    return await talk.documents.http.post(talk.path("opened"), headers=who, json=seen)


async def told(talk, name):
    async with talk.documents.app.state.db.transaction(talk.documents.merchant) as session:
        query = text("SELECT payload FROM outbox WHERE type = :type AND merchant_id = :merchant ORDER BY id")
        asked = {"type": f"documents.read_mark.{name}.v1", "merchant": talk.documents.merchant}
        return [row.payload for row in await session.execute(query, asked)]


async def test_each_person_has_a_mark_of_their_own_and_the_first_reading_counts_once(talk):
    for who in (reader(talk), reader(talk), reader(talk, kind="link", sub=f"link:{uuid7()}", name="")):
        assert (await read(talk, who)).status_code == 200
    marks = [pb.ReadMarkAdded.FromString(payload).read_mark for payload in await told(talk, "added")]
    assert [(mark.reader.partition(":")[0], mark.reader_name) for mark in marks] == [
        ("contact", "Anna Seidel"),
        ("link", ""),
    ]
    assert {(mark.document_number, mark.external_id, mark.revision) for mark in marks} == {("RE-1", "erp-1", 1)}
    assert await told(talk, "changed") == []


async def test_a_new_comment_of_the_merchant_is_unread_until_it_was_on_the_page(talk):
    await read(talk, reader(talk))
    await talk.write(talk.jonas(), "Noch eine Frage.")
    await talk.write(talk.jonas(), "Und noch eine.")
    await read(talk, reader(talk), revision=1, comment_number=1)
    assert ["read_at" in comment for comment in await talk.comments()] == [True, False]
    await read(talk, reader(talk), revision=1, comment_number=2)
    changed = [pb.ReadMarkChanged.FromString(payload).read_mark for payload in await told(talk, "changed")]
    assert [mark.comment_number for mark in changed] == [1, 2]
    assert ["read_at" in comment for comment in await talk.comments()] == [True, True]


async def test_nobody_has_read_what_is_not_written_yet(talk):
    await read(talk, reader(talk), revision=99, comment_number=99)
    [mark] = [pb.ReadMarkAdded.FromString(payload).read_mark for payload in await told(talk, "added")]
    assert (mark.revision, mark.comment_number) == (1, 0)


async def test_an_older_page_takes_nothing_back(talk):
    await talk.write(talk.jonas(), "Guten Tag.")
    await read(talk, reader(talk))
    await read(talk, reader(talk), revision=1, comment_number=0)
    assert await told(talk, "changed") == []


async def test_who_answers_has_read_what_was_on_the_page(talk):
    """Also without scripts, where nothing tells of reading."""
    await talk.write(talk.jonas(), "Passt Montag?")
    await talk.write(talk.anna(), "Ja.", seen=1)
    first, second = await talk.comments()
    assert "read_at" in first
    await talk.write(talk.jonas(), "Bis dann.", seen=2)
    assert "read_at" in (await talk.comments())[1]
    assert second["author_kind"] == "customer"


async def test_staff_and_services_that_look_leave_no_mark(talk):
    for who in (talk.documents.auth("documents:read"), talk.mail()):
        assert (await read(talk, who)).status_code == 200
    assert await told(talk, "added") == []


async def test_strangers_mark_nothing(talk):
    other = (await talk.documents.made(invoice(number="RE-2", external_id="erp-2")))["document"]["id"]
    await share(talk.documents, other)
    for who in (
        reader(talk, customers=[uuid7()]), reader(talk, kind="link", document=UUID(other)), reader(talk, merchant=uuid7()),
    ):  # fmt: skip
        assert (await read(talk, who)).status_code == 404
    assert await told(talk, "added") == []
