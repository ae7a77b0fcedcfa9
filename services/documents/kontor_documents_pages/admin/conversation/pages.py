"""Answering customers on a document's page, internal notes beside it, and the list of what nobody has answered yet."""

from contextlib import aclosing
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.admin.conversation.view import conversation_of
from kontor_documents_pages.admin.document import document
from kontor_documents_pages.chosen_files import LARGEST_FORM, MOST_READ, refuse_too_many
from kontor_edge.acting import act, refused
from kontor_edge.answers import file_response
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import command, fetch_as_edge
from kontor_edge.query import loads
from kontor_edge.staff import current_staff, page_context, query_view
from kontor_service.bodies import takes
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()
questions_router = APIRouter()
_RIGHT = "documents:comment"
_UPLOAD_SECONDS = 60.0
_MOST_CHARACTERS = 5_000
_MOST_QUESTIONS = 100


@questions_router.get("/fragen")
async def questions(request: Request) -> Response:
    """Documents whose customers wait for an answer, who has waited longest first."""
    staff, row = await query_view(request, "questions", many=_MOST_QUESTIONS)
    return pages(request).render(
        request, "conversation/questions.html", page_context(request, staff, "questions"), staff=staff,
        questions=loads(row["questions"], []), most=_MOST_QUESTIONS,
    )  # fmt: skip


@router.post("/{document_id}/kommentare")
@takes(LARGEST_FORM)
async def write(request: Request, document_id: UUID) -> Response:
    """Back to the conversation; or a page that shows what was typed again, with what is wrong at its field."""
    staff, view, row = await document(request, document_id)
    async with aclosing(await read_form(request, max_files=MOST_READ)) as form:
        status = await _send(request, document_id, form)
    if status == 200:
        return pages(request).redirect(f"/dokumente/{document_id}#talk-end")
    return pages(request).render(
        request, "conversation/refused.html", page_context(request, staff, "documents", live=False), status=status,
        view=view, doc=view.data, form=form, talk=conversation_of(row, staff, edge_of(request).clock.now()),
    )  # fmt: skip


@router.post("/{document_id}/kommentare/{comment_id}/aendern")
async def change(request: Request, document_id: UUID, comment_id: UUID) -> Response:
    await current_staff(request)
    text = (await read_form(request)).text("text", limit=_MOST_CHARACTERS, lines=True)
    return await act(
        request, "documents", _RIGHT, "PUT", f"/v1/documents/{document_id}/comments/{comment_id}", json={"text": text},
        back=_back(document_id), good=_("Changed."),
    )  # fmt: skip


@router.post("/{document_id}/kommentare/{comment_id}/loeschen")
async def delete(request: Request, document_id: UUID, comment_id: UUID) -> Response:
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "documents", _RIGHT, "DELETE", f"/v1/documents/{document_id}/comments/{comment_id}",
        back=_back(document_id), good=_("Deleted."),
    )  # fmt: skip


@router.post("/{document_id}/kommentare/gelesen")
async def read(request: Request, document_id: UUID) -> Response:
    """Told by the open page once a person gives a sign."""
    staff, _view, _row = await document(request, document_id)
    number = (await read_form(request)).count("number", most=2**31)
    if number and staff.may(_RIGHT):
        path = f"/v1/documents/{document_id}/comments/read"
        await command(request, "documents", _RIGHT, "POST", path, json={"number": number})
    return Response(status_code=204)


@router.post("/{document_id}/kommentare/erledigt")
async def settle(request: Request, document_id: UUID) -> Response:
    """What the customer wrote needs no answer."""
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "documents", _RIGHT, "POST", f"/v1/documents/{document_id}/comments/settle", back=_back(document_id),
        good=_("Done: nobody waits for an answer here any more."),
    )  # fmt: skip


@router.get("/{document_id}/kommentare/{comment_id}/datei/{file_id}")
async def file(request: Request, document_id: UUID, comment_id: UUID, file_id: UUID) -> Response:
    """Pictures and PDFs are shown, all else is saved."""
    staff, _view, row = await document(request, document_id)
    comments: list[dict[str, Any]] = loads(row["conversation"], {}).get("comments", [])
    listed: list[dict[str, Any]] = next((one["files"] for one in comments if one["id"] == str(comment_id)), [])
    found = next((one for one in listed if one["id"] == str(file_id)), None)
    if found is None:
        raise NotFound(code="file_not_found")
    path = f"/v1/documents/{document_id}/comments/{comment_id}/files/{file_id}"
    content = (await fetch_as_edge(request, "documents", path, staff.merchant_id)).content
    shown = found["media_type"].startswith("image/") or found["media_type"] == "application/pdf"
    return file_response(content, found["media_type"], found["name"], save=not shown)


@router.post("/{document_id}/notizen")
async def note(request: Request, document_id: UUID) -> Response:
    await current_staff(request)
    text = (await read_form(request)).text("text", limit=_MOST_CHARACTERS, lines=True)
    back = f"/dokumente/{document_id}#notes"
    if not text:
        return pages(request).redirect(back, bad=_("Please write something first."))
    return await act(
        request, "documents", "documents:note", "POST", f"/v1/documents/{document_id}/notes", json={"text": text},
        back=back, good=_("Noted."),
    )  # fmt: skip


@router.post("/{document_id}/notizen/{note_id}/loeschen")
async def delete_note(request: Request, document_id: UUID, note_id: UUID) -> Response:
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "documents", "documents:note", "DELETE", f"/v1/documents/{document_id}/notes/{note_id}",
        back=f"/dokumente/{document_id}#notes", good=_("Deleted."),
    )  # fmt: skip


def _back(document_id: UUID) -> str:
    return f"/dokumente/{document_id}#talk-end"


async def _send(request: Request, document_id: UUID, form: Form) -> int:
    """200, or the status of the page that says what is wrong. Files that went up are kept for the next try."""
    text = form.text("text", limit=_MOST_CHARACTERS, lines=True)
    kept = form.values.setdefault("kept", [])
    path = f"/v1/documents/{document_id}"
    refuse_too_many(form, len(kept))
    try:
        for upload in form.files("files") if form.ok else ():
            files = {"file": (upload.filename, upload.file, upload.content_type or "application/octet-stream")}
            answer = await command(
                request, "documents", _RIGHT, "POST", f"{path}/comment-files", files=files, timeout=_UPLOAD_SECONDS
            )
            kept.append(f"{answer['id']} {upload.filename}")
    except Problem as problem:
        return refused(form, problem, {"file": "files"})
    if not form.ok:
        return 422
    wanted = {"text": text, "files": [one.partition(" ")[0] for one in kept], "seen": form.count("seen", most=2**31)}
    try:
        await command(
            request, "documents", _RIGHT, "POST", f"{path}/comments", json=wanted, key=form.value("key") or None
        )
    except Problem as problem:
        return refused(form, problem, {"text": "text"})
    return 200
