"""Text blocks of mails: edited in the admin, chosen when a document is shared, tried with a real document."""

from typing import Any
from uuid import uuid4

from admin_shop import Shop
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser
from test_admin_browser import address, browser, logged_in
from test_admin_sharing import FINISHED

__all__ = ["browser"]

KIND = "document_shared:invoice"
HERE, OWNER = f"/mails/texte/{KIND}/de", f"/v1/templates/{KIND}/de/blocks"
NUMBER = {"name": "Document.number", "german": "Beleg.Nummer", "spellings": ["Document.number"], "meaning": "Number"}


def with_blocks(shop: Shop, *blocks: dict[str, Any]) -> None:
    """What notifications knows, and how it previews: with the document asked for."""
    usual = {
        "kind": KIND, "label": "Document", "document_type": "invoice", "language": "de", "subject": "Standard",
        "text": "Guten Tag", "own": False, "blocks": list(blocks),
    }  # fmt: skip
    shop.owners.answers["GET", "/v1/templates"] = {"templates": [usual], "placeholders": {KIND: [NUMBER]}}
    shop.owners.answers["POST", "/v1/templates/preview"] = lambda trial: {
        "subject": trial["subject"], "text": f"{trial['text']} zu {trial['document_id']}", "html": ""
    }  # fmt: skip


def block(name: str, **values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()), "name": name, "subject": f"{name}!", "text": f"Text {name}", "preferred": False
    } | values  # fmt: skip


async def document_of(shop: Shop, number: str, **values: Any) -> str:
    customer = shop.customer("1", "Seidel")
    invoice = shop.document(number, customer_id=customer.customer.id, **values)
    await shop.told(customer, invoice)
    return str(invoice.document.id)


async def test_a_text_block_is_added_changed_preferred_and_deleted(shop: Shop) -> None:
    known = block("Kurz")
    with_blocks(shop, known)
    typed, key = {"name": "Herzlich", "subject": "Neu", "text": "Hallo"}, str(uuid4())
    path = f"{OWNER}/{known['id']}"
    for owner_path in (path, f"{OWNER}/{key}"):
        shop.owners.answers["PUT", owner_path] = {}
    shop.owners.answers["DELETE", path] = {}
    assert f"{HERE}/bausteine/{known['id']}" in await shop.page(HERE)
    assert 'value="Kurz!"' in await shop.page(f"{HERE}/bausteine/{known['id']}")
    for way, form in (
        ("neu", {**typed, "key": key, "preferred": "on"}), (known["id"], typed),
        (f"{known['id']}/bevorzugen", {}), (f"{known['id']}/entfernen", {}),
    ):  # fmt: skip
        answer = await shop.post(f"{HERE}/bausteine/{way}", form)
        assert (answer.status_code, answer.headers["location"]) == (303, HERE)
    kept = {name: known[name] for name in ("name", "subject", "text")}
    sent = [call for call in shop.owners.calls if call[1].startswith(OWNER)]
    assert [(method, body) for method, _path, body in sent[:3]] == [
        ("PUT", {**typed, "preferred": True}), ("PUT", {**typed, "preferred": False}), ("PUT", {**kept, "preferred": True}),
    ]  # fmt: skip
    assert sent[3][:2] == ("DELETE", path)


async def test_a_name_that_is_taken_is_said_at_its_field(shop: Shop) -> None:
    known = block("Kurz")
    with_blocks(shop, known)
    shop.owners.refuse(
        "PUT", f"{OWNER}/{known['id']}", 409, code="text_block_name_taken", detail="Heißt schon so.", field="name"
    )
    answer = await shop.post(f"{HERE}/bausteine/{known['id']}", {"name": "Lang", "subject": "S", "text": "T"})
    assert (answer.status_code, 'id="name-error">Heißt schon so.' in answer.text) == (409, True)
    await shop.page(f"{HERE}/bausteine/{uuid4()}", 404)


async def test_the_button_previews_with_the_chosen_document_and_saves_nothing(shop: Shop) -> None:
    with_blocks(shop)
    mine, quote = await document_of(shop, "RE-7"), await document_of(shop, "AN-7", type="quote")
    page = await shop.page(HERE)
    assert f'value="{mine}"' in page
    assert f'value="{quote}"' not in page
    form = {"name": "x", "subject": "S", "text": "Hallo", "document": mine, "preview": "on"}
    for path in (HERE, f"{HERE}/bausteine/neu"):
        answer = await shop.post(path, form)
        assert (answer.status_code, f"Hallo zu {mine}" in answer.text) == (200, True)
    assert {call[1] for call in shop.owners.calls} == {"/v1/templates/preview"}


async def test_a_chosen_text_block_goes_out_with_the_document(shop: Shop) -> None:
    usual, other = block("Kurz", preferred=True), block("Herzlich")
    with_blocks(shop, usual, other)
    document_id = await document_of(shop, "RE-1", state="waiting")
    here = f"/dokumente/{document_id}/teilen"
    assert 'value="Kurz!"' in await shop.page(here)
    told = {"recipient": "a@example.com", "usual_subject": usual["subject"], "usual_text": usual["text"]}
    chosen = await shop.post(here, {**told, "block": other["id"], "choose": "on"})
    assert 'value="Herzlich!"' in chosen.text
    assert 'value="a@example.com"' in chosen.text
    shop.owners.answers["POST", "/v1/mails/preview"] = {"mails": [FINISHED]}
    words = {"subject": other["subject"], "text": other["text"]}
    finished = await shop.post(here, {**told, **words, "block": other["id"]})
    assert f'name="block" value="{other["id"]}"' in finished.text
    assert shop.owners.calls[-1][2] == {"document_id": document_id, "recipient": "a@example.com", **words}
    unchanged = await shop.post(here, {**told, "subject": usual["subject"], "text": usual["text"]})
    assert unchanged.status_code == 200
    assert shop.owners.calls[-1][2] == {
        "document_id": document_id, "recipient": "a@example.com", "subject": "", "text": ""
    }  # fmt: skip


async def test_a_click_writes_the_placeholder_and_the_preview_follows(browser: Browser, shop: Shop) -> None:
    known = block("Kurz")
    with_blocks(shop, known, block("Herzlich", preferred=True))
    mine = await document_of(shop, "RE-7")
    for width, scheme in ((320, "light"), (1440, "dark")):
        context = await logged_in(browser, shop, width, color_scheme=scheme)
        page = await context.new_page()
        await page.goto(f"{address(shop)}{HERE}/bausteine/{known['id']}")
        await page.select_option("#document", mine)
        await page.get_by_text(f"Text Kurz zu {mine}").wait_for()
        await page.locator("#text").evaluate("field => { field.focus(); field.setSelectionRange(5, 5); }")
        await page.get_by_role("button", name="[Beleg.Nummer]").click()
        assert await page.input_value("#text") == "Text [Beleg.Nummer]Kurz"
        await page.locator("[data-preview-content]", has_text="Text [Beleg.Nummer]Kurz zu").wait_for()
        assert (await Axe().run(page)).response["violations"] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await context.close()
