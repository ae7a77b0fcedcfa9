"""The reply form of the mail sink: it sends what the recipient's mail program would send. A second sink takes it in."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import httpx
import pytest
from fastapi import FastAPI

from kontor_standalone.mailsink.app import create_app
from kontor_standalone.mailsink.settings import MailSinkSettings

ADDRESS = "antwort+abc@portal.example"


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sink")


@pytest.fixture
async def intake(tmp_path: Path) -> AsyncIterator[FastAPI]:
    app = create_app(MailSinkSettings(folder=tmp_path / "intake", smtp_port=0))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def sink(tmp_path: Path, intake: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    settings = MailSinkSettings(folder=tmp_path / "mails", smtp_port=0, intake_port=intake.state.smtp_port)
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        await aiosmtplib.send(notice(), hostname="127.0.0.1", port=app.state.smtp_port)
        yield client


def notice(reply_to: str = ADDRESS) -> EmailMessage:
    """A mail that can be answered."""
    message = EmailMessage()
    message["From"], message["To"], message["Reply-To"] = "noreply@portal.example", "erika@example.org", reply_to
    message["Subject"], message["Message-ID"] = "Ihr Angebot", "<first@portal.example>"
    message.set_content("Was meinen Sie?\n")
    return message


async def reply(sink: httpx.AsyncClient, **sent: Any) -> httpx.Response:
    [mail] = (await sink.get("/api/messages")).json()
    data = {"sender": "erika@example.org", "text": "Gern am Montag."}
    return await sink.post(f"/messages/{mail['id']}/reply", data=data, **sent)


async def test_a_reply_reaches_the_intake_with_its_thread_its_quotation_and_its_file(
    sink: httpx.AsyncClient, intake: FastAPI
) -> None:
    answer = await reply(sink, files={"file": ("Plan.pdf", b"%PDF-1.7", "application/pdf")})
    assert "The intake says: 250" in answer.text
    async with client_of(intake) as page:
        [mail] = (await page.get("/api/messages")).json()
    assert (mail["to"], mail["subject"]) == ([ADDRESS], "Re: Ihr Angebot")
    assert mail["headers"]["In-Reply-To"] == "<first@portal.example>"
    lines = mail["text"].splitlines()
    assert (lines[0], lines[-1]) == ("Gern am Montag.", "> Was meinen Sie?")
    assert [file["name"] for file in mail["attachments"]] == ["Plan.pdf"]


async def test_the_page_says_why_a_reply_was_refused(tmp_path: Path, intake: FastAPI) -> None:
    settings = MailSinkSettings(folder=tmp_path / "mails", smtp_port=0, intake_port=intake.state.smtp_port)
    app = create_app(settings)
    async with app.router.lifespan_context(app), client_of(app) as client:
        refused = notice("refuse-550@portal.example")
        await aiosmtplib.send(refused, hostname="127.0.0.1", port=app.state.smtp_port)
        assert "The intake says: 550" in (await reply(client)).text


async def test_a_sink_without_intake_offers_no_reply(intake: FastAPI) -> None:
    await aiosmtplib.send(notice(), hostname="127.0.0.1", port=intake.state.smtp_port)
    async with client_of(intake) as page:
        [mail] = (await page.get("/api/messages")).json()
        assert "Send to" not in (await page.get(f"/messages/{mail['id']}")).text
