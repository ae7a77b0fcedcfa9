"""The upload page. With scripts each file is sent by itself, with progress; without, all come in one form."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_edge.acting import act, submit
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import command
from kontor_edge.query import loads
from kontor_edge.staff import Staff, current_staff, page_context, query_view
from kontor_service.bodies import takes
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_service.money import from_minor
from kontor_web import Form, read_form

router = APIRouter(prefix="/hochladen")

_LATEST = 10
# Of a PDF that people describe in the short form.
_CURRENCY = "EUR"
# How long a form without scripts waits for what it sent.
_PATIENCE_SECONDS = 4.0
_MEDIA_TYPES = {"pdf": "application/pdf", "xml": "application/xml", "json": "application/json"}


@dataclass(frozen=True)
class Result:
    """What became of one file: `problem` in words where it was refused at the door."""

    name: str
    submission_id: str | None = None
    problem: str = ""


async def _submissions(request: Request, ids: list[UUID] | None, many: int) -> tuple[Staff, list[dict[str, Any]]]:
    """The submissions with their documents; `making` is true until a document has been made and checked."""
    staff, row = await query_view(request, "submissions", asked=ids, many=many)
    found = loads(row["submissions"], [])
    for one in found:
        if one["document"]:
            one["document"]["group"] = one["group"]
        rejected = one["submission"]["status"] == "rejected"
        one["making"] = not rejected and (one["document"] is None or one["group"] == "making")
    return staff, found


@router.get("")
async def upload_page(request: Request) -> Response:
    staff, latest = await _submissions(request, None, _LATEST)
    return _page(request, staff, Form.of(), latest, [])


def _page(
    request: Request, staff: Staff, form: Form, latest: list[dict[str, Any]], refused: list[Result], status: int = 200
) -> Response:
    limits = edge_of(request).settings
    return pages(request).render(
        request, "uploads/upload.html", page_context(request, staff, "documents"), status=status, form=form, latest=latest,
        refused=refused, staff=staff, most=limits.upload_files, megabytes=limits.upload_bytes // 1024**2,
        shared=bool(staff.merchant.get("automatic_release")),
    )  # fmt: skip


@router.post("")
@takes(lambda settings: settings.upload_files * settings.upload_bytes)
async def upload(request: Request) -> Response:
    """All files of the form; each stands for itself."""
    staff = await current_staff(request)
    async with aclosing(await read_form(request, max_files=edge_of(request).settings.upload_files)) as form:
        results = [await _submit(request, staff, file) for file in form.files("file")]
    if not results:
        form.error("file", _("Please choose at least one file."))
        _staff, latest = await _submissions(request, None, _LATEST)
        return _page(request, staff, form, latest, [], 422)
    latest = await _settled(request, [UUID(r.submission_id) for r in results if r.submission_id])
    refused = [r for r in results if r.problem]
    return _page(request, staff, form, latest, refused, 422 if refused else 200)


async def _settled(request: Request, ids: list[UUID]) -> list[dict[str, Any]]:
    """What became of them, after a moment's wait for the rest."""
    if not ids:
        return []
    loop = asyncio.get_running_loop()
    end = loop.time() + _PATIENCE_SECONDS
    while True:
        _staff, found = await _submissions(request, ids, len(ids))
        done = [one for one in found if not one["making"]]
        if len(done) == len(ids) or loop.time() > end:
            return found
        await asyncio.sleep(0.2)


@router.post("/datei")
@takes(lambda settings: 2 * settings.upload_bytes)
async def upload_one(request: Request) -> Response:
    """One file of a page with scripts; the answer is its row in the list of results."""
    staff = await current_staff(request)
    async with aclosing(await read_form(request, max_files=1)) as form:
        files = form.files("file")
        result = await _submit(request, staff, files[0]) if files else Result("", problem=_("No file was sent."))
    return pages(request).render(
        request,
        "uploads/result.html",
        page_context(request, staff),
        found=None,
        result=result,
        staff=staff,
        status=200 if result.submission_id else 422,
    )


