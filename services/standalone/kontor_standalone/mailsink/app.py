"""The page and the JSON of the mail sink. It keeps secrets that mails carry: for development only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import FastAPI, Form, HTTPException, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates

from kontor_service.media_types import safe_media_type
from kontor_standalone.mailsink import parse, reply
from kontor_standalone.mailsink.mailbox import Mailbox, listen
from kontor_standalone.mailsink.settings import MailSinkSettings

_HERE = Path(__file__).parent
_templates = Jinja2Templates(directory=_HERE / "templates")
_PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'"
# A mail runs no script and loads nothing; its links open in a new tab.
_MAIL_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def create_app(settings: MailSinkSettings, smtp: socket | None = None) -> FastAPI:
    """The sink with its SMTP server, which listens while the app runs: on this socket, else as the settings say."""
    mailbox = Mailbox(settings.folder, settings.keep)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        server = await listen(mailbox, settings.smtp_host, settings.smtp_port, smtp)
        app.state.smtp_port = server.sockets[0].getsockname()[1]
        yield
        server.close()
        await server.wait_closed()

    app = FastAPI(title="Kontor mail sink", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.mount("/static", StaticFiles(directory=_HERE / "static"), name="static")
    _add_routes(app, mailbox, settings)
    _add_reply(app, mailbox, settings)
    return app


def _page(request: Request, name: str, **context: Any) -> HTMLResponse:
    headers = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-store"}
    return _templates.TemplateResponse(request, name, context, headers=headers)


def _found(mailbox: Mailbox, message_id: str) -> bytes:
    raw = mailbox.raw(message_id)
    if raw is None:
        raise HTTPException(404, "There is no such mail")
    return raw


def _add_reply(app: FastAPI, mailbox: Mailbox, settings: MailSinkSettings) -> None:
    @app.post("/messages/{message_id}/reply", response_class=HTMLResponse)
    async def answer(
        request: Request,
        message_id: str,
        text: Annotated[str, Form()],
        sender: Annotated[str, Form()],
        file: UploadFile | None = None,
    ) -> HTMLResponse:
        """Sends a real reply to the intake, and shows what it said."""
        mail = parse.read(message_id, _found(mailbox, message_id))
        content = await file.read() if file else b""
        attached = (
            (file.filename or "file", safe_media_type(file.content_type or ""), content) if file and content else None
        )
        said = await reply.send(settings, reply.answer_to(mail, sender, text, attached))
        return _page(request, "message.html", mail=mail, replies=bool(settings.intake_port), said=said)


def _add_routes(app: FastAPI, mailbox: Mailbox, settings: MailSinkSettings) -> None:
    page = _page

    def found(message_id: str) -> bytes:
        return _found(mailbox, message_id)

    @app.get("/api/messages")
    def messages() -> list[dict[str, Any]]:
        """Every mail, newest first."""
        kept = ((message_id, mailbox.raw(message_id)) for message_id in mailbox.ids())
        return [parse.read(message_id, raw) for message_id, raw in kept if raw is not None]

    @app.delete("/api/messages", status_code=204)
    def clear() -> None:
        mailbox.clear()

    @app.get("/health/ready")
    def ready() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/", response_class=HTMLResponse)
    def index(request: Request) -> HTMLResponse:
        return page(request, "index.html", mails=messages()[:100])

    @app.get("/messages/{message_id}", response_class=HTMLResponse)
    def message(request: Request, message_id: str) -> HTMLResponse:
        mail = parse.read(message_id, found(message_id))
        return page(request, "message.html", mail=mail, replies=bool(settings.intake_port))

    @app.get("/messages/{message_id}/html", response_class=HTMLResponse)
    def html(message_id: str) -> HTMLResponse:
        content = parse.read(message_id, found(message_id))["html"]
        return HTMLResponse(
            '<base target="_blank">' + content,
            headers={"Content-Security-Policy": _MAIL_POLICY, "Referrer-Policy": "no-referrer"},
        )

    @app.get("/messages/{message_id}/raw")
    def raw(message_id: str) -> Response:
        return Response(found(message_id), media_type="text/plain; charset=utf-8")

    @app.get("/messages/{message_id}/attachments/{index}")
    def attachment(message_id: str, index: int) -> Response:
        parts = parse.attachments(parse.message_of(found(message_id)))
        if not 0 <= index < len(parts):
            raise HTTPException(404, "There is no such attachment")
        name = quote(parts[index].get_filename() or f"part-{index}")
        return Response(
            parse.content_of(parts[index]),
            media_type=parts[index].get_content_type(),
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )
