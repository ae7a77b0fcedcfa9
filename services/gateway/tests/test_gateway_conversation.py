"""The conversation about a document in the portal: as a page without scripts, and as JSON."""

from datetime import UTC, datetime
from typing import Any

from axe_playwright_python.async_playwright import Axe
from gateway_stage import browsing
from playwright.async_api import Page

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor_service.ids import uuid7
from kontor_testing.browser import async_chromium
from kontor_testing.waiting import eventually


async def shop(portal: Any, **more: Any) -> tuple[str, str, str, dict[str, str]]:
    merchant = await portal.merchant("brunner")
    customer = await portal.customer(merchant)
    document = await portal.document(merchant, customer, **more)
    return merchant, customer, document, await portal.login("brunner", merchant, customer)


def comment(merchant: str, customer: str, document: str, number: int = 1, **more: Any) -> documents_pb2.CommentAdded:
    values = {
        "author_kind": "staff", "author": "staff:jonas", "author_name": "Jonas Brunner", "text": "Passt Montag um acht?",
        "source": "admin", "id": str(uuid7()), "version": 1,
    } | more  # fmt: skip
    state = documents_pb2.Comment(
        merchant_id=merchant, epoch=1, document_id=document, customer_id=customer, number=number, **values
    )
    if not state.HasField("created_at"):
        state.created_at.FromDatetime(datetime.now(UTC))
    return documents_pb2.CommentAdded(comment=state)


