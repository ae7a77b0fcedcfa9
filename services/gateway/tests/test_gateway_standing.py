"""Additional documents in the portal: the versions that went along with a document, and no others."""

from typing import Any

import pytest

from kontor.documents.v1 import documents_pb2
from kontor_service.ids import uuid7


def terms(**changes: Any) -> documents_pb2.StandingDocumentVersion:
    values = {
        "id": str(uuid7()), "standing_document_id": str(uuid7()), "number": 2, "title": "AGB", "kind": "terms",
        "language": "de", "name": "agb.txt", "media_type": "text/plain", "sha256": "ab" * 32, "size": 2048,
    } | changes  # fmt: skip
    return documents_pb2.StandingDocumentVersion(**values)


async def test_they_stand_beside_the_document_and_in_its_json(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    given = terms()
    document = await portal.document(merchant, customer, standing_documents=[given])
    cookie = await portal.login("brunner", merchant, customer)
    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert "Zusätzliche Dokumente" in page
    assert f'href="/brunner/dokumente/{document}/zusatz/{given.id}"' in page
    details = (await portal.json(f"/api/portal/v1/brunner/documents/{document}", cookie)).json()["details"]
    assert [(one["id"], one["title"], one["number"]) for one in details["standing_documents"]] == [(given.id, "AGB", 2)]


async def test_their_files_open_from_page_and_json(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    given = terms()
    document = await portal.document(merchant, customer, standing_documents=[given])
    cookie = await portal.login("brunner", merchant, customer)
    portal.owners.answer("GET", f"/v1/standing-documents/versions/{given.id}/file", "§ 1 Geltungsbereich".encode())
    for path in (
        f"/brunner/dokumente/{document}/zusatz/{given.id}",
        f"/api/portal/v1/brunner/documents/{document}/standing/{given.id}",
    ):
        answer = await portal.page(path, cookie)
        assert (answer.status_code, answer.text) == (200, "§ 1 Geltungsbereich")
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"


async def test_a_version_that_did_not_go_along_is_not_there(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer, standing_documents=[terms()])
    other = await portal.document(merchant, customer, "RE-2", standing_documents=[(theirs := terms())])
    cookie = await portal.login("brunner", merchant, customer)
    portal.owners.answer("GET", f"/v1/standing-documents/versions/{theirs.id}/file", b"fremd")
    assert (await portal.page(f"/brunner/dokumente/{document}/zusatz/{theirs.id}", cookie)).status_code == 404
    assert (await portal.page(f"/brunner/dokumente/{other}/zusatz/{theirs.id}", cookie)).status_code == 200
    stranger = await portal.login("brunner", merchant, await portal.customer(merchant, "Fremd", "K-2"))
    assert (await portal.page(f"/brunner/dokumente/{other}/zusatz/{theirs.id}", stranger)).status_code == 404


@pytest.mark.parametrize("type", ["invoice", "quote"])
async def test_a_preview_of_a_draft_shows_what_would_go_along(portal: Any, type: str) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    would = terms(title="Neue AGB")
    draft = await portal.document(
        merchant, customer, type=type, state="waiting", standing_documents=[terms(title="Früher")]
    )
    path = f"/v1/documents/{draft}/standing-documents"
    portal.owners.answer(
        "GET", path, {"standing_documents": [{one.name: getattr(would, one.name) for one in would.DESCRIPTOR.fields}]}
    )
    portal.owners.answer("GET", f"/v1/standing-documents/versions/{would.id}/file", "§ 1".encode())
    preview = await portal.login("brunner", merchant, customer, kind="preview", draft_id=draft)
    here = f"/brunner/dokumente/{draft}"
    page = (await portal.page(here, preview)).text
    assert ("Neue AGB" in page, "Früher" in page) == (True, False)
    assert (await portal.page(f"{here}/zusatz/{would.id}", preview)).text == "§ 1"
    assert (await portal.page(f"{here}/zusatz/{uuid7()}", preview)).status_code == 404


async def test_a_preview_is_there_while_documents_is_not(portal: Any) -> None:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    draft = await portal.document(merchant, customer, state="waiting", standing_documents=[])
    portal.owners.answer("GET", f"/v1/documents/{draft}/standing-documents", {"code": "unavailable"}, 503)
    preview = await portal.login("brunner", merchant, customer, kind="preview", draft_id=draft)
    assert (await portal.page(f"/brunner/dokumente/{draft}", preview)).status_code == 200
