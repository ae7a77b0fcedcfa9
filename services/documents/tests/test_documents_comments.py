"""Comments on a shared document: who writes, what is refused, and until when one can be changed."""

from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio
from commenting import conversation
from documents_to_release import invoice, share

from kontor_service.ids import uuid7


@pytest_asyncio.fixture(loop_scope="module")
async def talk(documents):
    return await conversation(documents)


async def test_a_question_and_its_answer_stand_in_order_under_their_names(talk):
    assert (await talk.write(talk.anna())).status_code == 200
    assert (await talk.write(talk.jonas(), "Am Montag um acht.")).status_code == 200
    found = await talk.comments()
    assert [(c["number"], c["author_kind"], c["author_name"], c["text"], c["source"]) for c in found] == [
        ("1", "customer", "Anna Seidel", "Wann kommen Sie?", "portal"),
        ("2", "staff", "Jonas Brunner", "Am Montag um acht.", "admin"),
    ]
    assert (found[0]["external_id"], found[0]["document_number"]) == ("erp-1", "RE-1")


async def test_an_answer_closes_the_questions_before_it(talk):
    for _ in range(2):
        await talk.write(talk.anna())
    await talk.write(talk.jonas(), "Morgen.")
    await talk.write(talk.anna(), "Danke!")
    assert ["answered_at" in c for c in await talk.comments()] == [True, True, False, False]
    assert (await talk.documents.http.post(talk.path("comments", "settle"), headers=talk.jonas())).status_code == 200
    assert "answered_at" in (await talk.comments())[-1]


async def test_a_type_without_comments_refuses_them_from_everybody(documents):
    talk = await conversation(documents, type="delivery_note", due_date=None)
    for who in (talk.anna(), talk.jonas()):
        answer = await talk.write(who)
        assert (answer.status_code, answer.json()["code"]) == (409, "comments_not_allowed")
    assert await talk.comments() == []


async def test_a_document_that_waits_or_was_taken_back_takes_no_comment(documents, waiting):
    staff = documents.auth("documents:comment")
    path = f"/v1/documents/{waiting}/comments"
    assert (await documents.http.post(path, headers=staff, json={"text": "a"})).json()["code"] == "wrong_state"
    await share(documents, waiting)
    await documents.http.post(f"/v1/documents/{waiting}/withdraw", headers=documents.auth("documents:release"), json={})
    assert (await documents.http.post(path, headers=staff, json={"text": "a"})).json()["code"] == "wrong_state"


@pytest.mark.parametrize(("body", "code", "field"), [
    ({"text": "  \n"}, "comment_empty", "text"),
    ({"text": "x" * 5_001}, "invalid", "text"),
    ({"text": "a\0b"}, "invalid", "text"),
    ({"text": "a", "files": [str(uuid7())]}, "unknown_file", "files[0]"),
])  # fmt: skip
async def test_what_cannot_be_a_comment_is_refused_at_its_field(talk, body, code, field):
    answer = await talk.documents.http.post(talk.path(), headers=talk.anna(), json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert await talk.comments() == []


async def test_a_repeated_request_writes_once(talk):
    answers = [await talk.write(talk.anna(), headers={"Idempotency-Key": "abc"}) for _ in range(3)]
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await talk.comments()) == 1


@pytest.mark.parametrize("name", ["Seidel Optik", ""], ids=["a firm's", "nobody's"])
async def test_a_link_that_several_may_have_says_each_time_who_writes(talk, name):
    link = talk.by_link(sub=f"link:{uuid7()}", name=name)
    answer = await talk.write(link)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "name_missing", "name")
    assert (await talk.write(link, name="Mia Seidel")).status_code == 200
    assert (await talk.write(link, "Noch etwas.")).status_code == 422
    assert (await talk.write(link, "Und ich?", name="Bo Bauer")).status_code == 200
    assert [one["author_name"] for one in await talk.comments()] == ["Mia Seidel", "Bo Bauer"]


async def test_a_name_that_somebody_has_is_not_replaced_by_a_given_one(talk):
    await talk.write(talk.anna(), name="Der Chef")
    assert [c["author_name"] for c in await talk.comments()] == ["Anna Seidel"]


async def test_the_author_corrects_and_takes_back_within_minutes(talk):
    comment = (await talk.write(talk.anna(), "Wan?")).json()["id"]
    path = talk.path("comments", comment)
    assert (await talk.documents.http.put(path, headers=talk.anna(), json={"text": "Wann?"})).status_code == 200
    [changed] = await talk.comments()
    assert changed["text"] == "Wann?"
    assert "edited_at" in changed
    assert (await talk.documents.http.delete(path, headers=talk.anna())).status_code == 200
    assert await talk.comments() == []
    assert (await talk.documents.http.delete(path, headers=talk.anna())).status_code == 404


async def test_what_the_other_side_has_read_stays_as_it_is(talk):
    comment = (await talk.write(talk.anna())).json()["id"]
    await talk.documents.http.post(talk.path("comments", "read"), headers=talk.jonas(), json={"number": 1})
    path = talk.path("comments", comment)
    for answer in (
        await talk.documents.http.put(path, headers=talk.anna(), json={"text": "Anders"}),
        await talk.documents.http.delete(path, headers=talk.anna()),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "comment_read")
    assert [c["text"] for c in await talk.comments()] == ["Wann kommen Sie?"]


