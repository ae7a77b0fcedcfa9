"""The mails in a real browser: readable for everybody, on every width, light and dark."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.kinds import text_of
from kontor_notifications.rendering.render import Wording, render
from kontor_notifications.templates.preview import sample_facts
from kontor_testing.browser import async_chromium

LINK = "https://portal.example/l/" + "x" * 60
SHOWN = [
    "document_shared:invoice",
    "documents_shared",
    "document_shared:quote",
    "quote_amended",
    "quote_declined_notice",
    "payment_failed",
    "payment_refunded",
    "login_code",
    "security_notice",
    "invitation",
    "access_activated",
    "readings_asked",
    "reading_rejected",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_chromium() as opened:
        yield opened


def mail(kind: str, language: Any, merchant: Merchant, customer: Customer, document: Document) -> str:
    text = text_of(kind)
    facts = sample_facts(text, language, merchant, document, customer, LINK)
    return render(
        Wording(text, *text.default(language)), replace(facts, attachments=("RE-2026-0042.pdf",)), logo=None
    ).html


@pytest.mark.parametrize("accent", ["#0b5d4e", "#ffd400"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_mail_is_accessible_and_fits_a_narrow_screen(
    browser: Browser, merchant: Merchant, customer: Customer, document: Document, scheme: Any, accent: str
) -> None:
    merchant.accent_color = accent
    page = await browser.new_page(color_scheme=scheme, viewport={"width": 320, "height": 640})
    for language in ("de", "en"):
        for kind in SHOWN:
            await page.set_content(mail(kind, language, merchant, customer, document))
            assert await page.evaluate("document.documentElement.scrollWidth") <= 320, (kind, language)
            # A mail has no landmarks and no headings: those rules are about pages.
            found = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
            assert found.violations_count == 0, (kind, language, found.generate_report())