async def violations(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than the window."""
    found = (await Axe().run(page)).response["violations"]
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [one["id"] for one in found] + (["scrolls sideways"] if wide else [])


async def test_both_sides_stand_on_the_page_under_their_names(portal: Any) -> None:
    merchant, customer, document, cookie = await shop(portal)
    mine = {"author_kind": "customer", "author": "contact:anna", "author_name": "Anna Seidel", "source": "portal"}
    await portal.say(
        comment(merchant, customer, document),
        comment(merchant, customer, document, 2, text="Ja, gern.\n<b>Danke</b>", **mine),
    )
    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert page.index("Passt Montag um acht?") < page.index("Ja, gern.")
    assert "&lt;b&gt;Danke&lt;/b&gt;" in page
    assert "Jonas Brunner" in page
    assert page.count("/loeschen") == 1


async def test_what_happened_is_told_without_what_a_colleague_opened_or_whom_they_asked(portal: Any) -> None:
    at = datetime(2026, 11, 20, 9, tzinfo=UTC)
    told = [
        ("shared", "", ""), ("opened", "Anna Seidel", ""), ("forwarded", "Anna Seidel", "Bo Bauer"), ("extended", "", "2026-12-24"),
    ]  # fmt: skip
    moments = [documents_pb2.Moment(what=what, at=at, by=by, detail=detail) for what, by, detail in told]
    _merchant, _customer, document, cookie = await shop(portal, moments=moments)
    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert page.index("Verlängert bis 24. Dezember 2026") < page.index("An Sie gesendet")
    found = (await portal.page(f"/api/portal/v1/brunner/documents/{document}", cookie)).json()["details"]["moments"]
    assert [(one["what"], one["by"]) for one in found] == [("shared", ""), ("opened", ""), ("extended", "")]


async def test_a_form_without_scripts_writes_with_its_files(portal: Any) -> None:
    merchant, customer, document, cookie = await shop(portal)
    path = f"/v1/documents/{document}"
    file = str(uuid7())
    portal.owners.answer("POST", f"{path}/comment-files", {"id": file, "name": "a.pdf"}, 201)
    written = comment(merchant, customer, document, text="Siehe Anhang", author="contact:anna", author_kind="customer")
    portal.owners.answer("POST", f"{path}/comments", portal.result(written))
    answer = await portal.post_files(
        f"/brunner/dokumente/{document}/kommentare", cookie, {"files": ("a.pdf", b"%PDF-1.7", "application/pdf")},
        text="Siehe Anhang", seen="0", key="k-1",
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, f"/brunner/dokumente/{document}#talk-end")
    assert portal.owners.asked_of(f"{path}/comments") == [
        {"text": "Siehe Anhang", "name": "", "files": [file], "seen": 0}
    ]
    assert "Siehe Anhang" in (await portal.page(f"/brunner/dokumente/{document}", cookie)).text


async def test_more_than_ten_files_are_refused_at_their_field_and_what_was_typed_stays(portal: Any) -> None:
    _merchant, _customer, document, cookie = await shop(portal)
    answer = await portal.post_files(
        f"/brunner/dokumente/{document}/kommentare", cookie, [("files", ("a.pdf", b"%PDF-1.7", "application/pdf"))] * 11,
        text="Siehe Anhang", seen="0", key="k-1",
    )  # fmt: skip
    assert (answer.status_code, "Es können höchstens 10 Dateien angehängt werden" in answer.text) == (422, True)
    assert "Siehe Anhang" in answer.text
    assert portal.owners.asked_of(f"/v1/documents/{document}/comment-files") == []


async def test_what_was_typed_comes_back_with_the_owners_word_at_its_field(portal: Any) -> None:
    _merchant, _customer, document, cookie = await shop(portal)
    refused = {"code": "comment_empty", "detail": "Bitte schreiben Sie etwas.", "field": "text", "status": 422}
    portal.owners.answer("POST", f"/v1/documents/{document}/comments", refused, 422)
    answer = await portal.post(f"/brunner/dokumente/{document}/kommentare", cookie, text="  ", key="k-2")
    assert answer.status_code == 422
    assert "Bitte schreiben Sie etwas." in answer.text
    assert 'value="k-2"' in answer.text


async def test_a_refused_change_is_said_on_the_page(portal: Any) -> None:
    _merchant, _customer, document, cookie = await shop(portal)
    one = str(uuid7())
    refused = {"code": "comment_read", "detail": "Bereits gelesen.", "status": 409}
    portal.owners.answer("DELETE", f"/v1/documents/{document}/comments/{one}", refused, 409)
    answer = await portal.post(f"/brunner/dokumente/{document}/kommentare/{one}/loeschen", cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/brunner/dokumente/{document}#talk-end")


async def test_a_type_without_comments_shows_no_form(portal: Any) -> None:
    _merchant, _customer, document, cookie = await shop(portal, type="delivery_note")
    page = (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert "/kommentare" not in page


async def test_a_link_that_is_nobodys_is_asked_for_a_name(portal: Any) -> None:
    merchant, customer, document, _cookie = await shop(portal)
    link = {"kind": "link", "name": "", "email": "", "document_id": document, "subject": "link:1"}
    cookie = await portal.login("brunner", merchant, customer, **link)
    page = f"/brunner/dokumente/{document}"
    assert 'name="name"' in (await portal.page(page, cookie)).text
    own = comment(
        merchant, customer, document, author_kind="customer", author="link:1", author_name="Frau Müller & Co."
    )
    path = f"/v1/documents/{document}/comments"
    portal.owners.answer("POST", path, portal.result(own))
    answer = await portal.post(f"{page}/kommentare", cookie, text="Wann?", name="Frau Müller & Co.", key="k-3")
    [kept] = [one.partition(";")[0] for one in answer.headers.get_list("set-cookie") if "kontor-writer" in one]
    again = {"cookie": f"{cookie['cookie']}; {kept}"}
    shown = (await portal.page(page, again)).text
    assert 'name="name"' not in shown
    assert "<strong>Sie</strong>" in shown
    await portal.post(f"{page}/kommentare", again, text="Noch etwas", key="k-4")
    assert [one["name"] for one in portal.owners.asked_of(path)] == ["Frau Müller & Co."] * 2
    # Whoever opens the link next, even in the same browser, is somebody else until they say who they are.
    next_one = await portal.login("brunner", merchant, customer, **link)
    shown = (await portal.page(page, {"cookie": f"{next_one['cookie']}; {kept}"})).text
    assert 'name="name"' in shown
    assert "<strong>Frau Müller &amp; Co.</strong>" in shown


async def test_a_firms_link_is_asked_who_writes(portal: Any) -> None:
    merchant, _customer, _document, _cookie = await shop(portal)
    firm, person = str(uuid7()), str(uuid7())
    state = identity_pb2.Customer(
        id=firm, merchant_id=merchant, epoch=1, version=1, name="Seidel GmbH", number="K-2", portal_access="on", kind="business"
    )  # fmt: skip
    await portal.say(identity_pb2.CustomerSnapshot(customer=state))
    document = await portal.document(merchant, firm)
    link = {"kind": "link", "name": "Seidel GmbH", "document_id": document, "subject": "link:2"}
    page = f"/brunner/dokumente/{document}"
    nobodys = await portal.login("brunner", merchant, firm, **link)
    bos = await portal.login("brunner", merchant, firm, **link | {"name": "Bo Bauer", "contact_id": person})
    assert 'name="name"' in (await portal.page(page, nobodys)).text
    assert 'name="name"' not in (await portal.page(page, bos)).text
    own = {"author_kind": "customer", "author": "link:2", "author_name": "Mia Seidel"}
    await portal.say(comment(merchant, firm, document, **own))
    assert 'name="name"' in (await portal.page(page, nobodys)).text
    state.kind, state.version = "", 2
    await portal.say(identity_pb2.CustomerSnapshot(customer=state))
    assert 'name="name"' not in (await portal.page(page, nobodys)).text


async def test_json_says_who_wrote_what_and_what_is_new_to_the_reader(portal: Any) -> None:
    merchant, customer, document, cookie = await shop(portal)
    await portal.say(comment(merchant, customer, document))
    path = f"/api/portal/v1/brunner/documents/{document}/comments"
    answer = (await portal.json(path, cookie)).json()
    [one] = answer["comments"]
    assert (one["author"], one["mine"], one["new"], one["files"]) == (
        {"kind": "staff", "name": "Jonas Brunner"},
        False,
        True,
        [],
    )
    assert (answer["may_comment"], answer["name_missing"]) == (True, False)
    mark = documents_pb2.ReadMark(
        id=str(uuid7()), merchant_id=merchant, epoch=1, version=1, document_id=document, customer_id=customer,
        reader="contact:anna", revision=1, comment_number=0,
    )  # fmt: skip
    await portal.say(documents_pb2.ReadMarkAdded(read_mark=mark))
    assert (await portal.json(path, cookie)).json()["comments"][0]["new"] is True
    assert "data-known" not in (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    mark.version, mark.comment_number = 2, 1
    await portal.say(documents_pb2.ReadMarkChanged(read_mark=mark))
    assert "data-known" in (await portal.page(f"/brunner/dokumente/{document}", cookie)).text
    assert (await portal.json(path, cookie)).json()["comments"][0]["new"] is False


async def test_json_writes_and_answers_with_the_new_comment(portal: Any) -> None:
    merchant, customer, document, cookie = await shop(portal)
    written = comment(merchant, customer, document, text="Hallo", author="contact:anna", author_kind="customer")
    portal.owners.answer("POST", f"/v1/documents/{document}/comments", portal.result(written))
    path = f"/api/portal/v1/brunner/documents/{document}/comments"
    answer = await portal.client.post(path, headers=cookie, json={"text": "Hallo"})
    assert [(c["text"], c["mine"]) for c in answer.json()["comments"]] == [("Hallo", True)]


async def test_a_deleted_comment_is_gone(portal: Any) -> None:
    merchant, customer, document, cookie = await shop(portal)
    said = comment(merchant, customer, document)
    await portal.say(said)
    gone = documents_pb2.Comment(
        id=said.comment.id, merchant_id=merchant, epoch=1, version=2, deleted=True, document_id=document
    )
    await portal.say(documents_pb2.CommentDeleted(comment=gone))
    assert "Passt Montag" not in (await portal.page(f"/brunner/dokumente/{document}", cookie)).text


async def test_an_answer_appears_in_the_open_page_and_what_is_typed_stays(portal: Any) -> None:
    merchant, customer, document, cookie = await shop(portal)
    told = f"/v1/documents/{document}/opened"
    portal.owners.answer("POST", told, {})
    async with async_chromium() as browser:
        page = await (await browsing(browser, portal, cookie, 390)).new_page()
        await page.goto(f"/brunner/dokumente/{document}")
        await page.locator("#text").fill("Noch nicht fertig")
        assert await violations(page) == []
        await portal.say(comment(merchant, customer, document))
        await page.get_by_text("Passt Montag um acht?").wait_for()
        assert await page.locator("#text").input_value() == "Noch nicht fertig"
        assert await violations(page) == []
        # It is before the reader's eyes now, and told once they give a sign.
        await page.keyboard.press("PageDown")
        await eventually(lambda: {"revision": 1, "comment_number": 1} in portal.owners.asked_of(told))
