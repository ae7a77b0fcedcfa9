"""A withdrawn document: whoever could open it is told so, nobody else learns that it was there."""

from datetime import UTC, datetime
from typing import Any

import pytest
from gateway_quotes import quote

NOW = datetime(2026, 11, 28, 9, 24, tzinfo=UTC)


async def stage(portal: Any) -> tuple[str, str]:
    merchant = await portal.merchant(
        "brunner", name="Brunner Haustechnik", contact_email="post@brunner.example", contact_phone="+49 821 1234"
    )
    return merchant, await portal.customer(merchant)


@pytest.mark.parametrize("with_link", [False, True])
async def test_whoever_could_open_it_reads_who_took_it_back(portal: Any, with_link: bool) -> None:
    merchant, customer = await stage(portal)
    for document in (
        await quote(portal, merchant, customer, state="withdrawn", shared_at=NOW),
        await portal.document(merchant, customer, "RE-1", state="withdrawn", shared_at=NOW),
    ):
        link = {"document_id": document} if with_link else {}
        cookie = await portal.login("brunner", merchant, customer, **link)
        answer = await portal.page(f"/brunner/dokumente/{document}", cookie)
        assert answer.status_code == 410
        for text in ("Dieses Dokument wurde vom Anbieter zurückgezogen", "Brunner Haustechnik", "post@brunner.example"):
            assert text in answer.text


@pytest.mark.parametrize(("path", "body"), [
    ("comments", {"text": "Noch eine Frage"}), ("forward", {"contact_id": "01900000-0000-7000-8000-000000000001"}),
])  # fmt: skip
async def test_by_json_whoever_could_open_it_is_told_as_a_conflict(
    portal: Any, path: str, body: dict[str, str]
) -> None:
    merchant, customer = await stage(portal)
    document = await quote(portal, merchant, customer, state="withdrawn", shared_at=NOW)
    for who, expected in (
        (customer, (409, "withdrawn")),
        (await portal.customer(merchant, "Fremd"), (404, "not_found")),
    ):
        cookie = await portal.login("brunner", merchant, who)
        answer = await portal.client.post(
            f"/api/portal/v1/brunner/documents/{document}/{path}", json=body, headers=cookie
        )
        assert (answer.status_code, answer.json()["code"]) == expected


async def test_others_learn_nothing(portal: Any) -> None:
    merchant, customer = await stage(portal)
    withdrawn = await portal.document(merchant, customer, "RE-1", state="withdrawn", shared_at=NOW)
    never_shared = await portal.document(merchant, customer, "RE-2", state="withdrawn")
    mine = await portal.login("brunner", merchant, customer)
    stranger = await portal.login("brunner", merchant, await portal.customer(merchant, "Fremd"))
    other = await portal.login(
        "brunner", merchant, customer, document_id=await portal.document(merchant, customer, "RE-3")
    )
    for document, cookie in ((withdrawn, stranger), (withdrawn, other), (never_shared, mine)):
        answer = await portal.page(f"/brunner/dokumente/{document}", cookie)
        assert answer.status_code == 404
        assert "zurückgezogen" not in answer.text
    assert "zurückgezogen" not in (await portal.page(f"/brunner/dokumente/{withdrawn}", {})).text
