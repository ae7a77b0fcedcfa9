"""Standing documents: versions of terms and notices, and which one went along with a document."""

import base64
from uuid import UUID

import pytest
from documents_to_release import invoice, share
from quotes_to_decide import document_row, quote, shared_quote
from sqlalchemy import text

from kontor.documents.v1 import documents_pb2 as pb
from kontor_service.ids import uuid7

TERMS = "§ 1 Geltungsbereich\nDiese Bedingungen gelten für alle Angebote."


def input_of(content: bytes | str | None = TERMS, name="agb.txt", **changes):
    said = {"title": "AGB", "kind": "terms", "language": "de", "document_types": ["invoice"], "consent": True}
    if content is not None:
        raw = content.encode() if isinstance(content, str) else content
        said["file"] = {"name": name, "content": base64.b64encode(raw).decode()}
    return said | changes


async def put(documents, id_=None, *, merchant=None, **changes):
    id_ = id_ or uuid7()
    headers = documents.auth("standing_documents:edit", merchant=merchant)
    return await documents.http.put(f"/v1/standing-documents/{id_}", json=input_of(**changes), headers=headers)


def state_in(answer) -> pb.StandingDocument:
    assert answer.status_code == 200, answer.text
    data = base64.b64decode(answer.json()["snapshot"]["data"])
    return pb.StandingDocumentSnapshot.FromString(data).standing_document


async def shared(documents, document_id) -> pb.Document:
    assert (await share(documents, document_id)).status_code == 200
    async with documents.app.state.db.transaction(documents.merchant) as session:
        query = "SELECT payload FROM outbox WHERE type = 'documents.document.shared.v1' ORDER BY id DESC LIMIT 1"
        return pb.DocumentShared.FromString(await session.scalar(text(query))).document


async def file_of(documents, version_id, merchant=None):
    headers = documents.auth("service", merchant=merchant)
    return await documents.http.get(f"/v1/standing-documents/versions/{version_id}/file", headers=headers)


async def test_a_new_file_is_a_new_version_and_the_old_one_stays_readable(documents):
    first = state_in(await put(documents))
    second = state_in(await put(documents, first.id, content="§ 1 Neu"))
    assert [version.number for version in second.versions] == [2, 1]
    assert (await file_of(documents, second.versions[0].id)).text == "§ 1 Neu"
    assert (await file_of(documents, second.versions[1].id)).text == TERMS


async def test_what_customers_read_unchanged_is_no_new_version(documents):
    first = state_in(await put(documents))
    moved = state_in(await put(documents, first.id, content=None, position=3, document_types=["quote", "invoice"]))
    assert ([version.number for version in moved.versions], moved.position) == ([1], 3)
    renamed = state_in(await put(documents, first.id, content=None, title="Allgemeine Geschäftsbedingungen"))
    assert [version.title for version in renamed.versions] == ["Allgemeine Geschäftsbedingungen", "AGB"]
    assert renamed.versions[0].sha256 == renamed.versions[1].sha256


async def test_the_sentence_to_agree_to_has_a_usual_wording_in_the_documents_language(documents):
    usual = state_in(await put(documents)).versions[0]
    assert usual.sentence == "Ich habe „AGB“ gelesen und bin damit einverstanden."
    english = state_in(await put(documents, title="Terms", language="en")).versions[0]
    assert english.sentence == "I have read “Terms” and agree to it."
    information = state_in(await put(documents, title="Widerrufsbelehrung", kind="withdrawal")).versions[0]
    assert information.sentence == "Ich habe „Widerrufsbelehrung“ zur Kenntnis genommen."
    own = state_in(await put(documents, sentence="Ich stimme zu.", kind="other")).versions[0]
    assert own.sentence == "Ich stimme zu."


async def test_sharing_records_the_versions_current_then(documents, waiting):
    terms = state_in(await put(documents))
    await put(documents, title="Garantie", kind="warranty", consent=False, document_types=["quote"])
    state = await shared(documents, waiting)
    assert [(one.title, one.id, one.consent) for one in state.standing_documents] == [
        ("AGB", terms.versions[0].id, True)
    ]
    await put(documents, terms.id, content="§ 1 Neu")
    headers = documents.auth("documents:release")
    entries = (await documents.http.get(f"/v1/documents/{waiting}/history", headers=headers)).json()["entries"]
    assert entries[-1]["detail"]["standing_documents"] == [terms.versions[0].id]


