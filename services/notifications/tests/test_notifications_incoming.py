"""What staff do with a mail that did not become a comment by itself."""

from typing import Any

import pytest
import pytest_asyncio
from intake_mails import DOMAIN, INTAKE, answer

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.intake.deliver import delete_old_bodies
from kontor_testing.waiting import eventually


@pytest.fixture(scope="module")
def more_settings() -> dict[str, Any]:
    return INTAKE


@pytest_asyncio.fixture(loop_scope="module")
async def path(desk: Any, merchant: Merchant, customer: Customer, document: Document) -> str:
    """Of a mail that somebody unknown wrote to the merchant, with a file and a quoted secret link."""
    await desk.know(merchant, customer, document)
    text = f"Eine Frage zur Rechnung.\n\nAm 27.11.26 um 14:03 schrieb Elektro:\n> https://portal.example/l/k1.{'a' * 22}.{'b' * 27}"
    message = answer(f"antwort+{merchant.slug}@{DOMAIN}", text, sender="neu@example.org")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Foto.pdf")
    assert await desk.app.state.intake.receive(message.as_bytes(), return_path="neu@example.org", refuses=True)
    [row] = await desk.rows("SELECT id FROM incoming_mail WHERE state = 'open'")
    return f"/v1/incoming-mails/{row['id']}"


async def test_staff_read_it_without_the_secret_of_a_link(desk: Any, path: str) -> None:
    found = (await desk.http.get(path, headers=desk.auth("mails:assign"))).json()
    assert found["text"] == "Eine Frage zur Rechnung."
    assert "https://portal.example/l/•••" in found["whole_text"]
    assert found["files"] == [{"name": "Foto.pdf", "size": 8}]


async def test_assigned_it_becomes_a_comment_in_the_senders_name(desk: Any, path: str, document: Document) -> None:
    answered = await desk.http.post(
        f"{path}/assign", json={"document_id": document.id}, headers=desk.auth("mails:assign")
    )
    assert answered.status_code == 200

    await eventually(lambda: desk.rows("SELECT id FROM incoming_mail WHERE state = 'delivered'"))
    [comment] = desk.peers.comments.values()
    assert comment["author"] == {
        "kind": "customer", "id": document.customer_id, "name": "Erika Müller (neu@example.org)",
    }  # fmt: skip
    assert [name for _author, name, _content in desk.peers.files.values()] == ["Foto.pdf"]
    again = await desk.http.post(f"{path}/discard", headers=desk.auth("mails:assign"))
    assert (again.status_code, again.json()["code"]) == (409, "already_comment")


async def test_another_merchants_document_is_not_known(desk: Any, path: str) -> None:
    foreign = {"document_id": "01920000-0000-7000-8000-0000000000ff"}
    answered = await desk.http.post(f"{path}/assign", json=foreign, headers=desk.auth("mails:assign"))
    assert answered.status_code == 404
    assert await desk.rows("SELECT id FROM incoming_mail WHERE state = 'open'")


async def test_discarded_it_can_be_assigned_until_its_text_is_gone(desk: Any, path: str, document: Document) -> None:
    assert (await desk.http.post(f"{path}/discard", headers=desk.auth("mails:assign"))).status_code == 200
    await delete_old_bodies(desk.app.state.db)
    assert (await desk.http.get(path, headers=desk.auth("mails:assign"))).json()["text"]
    await desk.rows("UPDATE incoming_body SET settled_at = now() - interval '15 days'")
    await delete_old_bodies(desk.app.state.db)
    found = (await desk.http.get(path, headers=desk.auth("mails:assign"))).json()
    assert found == {"text": "", "whole_text": "", "files": []}
    late = await desk.http.post(f"{path}/assign", json={"document_id": document.id}, headers=desk.auth("mails:assign"))
    assert (late.status_code, late.json()["code"]) == (409, "incoming_body_gone")


async def test_who_may_not_assign_reads_nothing(desk: Any, path: str) -> None:
    assert (await desk.http.get(path, headers=desk.auth("templates:edit"))).status_code == 403
