"""The mail sink, over real SMTP and HTTP."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

import aiosmtplib
import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI

from kontor_standalone.mailsink.app import create_app
from kontor_standalone.mailsink.settings import MailSinkSettings
from kontor_testing.browser import async_chromium
from kontor_testing.serving import serving


@pytest.fixture
def settings(tmp_path: Path) -> MailSinkSettings:
    return MailSinkSettings(folder=tmp_path / "mails", smtp_port=0, keep=3)


@pytest.fixture
async def app(settings: MailSinkSettings) -> AsyncIterator[FastAPI]:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def page(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sink") as client:
        yield client


def a_mail(subject: str = "Ihre Rechnung für März", to: str = "erika@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Elektro Wagner <noreply@example.org>", to, subject
    message["Date"] = "Tue, 03 Mar 2026 10:00:00 +0000"
    message.set_content("Bitte hier öffnen: https://portal.example/l/abc.\n")
    message.add_alternative(
        '<p><a href="https://portal.example/l/abc">Öffnen</a> <a href="https://portal.example/impressum">Impressum</a>'
        '<img src="cid:logo"></p><script>document.title = "run"</script>',
        subtype="html",
    )
    html = message.get_payload()[1]
    html.add_related(b"\x89PNG", "image", "png", cid="<logo>", disposition="inline")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Rechnung Müller.pdf")
    return message


async def send(app: FastAPI, message: EmailMessage) -> None:
    await aiosmtplib.send(message, hostname="127.0.0.1", port=app.state.smtp_port)


async def test_a_mail_sent_by_smtp_is_answered_as_json(app: FastAPI, page: httpx.AsyncClient) -> None:
    await send(app, a_mail())
    [mail] = (await page.get("/api/messages")).json()
    assert mail["to"] == ["erika@example.org"]
    assert mail["subject"] == "Ihre Rechnung für März"
    assert mail["text"].startswith("Bitte hier öffnen")
    assert mail["links"] == ["https://portal.example/l/abc", "https://portal.example/impressum"]
    assert [(file["name"], file["size"]) for file in mail["attachments"]] == [("Rechnung Müller.pdf", 8)]


async def test_mails_come_newest_first_and_the_oldest_go(app: FastAPI, page: httpx.AsyncClient) -> None:
    for number in range(5):
        await send(app, a_mail(f"Mail {number}"))
    subjects = [mail["subject"] for mail in (await page.get("/api/messages")).json()]
    assert subjects == ["Mail 4", "Mail 3", "Mail 2"]


async def test_mails_survive_a_restart(app: FastAPI, settings: MailSinkSettings) -> None:
    await send(app, a_mail())
    again = create_app(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(again), base_url="http://sink") as client:
        assert len((await client.get("/api/messages")).json()) == 1


async def test_deleting_empties_it(app: FastAPI, page: httpx.AsyncClient) -> None:
    await send(app, a_mail())
    assert (await page.delete("/api/messages")).status_code == 204
    assert (await page.get("/api/messages")).json() == []


async def test_an_address_can_ask_to_be_refused(app: FastAPI, page: httpx.AsyncClient) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await send(app, a_mail(to="refuse-550@example.org"))
    assert refused.value.recipients[0].code == 550
    assert (await page.get("/api/messages")).json() == []


async def test_an_attachment_can_be_fetched(app: FastAPI, page: httpx.AsyncClient) -> None:
    await send(app, a_mail())
    [mail] = (await page.get("/api/messages")).json()
    answer = await page.get(mail["attachments"][0]["url"])
    assert (answer.headers["content-type"], answer.content) == ("application/pdf", b"%PDF-1.7")


async def test_the_html_of_a_mail_runs_no_script_and_loads_nothing(app: FastAPI, page: httpx.AsyncClient) -> None:
    await send(app, a_mail())
    [mail] = (await page.get("/api/messages")).json()
    answer = await page.get(f"/messages/{mail['id']}/html")
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert 'src="data:image/png;base64,' in answer.text


async def test_what_a_mail_says_is_shown_as_text(app: FastAPI, page: httpx.AsyncClient) -> None:
    await send(app, a_mail("<b>Rabatt</b>"))
    assert "&lt;b&gt;Rabatt&lt;/b&gt;" in (await page.get("/")).text


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_its_pages(app: FastAPI, scheme: Literal["light", "dark"]) -> None:
    await send(app, a_mail())
    async with serving(app) as url, async_chromium() as browser, httpx.AsyncClient(base_url=url) as client:
        [mail] = (await client.get("/api/messages")).json()
        window = await browser.new_page(color_scheme=scheme)
        for path in ("/", f"/messages/{mail['id']}"):
            await window.goto(url + path)
            found = await Axe().run(window)
            assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/messages/../../etc/passwd", "/messages/" + "0" * 32, "/messages/x/html"])
async def test_an_unknown_id_is_not_found(page: httpx.AsyncClient, path: str) -> None:
    assert (await page.get(path)).status_code == 404
