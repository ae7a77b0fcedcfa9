"""POST /v1/submissions and what became of one."""

from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from pydantic import BaseModel
from sqlmodel import col
from starlette.datastructures import UploadFile

from kontor_documents import queries
from kontor_documents.dependencies import Deps
from kontor_documents.errors import NothingSubmitted, SubmissionNotFound
from kontor_documents.events import document_state
from kontor_documents.intake.service import Upload, accept, hand_in_again
from kontor_documents.models import Document, DocumentFile, Submission
from kontor_documents.release.rules import spoken
from kontor_service.bodies import takes
from kontor_service.commands import command_result
from kontor_service.errors import Problem
from kontor_service.paging import Page, page_of
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["submissions"])

_SOURCES = frozenset({"http", "upload", "cli", "bus", "kontor"})
_JSON = "application/json"
Submitter = Annotated[Principal, Depends(require("documents:submit", "service"))]


@router.post("/v1/submissions", status_code=202)
@takes(lambda settings: settings.max_upload_bytes)
async def submit(
    request: Request,
    deps: Deps,
    principal: Submitter,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    x_kontor_source: Annotated[str, Header()] = "http",
    x_kontor_file_name: Annotated[str, Header()] = "",
    x_kontor_based_on: Annotated[str, Header(max_length=64)] = "",
) -> dict[str, Any]:
    """A file as the body with its own content type, JSON data as the body, or multipart with `file` and `data`.

    `X-Kontor-Based-On`: the SHA-256 of the content that the sender has changed; refused where it is no longer the
    document's content.
    """
    file, beside, media_type, name = await _parts_of(request)
    upload = Upload(
        source=x_kontor_source if x_kontor_source in _SOURCES else "http",
        by=principal.subject,
        file=file,
        beside=beside,
        media_type=media_type,
        file_name=_file_name(x_kontor_file_name) or name,
        based_on=x_kontor_based_on,
    )
    answer = await accept(deps, principal.merchant, upload, idempotency_key)
    return {"id": answer["id"], "status": answer["status"]}


@router.get("/v1/parked-documents")
async def parked(deps: Deps, principal: Submitter, paging: Page) -> dict[str, Any]:
    """Those whose customer is not known yet, the oldest first. `next` is the following page's `after`, null at the end."""
    async with deps.db.transaction(principal.merchant) as session:
        waiting = (col(Document.customer_id).is_(None), Document.state == "waiting")
        rows, following = await page_of(session, Document, paging, *waiting)
    shown = {"id", "type", "number", "external_id", "customer_number", "received_at"}
    found = [row.model_dump(mode="json", include=shown) for row in rows]
    return {"parked": found, "next": following}


class Again(BaseModel):
    """A refused submission, sent again: with `data` to add to its file, or with the permission to `replace` a waiting document."""

    data: dict[str, Any] | None = None
    replace: bool = False


@router.post("/v1/submissions/{submission_id}/again", status_code=202)
async def again(deps: Deps, submission_id: UUID, body: Again, principal: Submitter) -> dict[str, Any]:
    """Processes a refused submission again. Raises SubmissionNotFound, and the errors of the data."""
    answer = await hand_in_again(
        deps, principal.merchant, submission_id, by=principal.subject, data=body.data, replaces=body.replace
    )
    return {"id": answer["id"], "status": answer["status"]}


@router.get("/v1/submissions/{submission_id}")
async def status(
    deps: Deps,
    submission_id: UUID,
    principal: Annotated[Principal, Depends(require("documents:submit", "documents:read", "service"))],
) -> dict[str, Any]:
    """accepted, processed with the document, or rejected with the problem. Nothing of it is meant for customers."""
    if principal.for_customers:
        raise SubmissionNotFound
    async with deps.db.transaction(principal.merchant) as session:
        submission = await session.get(Submission, submission_id)
        if submission is None:
            raise SubmissionNotFound
        document = await session.get(Document, submission.document_id) if submission.document_id else None
        files = await queries.files_of(session, document.id) if document else []
    # Made, but not yet rendered and looked at: whoever asks would see a document that cannot be opened.
    early = document is not None and document.state == "waiting" and not document.settled
    return {
        "id": str(submission.id),
        "status": "accepted" if early else submission.status,
        "file_name": submission.file_name,
        "replaced": submission.replaced,
        "error": Problem.restored(submission.error).as_dict() if submission.error else None,
        "document": _summary(document, files) if document and not early else None,
    }


def _summary(document: Document, files: list[DocumentFile]) -> dict[str, Any]:
    """`snapshot` is for an edge's copy: whoever is told of the document can open it there."""
    return {
        **command_result(document_state(document, files)),
        "id": str(document.id),
        "type": document.type,
        "number": document.number,
        "external_id": document.external_id,
        "state": document.state,
        "customer_id": str(document.customer_id) if document.customer_id else None,
        "customer_number": document.customer_number,
        "issue_date": document.issue_date.isoformat(),
        "due_date": document.due_date.isoformat() if document.due_date else None,
        "total": {"minor_units": document.gross_minor, "currency": document.currency},
        "amount_due": {"minor_units": document.amount_due_minor, "currency": document.currency},
        "issues": [spoken(issue) for issue in document.issues],
        "has_pdf": any(file.role == "pdf" for file in files),
    }


def _file_name(header: str) -> str:
    """Percent-encoded UTF-8, or UTF-8 as it is, which ASGI hands on as Latin-1."""
    return unquote(header.encode("latin-1").decode(errors="replace"))


async def _parts_of(request: Request) -> tuple[bytes | None, bytes | None, str, str]:
    """File, data beside it, the file's media type and name."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        return await _form(request)
    body = await request.body()
    if not body:
        raise NothingSubmitted(field="file")
    return (None, body, media_type, "") if media_type == _JSON else (body, None, media_type, "")


async def _form(request: Request) -> tuple[bytes | None, bytes | None, str, str]:
    limit = request.app.state.settings.max_upload_bytes
    async with request.form(max_files=2, max_fields=4, max_part_size=limit) as form:
        file, data = form.get("file"), form.get("data")
        content = await file.read() if isinstance(file, UploadFile) else None
        beside = await data.read() if isinstance(data, UploadFile) else data.encode() if data else None
        named = file if isinstance(file, UploadFile) else None
        media_type, name = (named.content_type or "", named.filename or "") if named else (_JSON, "")
        return content, beside, media_type, name
