"""Previews (A10): staff see what the customer sees, a draft too, and nothing they send reaches an owner."""

import re
from typing import Any
from uuid import uuid4

import pytest

from kontor.documents.v1 import documents_pb2

FILE = "01890000-0000-7000-8000-00000000000f"
# As a browser and as a program.
WAYS = [
    ("POST", "/brunner/dokumente/{document}/gelesen"), ("POST", "/brunner/dokumente/{document}/bezahlen"),
    ("POST", "/brunner/konto/sprache"), ("POST", "/brunner/konto/passwort"), ("POST", "/brunner/abmelden"),
    ("POST", "/brunner/zaehler/melden"), ("POST", "/api/portal/v1/brunner/readings"),
    ("POST", "/api/portal/v1/brunner/documents/{document}/checkouts"),
    ("PUT", "/api/portal/v1/brunner/documents/{document}/selection"),
    ("POST", "/api/portal/v1/brunner/documents/{document}/acceptance"),
    ("POST", "/api/portal/v1/brunner/documents/{document}/decline"),
    ("POST", "/api/portal/v1/brunner/documents/{document}/comments"),
    ("DELETE", "/api/portal/v1/brunner/documents/{document}/comments/1"),
]  # fmt: skip


async def stage(portal: Any, **more: Any) -> tuple[str, str, str]:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    files = [documents_pb2.File(id=FILE, name="RE-1.pdf", media_type="application/pdf", role="pdf", size=8)]
    return merchant, customer, await portal.document(merchant, customer, files=files, **more)


async def opened(portal: Any, merchant: str, customer: str, draft: str | None = None) -> Any:
    state = portal.session("preview-token", "brunner", merchant, [customer], kind="preview", draft_id=draft)
    portal.owners.answer("POST", "/v1/previews/open", {"token": "preview-token", "session": state, "device": ""})
    return await portal.page("/vorschau/one-time")


def cookie(answer: Any) -> dict[str, str]:
    (said,) = [v for v in answer.headers.get_list("set-cookie") if v.startswith("__Host-kontor-preview.brunner=")]
    return {"cookie": said.partition(";")[0]}


async def test_a_draft_is_shown_as_it_will_look_and_no_control_works(portal: Any) -> None:
    content = {"lines": [{"name": "Brille", "quantity": "1", "net": 10000}], "currency": "EUR"}
    merchant, customer, draft = await stage(portal, state="waiting", content_sha256="ab" * 32)
    portal.owners.answer("GET", f"/v1/content/{'ab' * 32}", content)
    answer = await opened(portal, merchant, customer, draft)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/brunner/dokumente/{draft}")

    page = (await portal.page(answer.headers["location"], cookie(answer))).text

    assert "Vorschau für Anna Seidel" in page
    controls = re.findall(r"<(?:button|input|select|textarea)\b[^>]*>", page)
    assert len([one for one in controls if " data-in-preview" in one]) == 2
    assert all(" disabled" in one for one in controls if " data-in-preview" not in one)
    assert portal.owners.permits == []


async def test_another_draft_of_the_customer_is_not_shown(portal: Any) -> None:
    merchant, customer, draft = await stage(portal, state="waiting")
    other = await portal.document(merchant, customer, "RE-2", state="waiting")
    preview = cookie(await opened(portal, merchant, customer, draft))

    assert (await portal.page(f"/brunner/dokumente/{other}", preview)).status_code == 404
    assert "RE-2" not in (await portal.page("/brunner/dokumente", preview)).text
    assert (await portal.json(f"/api/portal/v1/brunner/documents/{other}", preview)).status_code == 404


async def test_the_start_page_is_the_customers(portal: Any) -> None:
    merchant, customer, document = await stage(portal)
    answer = await opened(portal, merchant, customer)
    assert answer.headers["location"] == "/brunner"

    page = await portal.page("/brunner", cookie(answer))

    assert page.status_code == 200
    assert document in page.text


@pytest.mark.parametrize(("method", "path"), WAYS)
async def test_nothing_that_is_sent_in_a_preview_reaches_an_owner(portal: Any, method: str, path: str) -> None:
    merchant, customer, document = await stage(portal)
    own = await portal.login("brunner", merchant, customer)
    preview = cookie(await opened(portal, merchant, customer))
    portal.owners.asked.clear()

    for cookies in (preview["cookie"], f"{own['cookie']}; {preview['cookie']}"):
        headers = {"cookie": cookies, "content-type": "application/json"}
        answer = await portal.client.request(method, path.format(document=document), headers=headers, content=b"{}")
        assert (answer.status_code, answer.json()["code"]) == (403, "preview")
    assert (portal.owners.asked, portal.owners.permits) == ([], [])


async def test_ending_the_preview_brings_back_the_own_session(portal: Any) -> None:
    merchant, customer, _document = await stage(portal)
    own = await portal.login("brunner", merchant, customer, name="Eigene Person")
    preview = cookie(await opened(portal, merchant, customer))
    both = {"cookie": f"{own['cookie']}; {preview['cookie']}"}
    portal.owners.answer("POST", "/v1/sessions/end", {})

    ended = await portal.post("/brunner/vorschau/beenden", both)

    assert ended.status_code == 200
    assert '__Host-kontor-preview.brunner=""' in ended.headers["set-cookie"]
    assert (await portal.page("/brunner", preview)).status_code == 303
    assert "Vorschau für" not in (await portal.page("/brunner", own)).text
    assert len(portal.owners.asked_of("/v1/sessions/end")) == 1


async def test_an_address_that_was_opened_before_says_that_the_preview_has_ended(portal: Any) -> None:
    portal.owners.answer("POST", "/v1/previews/open", {"code": "link_expired", "detail": "over"}, 410)

    answer = await portal.page(f"/vorschau/{uuid4()}")

    assert answer.status_code == 410
    assert "Vorschau beendet" in answer.text
    assert "set-cookie" not in answer.headers