async def test_ten_minutes_later_nothing_is_changed_any_more(talk):
    comment = (await talk.write(talk.anna())).json()["id"]
    talk.documents.app.state.clock.offset += timedelta(minutes=10, seconds=1)
    answer = await talk.documents.http.delete(talk.path("comments", comment), headers=talk.anna())
    assert (answer.status_code, answer.json()["code"], answer.json()["minutes"]) == (409, "comment_too_old", 10)


async def test_nobody_changes_what_another_wrote(talk):
    comment = (await talk.write(talk.anna())).json()["id"]
    path = talk.path("comments", comment)
    for who in (talk.jonas(), talk.anna(sub=f"contact:{uuid7()}"), talk.by_link()):
        assert (await talk.documents.http.put(path, headers=who, json={"text": "Anders"})).status_code == 404
        assert (await talk.documents.http.delete(path, headers=who)).status_code == 404
    assert len(await talk.comments()) == 1


async def test_a_script_that_writes_without_end_has_to_wait(talk):
    answers = [await talk.write(talk.anna(), f"{n}") for n in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert (await talk.write(talk.jonas(), "Ruhig Blut.")).status_code == 200


async def test_mails_speak_for_the_documents_own_people_alone(talk):
    author = {"kind": "contact", "id": str(talk.contact), "name": "Anna Seidel"}
    assert (await talk.write(talk.mail(), "Aus der Mail.", author=author, source="mail")).status_code == 200
    stranger = await talk.write(talk.mail(), "Geben Sie her.", author=author | {"id": str(uuid7())})
    assert (stranger.status_code, stranger.json()["code"]) == (422, "unknown_author")
    assert (await talk.write(talk.mail(), "Wer bin ich?")).json()["field"] == "author"
    assert [(c["source"], c["author"]) for c in await talk.comments()] == [("mail", f"contact:{talk.contact}")]


async def test_a_person_cannot_speak_in_anothers_name(talk):
    author = {"kind": "staff", "id": str(uuid7()), "name": "Jonas Brunner"}
    assert (await talk.write(talk.anna(), "Ich erlasse alles.", author=author)).status_code == 200
    assert [(c["author_kind"], c["author_name"]) for c in await talk.comments()] == [("customer", "Anna Seidel")]


async def test_another_system_writes_by_its_own_id(talk):
    path, key = "/v1/documents/by-external-id/erp-1/comments", talk.documents.auth("documents:submit", kind="key")
    assert (await talk.documents.http.post(path, headers=key, json={"text": "Versandt.", "author": "Lager"})).is_success
    assert [(c["author_kind"], c["author_name"], c["source"]) for c in await talk.comments()] == [
        ("system", "Lager", "http")
    ]
    path = "/v1/documents/by-external-id/erp-99/comments"
    missing = await talk.documents.http.post(path, headers=key, json={"text": "Versandt."})
    assert (missing.status_code, missing.json()["code"]) == (404, "document_not_found")


async def test_strangers_find_no_conversation(talk):
    """Another customer, another merchant, and a link to another thread."""
    other = (await talk.documents.made(invoice(number="RE-2", external_id="erp-2")))["document"]["id"]
    await share(talk.documents, other)
    strangers = (
        talk.anna(customers=[uuid7()]), talk.by_link(document=UUID(other)), talk.documents.auth("documents:comment", merchant=uuid7()),
    )  # fmt: skip
    comment = (await talk.write(talk.anna())).json()["id"]
    for who in strangers:
        assert (await talk.write(who)).status_code == 404
        assert (await talk.upload(who, b"%PDF-1.7", "a.pdf")).status_code == 404
        assert (await talk.documents.http.get(talk.path(), headers=who)).status_code == 404
        for path in (talk.path("comments", comment), talk.path("comments", comment, "files", str(uuid7()))):
            assert (
                await talk.documents.http.request("GET" if "files" in path else "DELETE", path, headers=who)
            ).status_code == 404
    assert len(await talk.comments()) == 1


async def test_a_customer_neither_reads_nor_settles_in_the_merchants_place(talk):
    await talk.write(talk.anna())
    read = await talk.documents.http.post(talk.path("comments", "read"), headers=talk.anna(), json={"number": 1})
    settled = await talk.documents.http.post(talk.path("comments", "settle"), headers=talk.anna())
    assert (read.status_code, settled.status_code) == (404, 404)
    assert [{"read_at", "answered_at"} & set(c) for c in await talk.comments()] == [set()]


async def test_the_history_has_what_was_written_and_taken_back(talk):
    comment = (await talk.write(talk.anna())).json()["id"]
    await talk.documents.http.delete(talk.path("comments", comment), headers=talk.anna())
    story = (await talk.documents.http.get(talk.path("history"), headers=talk.documents.auth("service"))).json()
    assert [entry["fact"] for entry in story["entries"][-2:]] == ["commented", "comment_deleted"]
    assert story["intact"] is True
