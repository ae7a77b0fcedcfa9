"""The admin in a real browser: axe finds nothing, nothing overflows, the list turns green by itself."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from admin_payouts import payout_pages
from admin_shop import NOW, Shop, session_state
from admin_statements import statement_pages
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext
from starlette.responses import JSONResponse
from test_admin_connecting import ACCOUNT, NO_ACCOUNT, ON_THE_SETTINGS_PAGE, TRIAL, known
from test_admin_connecting import HERE as CONNECTING
from test_admin_standing import standing

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor_testing.browser import async_chromium


@pytest_asyncio.fixture(loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_chromium() as opened:
        yield opened


def address(shop: Shop) -> str:
    return str(shop.client.base_url).replace("127.0.0.1", "localhost").rstrip("/")


async def logged_in(browser: Browser, shop: Shop, width: int = 1440, **options: Any) -> BrowserContext:
    context = await browser.new_context(
        viewport={"width": width, "height": 900}, reduced_motion="reduce", locale="de-DE", **options
    )
    state = session_state(shop.merchant_id, shop.cookie)
    shop.owners.answers["POST", "/v1/sessions/password"] = {"token": shop.cookie, "session": state}
    page = await context.new_page()
    await page.goto(address(shop) + "/anmelden")
    await page.fill("#email", "m@example.com")
    await page.fill("#password", "secret")
    await page.keyboard.press("Enter")
    await page.get_by_role("navigation").first.wait_for()
    await page.close()
    return context


async def quotes(shop: Shop, customer_id: str) -> list[str]:
    """A quote with everything its form knows, a template, and the pages about them."""
    quote = shop.document(
        "AN-1", type="quote", customer_id=customer_id, content_sha256="ef" * 32, valid_until="2026-12-12"
    )
    await shop.told(quote)
    line = {"quantity": "1", "unit": "C62", "net_price": "100", "net": "100", "tax_category": "S", "tax_rate": "19"}
    shop.owners.answers["GET", f"/v1/content/{'ef' * 32}"] = {
        "type": "quote", "customer_number": "20931", "issue_date": "2026-11-12", "valid_until": "2026-12-12", "currency": "EUR",
        "seller": {"name": "B"}, "buyer": {"name": "S"}, "tax_breakdown": [], "acceptance": ["signature", "deposit"],
        "deposit_percent": "30", "attachments": [{"sha256": "aa" * 32, "file_name": "Plan.pdf", "size": 2048}],
        "totals": {"net": "100", "gross": "119", "due": "119"},
        "lines": [
            line | {"id": "1", "name": "Wärmepumpe"},
            line | {"id": "2", "name": "Wartung", "optional": True, "quantity_min": "1", "quantity_max": "3", "group": "Service"},
            line | {"id": "3", "name": "Blende weiß", "alternative": "Blende", "selected": True},
            line | {"id": "4", "name": "Blende schwarz", "alternative": "Blende"},
        ],
    }  # fmt: skip
    template = {"id": str(uuid4()), "name": "Heizung", "valid_days": 30, "title": "Heizungstausch", "lines": 1}
    shop.owners.answers["GET", "/v1/quote-templates"] = {"templates": [template]}
    here = quote.document.id
    return ["/angebote", "/angebote/neu", f"/angebote/{here}/bearbeiten", "/angebote/vorlagen", f"/dokumente/{here}"]


async def documents(shop: Shop, customer_id: str) -> list[str]:
    """Invoices that are paid, late, without customer and not sent yet, a payment, and the pages about them."""
    paid, late = (
        shop.document("RE-1", customer_id=customer_id, content_sha256="cd" * 32),
        shop.document("RE-2", customer_id=customer_id),
    )
    issue = documents_pb2.Issue(code="unmatched_customer", message="unknown", severity="blocker")
    unmatched = shop.document("RE-3", state="waiting", issues=[issue], customer_number="9")
    ready = shop.document("RE-4", state="waiting", customer_id=customer_id)
    await shop.told(
        paid, late, unmatched, ready, shop.payment(paid.document.id),
        shop.receivable(paid.document.id, state="paid", open_minor=0, paid_minor=11900, paid_at=NOW),
        shop.receivable(late.document.id, due_date="2026-11-01"),
    )  # fmt: skip
    shop.owners.answers["GET", f"/v1/content/{'cd' * 32}"] = {
        "type": "invoice", "currency": "EUR", "seller": {"name": "B"}, "buyer": {"name": "S"},
        "lines": [{"name": "Monteurstunde", "quantity": "1", "unit": "HUR", "net_price": "100", "net": "100"}],
        "tax_breakdown": [], "totals": {"net": "100", "gross": "119", "due": "119"},
    }  # fmt: skip
    shop.owners.answers["GET", f"/v1/documents/{paid.document.id}/history"] = {
        "intact": True, "entries": [{"number": 1, "fact": "received", "at": NOW.isoformat(), "actor": "key:x ERP", "detail": {}}],
    }  # fmt: skip
    return [
        *await payout_pages(shop, paid.document.id), *await statement_pages(shop, late.document.id),
        *await uploads(shop, unmatched.document.id),
        "/dokumente", f"/dokumente/{paid.document.id}", f"/dokumente/{late.document.id}/buchen",
        f"/dokumente/{unmatched.document.id}", f"/dokumente/{unmatched.document.id}/zuordnen",
        f"/dokumente/{ready.document.id}/teilen", "/freigabe", "/zahlungen",
    ]  # fmt: skip


async def uploads(shop: Shop, document_id: str) -> list[str]:
    """Uploaded files that were refused, each for another reason, one that became this document, and the pages about them."""
    found = [
        documents_pb2.Submission(
            id=str(uuid4()), merchant_id=str(shop.merchant_id), epoch=1, version=1,
            source="upload", file_name=f"Rechnung-{code}.pdf", received_at=NOW, error_code=code,
            document_id="" if code else document_id, status="rejected" if code else "processed",
            error_message_id="There was no file.", error_params={"document_id": document_id},
        )
        for code in ("data_missing", "would_replace", "xml_broken", "")
    ]  # fmt: skip
    await shop.told(*(documents_pb2.SubmissionSnapshot(submission=upload) for upload in found))
    return ["/hochladen", f"/hochladen/{found[0].id}/angaben"]


async def mails(shop: Shop) -> list[str]:
    """A mail that was sent and one that was refused, and the pages about them."""
    failed, sent = shop.mail(state="failed", error="refused", error_params={"answer": "550"}), shop.mail()
    await shop.told(failed, sent)
    own = {"subject": "Ihre Rechnung", "text": "Hallo [Vorname]"}
    text = {"subject": "Ihre Rechnung", "text": "Hallo", "html": "<p>Hallo</p>", "own": own, "placeholders": []}
    shop.owners.answers["GET", f"/v1/mails/{sent.mail.id}"] = text
    shop.owners.answers["GET", f"/v1/mails/{failed.mail.id}"] = text | {"html": ""}
    return ["/mails", f"/mails/{failed.mail.id}", f"/mails/{failed.mail.id}/erneut", f"/mails/{sent.mail.id}"]


def payment_settings(shop: Shop) -> list[str]:
    """Providers with and without accounts, an account that is refused, and the pages about them."""
    shop.owners.answers["GET", "/v1/settings"] = {
        "iban_valid": False, "offset_credit_notes": True, "partial_payments": False, "partial_minimum_minor": 0,
        "providers": [
            NO_ACCOUNT | {"provider": "transfer", "methods": [{"code": "transfer", "enabled": True, "offered": False}]},
            NO_ACCOUNT | {"provider": "paypal", "connectable": True, "methods": []}, ON_THE_SETTINGS_PAGE,
        ],
    }  # fmt: skip
    known(shop, ACCOUNT | {"problem": "key_revoked"}, ACCOUNT | {"state": "ended"}, trial=TRIAL)
    return ["/einstellungen/zahlungen", CONNECTING, f"{CONNECTING}/aufheben"]


async def standing_documents(shop: Shop) -> list[str]:
    terms = standing(shop)
    await shop.told(terms)
    here = "/einstellungen/zusatzdokumente"
    return [here, f"{here}/neu", f"{here}/{terms.standing_document.id}"]


async def filled(shop: Shop) -> list[str]:
    """A merchant with something of everything, and the pages to look at."""
    person = identity_pb2.ContactPerson(
        id="11111111-1111-1111-1111-111111111111", name="Anna", email="a@example.com", access="invited"
    )
    customer = shop.customer("20931", "Seidel Optik", contacts=[person])
    await shop.told(customer)
    of = customer.customer.id
    return [
        *await quotes(shop, of), *await documents(shop, of), *await mails(shop), *payment_settings(shop),
        *await standing_documents(shop),
        "/", "/kunden", "/kunden/einlesen", f"/kunden/{of}", f"/kunden/{of}/bearbeiten", f"/kunden/{of}/personen/neu",
        "/einstellungen", "/einstellungen/aussehen", "/einstellungen/dokumente", "/einstellungen/firma",
        "/einstellungen/schluessel", "/konto", "/gibtsnicht",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1440, "dark")])
async def test_axe_finds_nothing_on_any_page_and_nothing_overflows(
    browser: Browser, shop: Shop, width: int, scheme: str
) -> None:
    context = await logged_in(browser, shop, width, color_scheme=scheme)
    page = await context.new_page()
    for path in await filled(shop):
        await page.goto(address(shop) + path)
        found = (await Axe().run(page)).response["violations"]
        assert [(path, v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
    await page.goto(address(shop) + "/angebote/neu")
    await page.evaluate("document.querySelector('form[data-rows]').noValidate = true")
    await page.get_by_role("button", name="Entwurf speichern").click()
    await page.locator(".note.bad").wait_for()
    assert (await Axe().run(page)).response["violations"] == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    await context.clear_cookies()
    shop.owners.answers["POST", "/v1/password-resets/inspect"] = JSONResponse({})
    for path in ("/anmelden", "/passwort-vergessen", "/passwort/token"):
        await page.goto(address(shop) + path)
        assert (await Axe().run(page)).response["violations"] == []
    await context.close()


async def test_the_list_turns_green_without_a_reload(browser: Browser, shop: Shop) -> None:
    invoice = shop.document("RE-2026-1042")
    open_one = shop.receivable(invoice.document.id)
    await shop.told(invoice, open_one)
    context = await logged_in(browser, shop)
    page = await context.new_page()
    await page.goto(address(shop) + "/dokumente")
    await page.locator(".state.open").wait_for()
    await shop.told(
        shop.receivable(
            invoice.document.id, id=open_one.receivable.id, version=2, state="paid", open_minor=0, paid_minor=11900
        )
    )
    await page.locator(".state.paid", has_text="vollständig bezahlt").wait_for()
    assert await page.locator(".state.open").count() == 0
    await context.close()


async def test_everything_works_with_scripts_switched_off(browser: Browser, shop: Shop) -> None:
    invoice = shop.document("RE-2026-1042", buyer_name="Seidel Optik")
    await shop.told(invoice)
    context = await logged_in(browser, shop, java_script_enabled=False)
    page = await context.new_page()
    await page.goto(address(shop) + "/dokumente")
    await page.fill("input[type=search]", "1042")
    await page.get_by_role("button", name="Anzeigen").click()
    await page.get_by_role("link", name="RE-2026-1042").click()
    await page.get_by_text("Zurückziehen").first.click()
    refusal = "Das Dokument ist nicht mehr geteilt."
    shop.owners.refuse("POST", f"/v1/documents/{invoice.document.id}/withdraw", 409, code="wrong_state", detail=refusal)
    await page.get_by_role("button", name="Zurückziehen").click()
    assert refusal in await page.inner_text(".flashes")
    await context.close()
