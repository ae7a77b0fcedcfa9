"""What is wrong with a page for those who look at it: too wide, against a rule of axe, in two languages, with errors."""

import re
from collections.abc import Mapping
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}
# Words that only the other language has. Names and codes of documents are neither.
_ENGLISH = re.compile(
    r"\b(the|and|your|you|with|paid|open|invoice|quote|customer|settings|save|back|search|show|amount|due|log in|"
    r"reading|readings|(?<!smart )meter|meters)\b",
    re.I,
)
_GERMAN = re.compile(
    r"\b(und|der|die|das|Sie|Ihr|Ihre|mit|bezahlt|offen|Rechnung|Kunde|Einstellungen|Speichern|Zurück|Suchen|fällig|"
    r"Zähler|Zählerstand|Verbrauch)\b"
)
# What people wrote in their own language: names, documents' texts, the merchant's mail texts.
_OWN_WORDS = (
    "td a, td .sub, td strong, dd, h1, .pre, .lines, textarea, input, option, .crumbs, .story, code, body [lang], .results, .break, "
    ".files, .parties, .me, footer, [data-part='mails'] td:nth-child(2), .heading, .person, label[for^='language']"
)


def speak(page: Page, run: Mapping[str, Any], language: str) -> None:
    """Both log-ins of this browser read in this language from now on. `run` is what run.json says."""
    page.goto(f"{run['gateway']}/brunner/konto")
    page.locator(f"#language-{language}").check()
    page.locator("form[action$='/konto/sprache'] button").click()
    page.goto(f"{run['admin']}/konto")
    page.locator(f"#language-{language}").check()
    page.locator("form[action$='/konto/sprache'] button").click()
    page.wait_for_load_state()


def wrong_with(page: Page, address: str, width: int, language: str, heard: list[str], by_axe: bool) -> list[str]:
    """In words. `heard` collects the errors that the page's console tells; `language` is empty where it does not matter."""
    heard.clear()
    answer = page.goto(address, wait_until="load")
    wrong = [f"answers {answer.status}"] if answer is not None and answer.status >= 400 else []
    wide = page.evaluate("document.documentElement.scrollWidth")
    wrong += [f"scrolls sideways: {wide} > {width}"] if wide > width else []
    wrong += heard
    if by_axe:
        found = Axe().run(page, options=_AXE).response["violations"]
        wrong += [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found]
    if language and page.locator("html").get_attribute("lang") != language:
        wrong.append(f"is in {page.locator('html').get_attribute('lang')}")
    return wrong


def foreign_words(page: Page, language: str, own: str = "") -> list[str]:
    """Words of the other language among what Kontor itself says. `own` selects more that people wrote."""
    # Mails speak their readers' languages.
    theirs = ", ".join(
        part for part in (_OWN_WORDS, "td, [data-preview-content]" if "/mails" in page.url else "", own) if part
    )
    # Hidden, not removed: the page's scripts may still be looking for them.
    page.evaluate(
        "own => document.querySelectorAll(own).forEach(e => e.style.setProperty('display', 'none', 'important'))",
        theirs,
    )
    said = page.locator("body").inner_text()
    return sorted({match[0] for match in (_ENGLISH if language == "de" else _GERMAN).finditer(said)})