@router.get("/ergebnis/{submission_id}")
async def result(request: Request, submission_id: UUID) -> Response:
    """The row of one submission as it stands now."""
    staff, found = await _submissions(request, [submission_id], 1)
    pending = Result("", submission_id=str(submission_id))
    return pages(request).render(
        request, "uploads/result.html", page_context(request, staff), found=found[0] if found else None, result=pending,
        staff=staff,
    )  # fmt: skip


@router.post("/{submission_id}/ersetzen")
async def replace(request: Request, submission_id: UUID) -> Response:
    """The person who uploads has been asked: the new content takes the place of what waits."""
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "documents", "documents:submit", "POST", f"/v1/submissions/{submission_id}/again", json={"replace": True},
        back="/hochladen", good=_("The document was replaced."),
    )  # fmt: skip


@router.get("/{submission_id}/angaben")
async def data_page(request: Request, submission_id: UUID) -> Response:
    """The form in which staff type what an uploaded PDF without invoice data says: number, dates, amounts."""
    staff, found = await _submissions(request, [submission_id], 1)
    return _data_page(
        request, staff, found, Form.of({"type": DocumentType.INVOICE, "issue_date": staff.today.isoformat()})
    )


@router.post("/{submission_id}/angaben")
async def add_data(request: Request, submission_id: UUID) -> Response:
    staff, found = await _submissions(request, [submission_id], 1)
    form = await read_form(request)
    answer, status = await submit(
        request, form, "documents", "documents:submit", f"/v1/submissions/{submission_id}/again", json={"data": _data(form)},
        names={"totals.due": "amount"},
    )  # fmt: skip
    if answer is None:
        return _data_page(request, staff, found, form, status)
    return pages(request).redirect("/hochladen", good=_("Thank you, the document is complete."))


def _data(form: Form) -> dict[str, Any]:
    kind, amount = form.choice("type", tuple(DocumentType)), form.money("amount", _CURRENCY)
    days = {name: form.day(name, required=name == "issue_date") for name in ("issue_date", "due_date")}
    if amount is None and kind == DocumentType.INVOICE:
        form.text("amount", required=True)
    total = str(from_minor(amount, _CURRENCY)) if amount is not None else None
    return {
        "type": kind,
        "customer_number": form.text("customer_number", required=True, limit=60),
        "number": form.text("number", required=True, limit=100),
        **{name: day.isoformat() for name, day in days.items() if day is not None},
        **({"totals": dict.fromkeys(("line_net", "net", "gross", "due"), total)} if total else {}),
    }


def _data_page(request: Request, staff: Staff, found: list[dict[str, Any]], form: Form, status: int = 200) -> Response:
    if not found:
        raise NotFound
    return pages(request).render(
        request, "uploads/data.html", page_context(request, staff, "documents", live=False), status=status, form=form,
        submission=found[0]["submission"], types=tuple(DocumentType),
    )  # fmt: skip


async def _submit(request: Request, staff: Staff, file: UploadFile) -> Result:
    name = (file.filename or "")[:200]
    limit = edge_of(request).settings.upload_bytes
    if file.size is not None and file.size > limit:
        return Result(name, problem=_("The file is larger than %(limit)s MB.", limit=limit // 1024**2))
    content = await file.read()
    if not content:
        return Result(name, problem=_("The file is empty."))
    ending = name.rpartition(".")[2].lower()
    headers = {
        "content-type": _MEDIA_TYPES.get(ending, file.content_type or "application/octet-stream"),
        "x-kontor-source": "upload",
        "x-kontor-file-name": quote(name),
    }
    try:
        answer = await command(
            request, "documents", "documents:submit", "POST", "/v1/submissions", content=content, headers=headers
        )
    except Problem as problem:
        if problem.status == 401:
            raise
        return Result(name, problem=problem.detail)
    return Result(name, submission_id=str(answer["id"]))
