"""Additional documents in the settings: kept in versions, put in order, reviewed once a year."""

import base64
from typing import Any
from uuid import uuid4

import pytest
from admin_shop import Shop, answer_of

from kontor.documents.v1 import documents_pb2

HERE = "/einstellungen/zusatzdokumente"
TYPED = {
    "title": "AGB", "kind": "terms", "language": "de", "document_types": ["quote", "invoice"], "consent": "on",
    "sentence": "", "position": "2", "active": "on",
}  # fmt: skip


def standing(shop: Shop, **changes: Any) -> documents_pb2.StandingDocumentSnapshot:
    versions = [
        documents_pb2.StandingDocumentVersion(
            id=str(uuid4()), number=number, title="AGB", kind="terms", language="de", name="agb.txt", size=2048,
            media_type="text/plain", sha256="ab" * 32, valid_from=f"202{3 + number}-03-01T08:00:00+00:00",
        )
        for number in (2, 1)
    ]  # fmt: skip
    state = {
        "id": str(uuid4()), "merchant_id": str(shop.merchant_id), "epoch": 1, "version": 1, "language": "de",
        "document_types": ["quote"], "active": True, "versions": versions,
    } | changes  # fmt: skip
    return documents_pb2.StandingDocumentSnapshot(standing_document=documents_pb2.StandingDocument(**state))


async def test_a_new_one_goes_to_documents_with_its_file(shop: Shop) -> None:
    key = str(uuid4())
    shop.owners.answers["PUT", f"/v1/standing-documents/{key}"] = answer_of(standing(shop, id=key))
    file = {"file": ("agb.txt", "§ 1".encode(), "text/plain")}
    answer = await shop.post(f"{HERE}/neu", {**TYPED, "key": key}, files=file)
    assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    [(_method, _path, sent)] = shop.owners.calls
    assert base64.b64decode(sent.pop("file")["content"]).decode() == "§ 1"
    assert sent == {
        "title": "AGB", "kind": "terms", "language": "de", "document_types": ["quote", "invoice"], "consent": True,
        "sentence": "", "position": 2, "active": True,
    }  # fmt: skip
    assert "AGB" in await shop.page(HERE)


async def test_it_is_listed_and_can_be_changed_with_its_versions_beside(shop: Shop) -> None:
    known = standing(shop)
    await shop.told(known)
    page = await shop.page(f"{HERE}/{known.standing_document.id}")
    for version in known.standing_document.versions:
        assert f"/fassung/{version.id}" in page
    refused = f"/v1/standing-documents/{known.standing_document.id}"
    shop.owners.refuse("PUT", refused, 409, code="too_many", detail="Zu viele.", field="document_types")
    again = await shop.post(f"{HERE}/{known.standing_document.id}", TYPED)
    assert (again.status_code, "Zu viele." in again.text) == (409, True)


@pytest.mark.parametrize(
    ("changes", "words"), [({}, "Bitte wählen Sie eine Datei."), ({"document_types": []}, "mindestens")]
)
async def test_what_is_missing_is_said_at_its_field(shop: Shop, changes: dict[str, Any], words: str) -> None:
    answer = await shop.post(f"{HERE}/neu", {**TYPED, "key": str(uuid4()), **changes})
    assert (answer.status_code, words in answer.text) == (422, True)
    assert shop.owners.calls == []


async def test_a_version_opens_and_another_merchants_does_not(shop: Shop) -> None:
    known, theirs = standing(shop), standing(shop, merchant_id=str(uuid4()))
    await shop.told(known, theirs)
    version = known.standing_document.versions[1].id
    shop.owners.answers["GET", f"/v1/standing-documents/versions/{version}/file"] = {"any": "bytes"}
    assert "bytes" in await shop.page(f"{HERE}/{known.standing_document.id}/fassung/{version}")
    await shop.page(f"{HERE}/{theirs.standing_document.id}", 404)
    assert theirs.standing_document.id not in await shop.page(HERE)


async def test_the_board_asks_for_a_review_once_a_year(shop: Shop) -> None:
    assert "Texte zu prüfen" not in await shop.page("/")
    await shop.told(standing(shop))
    assert "seit dem 1. März 2025 nicht geprüft" in await shop.page("/")
    shop.owners.answers["PATCH", "/v1/merchant"] = answer_of(shop.merchant(version=2, texts_reviewed_on="2026-11-21"))
    answer = await shop.post(f"{HERE}/geprueft", {"board": "on"})
    assert answer.headers["location"] == "/"
    assert shop.owners.calls[-1] == ("PATCH", "/v1/merchant", {"texts_reviewed_on": "2026-11-21"})
    assert "Texte zu prüfen" not in await shop.page("/")