async def test_of_a_waiting_document_staff_see_what_would_go_along_now(documents, waiting):
    terms = state_in(await put(documents))
    await put(documents, title="Garantie", kind="warranty", document_types=["quote"])
    newer = state_in(await put(documents, terms.id, content="§ 1 Neu")).versions[0]
    path = f"/v1/documents/{waiting}/standing-documents"
    found = (await documents.http.get(path, headers=documents.auth("service"))).json()["standing_documents"]
    assert [(one["id"], one["title"], one["consent"]) for one in found] == [(newer.id, "AGB", True)]
    theirs = await documents.http.get(path, headers=documents.auth("service", merchant=uuid7()))
    assert theirs.status_code == 404


async def test_an_amended_quote_goes_with_the_versions_current_then(documents):
    terms = state_in(await put(documents, document_types=["quote"]))
    id_ = await shared_quote(documents)
    newer = state_in(await put(documents, terms.id, content="§ 1 Neu", document_types=["quote"])).versions[0]
    await documents.made(quote(title="Neu"))
    row = await document_row(documents, id_)
    assert (row["revision"], [one["id"] for one in row["facts"]["standing_documents"]]) == (2, [newer.id])


async def test_what_is_switched_off_or_removed_goes_along_no_more(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer()
    off, gone = state_in(await put(documents)), state_in(await put(documents, title="Widerruf", kind="withdrawal"))
    state_in(await put(documents, off.id, content=None, active=False))
    headers = documents.auth("standing_documents:edit")
    for _ in range(2):
        assert (await documents.http.delete(f"/v1/standing-documents/{gone.id}", headers=headers)).status_code == 200
    document = (await documents.made(invoice()))["document"]["id"]
    assert list((await shared(documents, document)).standing_documents) == []
    assert (await file_of(documents, gone.versions[0].id)).text == TERMS


async def test_customers_get_their_language_and_the_merchants_where_a_kind_is_missing_in_it(documents):
    await documents.open_shop(automatic_release=False)
    await documents.add_customer(language="en")
    await put(documents, title="AGB", position=1)
    await put(documents, title="Terms", language="en", position=2)
    await put(documents, title="Widerrufsbelehrung", kind="withdrawal", position=3)
    document = (await documents.made(invoice()))["document"]["id"]
    titles = [one.title for one in (await shared(documents, document)).standing_documents]
    assert titles == ["Terms", "Widerrufsbelehrung"]


async def test_a_type_takes_three_in_one_language(documents):
    for number in range(3):
        assert (await put(documents, title=f"Text {number}")).status_code == 200
    refused = await put(documents, title="Text 4")
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
        409, "too_many_standing_documents", "document_types")  # fmt: skip
    assert (await put(documents, title="Text 4", active=False)).status_code == 200
    assert (await put(documents, title="Text 5", language="en")).status_code == 200
    assert (await put(documents, title="Text 6", document_types=["quote"])).status_code == 200


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"content": None}, 422, "file"),
        ({"content": b"MZ\x90\x00\x03"}, 422, "file"),
        ({"content": b"%PDF-1.7 nothing else"}, 422, "file"),
        ({"content": b" \n"}, 422, "file"),
        ({"content": b"a" * (5 * 1024 * 1024 + 1)}, 413, "file"),
        ({"title": " "}, 422, "title"),
        ({"kind": "poem"}, 422, "kind"),
        ({"document_types": []}, 422, "document_types"),
        ({"file": {"name": "agb.txt", "content": "keine Basis"}}, 422, "file.content"),
    ],
    ids=["no file", "program", "broken PDF", "empty", "too large", "no title", "kind", "no type", "not base64"],
)
async def test_what_cannot_be_used_is_refused_at_its_field(documents, changes, status, field):
    answer = await put(documents, **changes)
    assert (answer.status_code, answer.json().get("field")) == (status, field), answer.text
    assert "documents.standing_document.added.v1" not in await documents.facts()


async def test_a_text_from_windows_and_a_pdf_are_taken(documents, blank_pdf):
    old = state_in(await put(documents, content="Gewährleistung".encode("cp1252"))).versions[0]
    assert (await file_of(documents, old.id)).text == "Gewährleistung"
    pdf = state_in(await put(documents, content=blank_pdf, name="agb.pdf")).versions[0]
    assert (pdf.media_type, (await file_of(documents, pdf.id)).content) == ("application/pdf", blank_pdf)


async def test_another_merchants_are_not_there(documents):
    theirs = state_in(await put(documents))
    other = UUID("01890000-0000-7000-8000-00000000000b")
    assert (await put(documents, theirs.id, merchant=other)).status_code == 404
    assert (await file_of(documents, theirs.versions[0].id, merchant=other)).status_code == 404
    headers = documents.auth("standing_documents:edit", merchant=other)
    assert (await documents.http.delete(f"/v1/standing-documents/{theirs.id}", headers=headers)).status_code == 404
    assert (await documents.http.delete(f"/v1/standing-documents/{uuid7()}", headers=headers)).status_code == 404
