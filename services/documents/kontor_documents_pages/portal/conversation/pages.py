"""Writing, changing and taking back comments on a document's page, which work without scripts; files of comments."""

from contextlib import aclosing
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.chosen_files import LARGEST_FORM, MOST_READ, refuse_too_many
from kontor_documents_pages.portal.conversation import commands
from kontor_documents_pages.portal.conversation.view import Conversation, conversation_of
from kontor_documents_pages.portal.conversation.writer import keep_writer, known_writer
from kontor_documents_pages.portal.withdrawn import why_unseen
from kontor_edge.acting import refused
from kontor_edge.answers import file_response
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import fetch_as_edge
from kontor_edge.portal import Slug, page_context, query_view
from kontor_service.bodies import takes
from kontor_service.errors import NotFound, Problem
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False)
_MOST_CHARACTERS = 5_000


def new_form() -> Form:
    """An empty comment; its key makes a form that is sent twice one comment."""
    return Form.of({"key": str(uuid4())})


@router.post("/{slug}/dokumente/{document_id}/kommentare")
@takes(LARGEST_FORM)
async def write(request: Request, slug: Slug, document_id: UUID) -> Response:
    """Back to the conversation; or a page that shows what was typed again, with what is wrong at its field."""
    record, talk = await talk_of(request, document_id)
    async with aclosing(await read_form(request, max_files=MOST_READ)) as form:
        status = await _send(request, document_id, form, talk.writer)
    if status == 200:
        response = pages(request).redirect(f"/{slug}/dokumente/{document_id}#talk-end")
        keep_writer(response, record, form.value("name").strip())
        return response
    return pages(request).render(
        request, "conversation/refused.html", page_context(record, "documents"), status=status, slug=slug, talk=talk,
        form=form, here=f"/{slug}/dokumente/{document_id}", entry=orjson.loads(record["entry"]),
    )  # fmt: skip


@router.post("/{slug}/dokumente/{document_id}/kommentare/{comment_id}/aendern")
async def change(request: Request, slug: Slug, document_id: UUID, comment_id: UUID) -> Response:
    await talk_of(request, document_id)
    text = (await read_form(request)).text("text", limit=_MOST_CHARACTERS, lines=True)
    return await _done(request, slug, document_id, commands.change(request, document_id, comment_id, text))


@router.post("/{slug}/dokumente/{document_id}/kommentare/{comment_id}/loeschen")
async def delete(request: Request, slug: Slug, document_id: UUID, comment_id: UUID) -> Response:
    await talk_of(request, document_id)
    await read_form(request)
    return await _done(request, slug, document_id, commands.delete(request, document_id, comment_id))


@router.get("/{slug}/dokumente/{document_id}/kommentare/{comment_id}/datei/{file_id}")
async def file(request: Request, slug: Slug, document_id: UUID, comment_id: UUID, file_id: UUID) -> Response:
    """Pictures and PDFs are shown, all else is saved; `?download=1` saves those too."""
    record, talk = await talk_of(request, document_id)
    comment = next((one.data for one in talk.comments if one.data["id"] == str(comment_id)), None)
    found = next((f for f in comment["files"] if f["id"] == str(file_id)), None) if comment else None
    if found is None:
        raise NotFound
    merchant = UUID(orjson.loads(record["merchant"])["id"])
    path = f"/v1/documents/{document_id}/comments/{comment_id}/files/{file_id}"
    content = (await fetch_as_edge(request, "documents", path, merchant)).content
    shown = found["media_type"].startswith("image/") or found["media_type"] == "application/pdf"
    return file_response(
        content, found["media_type"], found["name"], save=not shown or "download" in request.query_params
    )


async def talk_of(request: Request, document_id: UUID) -> tuple[asyncpg.Record, Conversation]:
    """Raises NotFound for a document that this session does not see, Withdrawn for one that it no longer sees."""
    record = await query_view(request, "document", asked=document_id)
    if record["document"] is None:
        raise await why_unseen(request, document_id)
    page_context(record, "documents")
    return record, conversation_of(record, edge_of(request).clock.now(), known_writer(request, record))


async def _send(request: Request, document_id: UUID, form: Form, writer: str) -> int:
    """200, or the status of the page that says what is wrong. Files that went up are kept for the next try. `writer`: the name
    where the form has none."""
    text = form.text("text", limit=_MOST_CHARACTERS, lines=True)
    name, kept = form.text("name", limit=120), form.values.setdefault("kept", [])
    refuse_too_many(form, len(kept))
    try:
        for upload in form.files("files") if form.ok else ():
            kept.append(f"{await commands.upload(request, document_id, upload)} {upload.filename}")
    except Problem as problem:
        return refused(form, problem, {"file": "files"})
    if not form.ok:
        return 422
    wanted: dict[str, Any] = {"text": text, "name": name or writer, "files": [one.partition(" ")[0] for one in kept]}
    wanted["seen"] = form.count("seen", most=2**31)
    try:
        await commands.write(request, document_id, wanted, key=form.value("key"))
    except Problem as problem:
        return refused(form, problem, {"name": "name", "text": "text"})
    return 200


async def _done(request: Request, slug: str, document_id: UUID, acting: Any) -> Response:
    """Back to the conversation, with the owner's word where it refuses."""
    here = f"/{slug}/dokumente/{document_id}#talk-end"
    try:
        await acting
    except Problem as problem:
        if problem.status in (401, 404) or problem.status >= 500:
            raise
        return pages(request).redirect(here, bad=problem.detail)
    return pages(request).redirect(here)
