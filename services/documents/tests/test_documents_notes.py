"""Internal notes: for staff alone, by right and by type."""

import pytest_asyncio
from commenting import conversation

from kontor.documents.v1 import documents_pb2 as pb
from kontor_events.registry import feed_types, rules_of, type_of, types


@pytest_asyncio.fixture(loop_scope="module")
async def talk(documents):
    return await conversation(documents)


def staff(talk, **claims):
    return talk.documents.auth("documents:note", sub=f"staff:{talk.contact}", name="Jonas Brunner", **claims)


async def note(talk, who, text="Zahlt schlecht."):
    return await talk.documents.http.post(talk.path("notes"), headers=who, json={"text": text})


async def test_staff_note_something_and_take_it_back(talk):
    written = await note(talk, staff(talk))
    assert (written.status_code, written.json()["kind"]) == (200, "documents.note")
    path = talk.path("notes", written.json()["id"])
    colleague = talk.documents.auth("documents:note")
    assert (await talk.documents.http.delete(path, headers=colleague)).json()["code"] == "note_not_found"
    assert (await talk.documents.http.delete(path, headers=staff(talk))).status_code == 200
    assert [fact for fact in await talk.documents.facts() if ".note." in fact] == [
        "documents.note.added.v1", "documents.note.deleted.v1",
    ]  # fmt: skip


async def test_no_session_of_a_customer_can_write_a_note_or_read_one(talk):
    await note(talk, staff(talk))
    for who in (talk.anna(), talk.by_link(), talk.mail()):
        assert (await note(talk, who)).status_code == 403
    assert await talk.comments() == []


async def test_the_right_to_notes_is_granted_to_staff_alone():
    rules = rules_of("documents")
    assert "documents:note" in {granted.right for granted in rules.staff_rights}
    assert "documents:note" not in {*rules.portal_rights, *rules.link_rights, *rules.key_scopes}


async def test_no_fact_of_a_note_is_in_the_feed_of_other_systems():
    told = {type_of(kind) for kind in feed_types()}
    assert {name for name in types() if name.startswith("documents.note.")} & told == set()
    assert type_of(pb.CommentAdded) in told
