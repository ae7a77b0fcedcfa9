"""Comments on documents: customers, staff and services by the document's id, other systems by their own."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from google.protobuf.json_format import MessageToDict
from pydantic import BaseModel, Field
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import CommentAuthor
from kontor_documents import copies, queries
from kontor_documents.comments import files, service
from kontor_documents.comments.errors import NameMissing, UnknownAuthor
from kontor_documents.comments.models import CommentFile
from kontor_documents.comments.rules import check_allowed
from kontor_documents.comments.service import Correction, Writing
from kontor_documents.comments.systems import SystemComment, write_of_system
from kontor_documents.copies import merchant as merchant_of
from kontor_documents.dependencies import Dependencies, Deps
from kontor_documents.errors import DocumentNotFound, FileNotFound
from kontor_documents.models import Document
from kontor_documents.read_marks.service import Seen, mark_read_by_customer
from kontor_documents.visibility import locked_for
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.commands import Key, command_result, once
from kontor_service.media_types import safe_media_type
from kontor_service.tokens import SERVICE_RIGHT, Principal, require

router = APIRouter(tags=["comments"])
Writer = Annotated[Principal, Depends(require("documents:comment", SERVICE_RIGHT))]
Submitter = Annotated[Principal, Depends(require("documents:submit"))]


class Read(BaseModel):
    """Up to which comment, by its number, staff have read."""

    number: int = Field(ge=1, le=2**31)


@router.get("/v1/documents/{document_id}/comments")
async def comments(deps: Deps, document_id: UUID, principal: Writer) -> dict[str, Any]:
    """As the contract's Comment, in the order of writing."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_for(session, document_id, principal)
        found = await service.comments_of(session, document.id)
    return {"comments": [MessageToDict(state, preserving_proto_field_name=True) for state in found]}


@router.post("/v1/documents/{document_id}/comment-files", status_code=201)
@takes(lambda settings: settings.max_upload_bytes + MEBIBYTE)
async def upload(
    request: Request, deps: Deps, document_id: UUID, file: UploadFile, principal: Writer, author: str = ""
) -> dict[str, Any]:
    """Stores a file before its comment is written. The comment then names the file by the `id` in this answer.

    `author` is for services, e.g. `contact:<id>`: on whose behalf. Raises the errors of files.py.
    """
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_for(session, document_id, principal)
        check_allowed(document, await merchant_of(session, principal.merchant))
    limit: int = request.app.state.settings.max_upload_bytes
    content, media_type, name = await files.checked(await file.read(limit + 1), file.filename or "", limit=limit)
    row = CommentFile(
        merchant_id=principal.merchant, document_id=document_id, name=name, media_type=safe_media_type(media_type),
        sha256=sha256(content).hexdigest(), size=len(content), uploaded_at=datetime.now(UTC),
        uploaded_by=author if principal.kind == "service" and author else principal.subject,
    )  # fmt: skip
    await deps.files.within(row.folder).put(content)
    told = row.model_dump(mode="json", include={"id", "name", "media_type", "size"})
    async with deps.db.transaction(principal.merchant) as session:
        session.add(row)
    return told


@router.post("/v1/documents/{document_id}/comments")
async def write(deps: Deps, document_id: UUID, body: Writing, principal: Writer, key: Key = None) -> dict[str, Any]:
    """A customer's or member of staff's comment; a service names its `author` and `source`.

    Raises CommentsNotAllowed, CommentEmpty, NameMissing, UnknownFile, UnknownAuthor, TooManyComments, WrongState.
    """

    async def act(session: AsyncSession) -> dict[str, Any]:
        document = await locked_for(session, document_id, principal)
        author, name, source = await _author(session, document, body, principal)
        state = await service.write(deps, session, document, body, author=author, name=name, source=source)
        return command_result(state, read=await _mark_page_read(deps, session, document, body.seen, state))

    scope, asked = f"comment {document_id} {principal.subject}", body.model_dump(mode="json")
    return await once(deps.db, principal.merchant, scope, key, asked, act)


@router.post("/v1/documents/by-external-id/{external_id:path}/comments")
async def write_by_external_id(
    deps: Deps, external_id: str, body: SystemComment, principal: Submitter, key: Key = None
) -> dict[str, Any]:
    """Adds a comment from another system. The customer sees it as written by the merchant."""
    return await write_of_system(
        deps, principal.merchant, external_id, body, key, author=principal.subject, name=principal.name, source="http"
    )


@router.post("/v1/documents/{document_id}/comments/read")
async def read(deps: Deps, document_id: UUID, body: Read, principal: Writer) -> dict[str, Any]:
    """Staff have the customer's comments up to this number before their eyes. A customer's reading is told with `opened`."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await _for_staff(session, document_id, principal)
        marked = await service.mark_read(deps, session, document, body.number, by_customer=False)
    return {"changed": [command_result(state) for state in marked]}


@router.post("/v1/documents/{document_id}/comments/settle")
async def mark_answered(deps: Deps, document_id: UUID, principal: Writer) -> dict[str, Any]:
    """What the customer wrote needs no answer."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await _for_staff(session, document_id, principal)
        settled = await service.mark_answered(deps, session, document)
    return {"changed": [command_result(state) for state in settled]}


@router.put("/v1/documents/{document_id}/comments/{comment_id}")
async def change(
    deps: Deps, document_id: UUID, comment_id: UUID, body: Correction, principal: Writer
) -> dict[str, Any]:
    """Its author corrects the text. Raises CommentNotFound, CommentRead, CommentTooOld."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_for(session, document_id, principal)
        state = await service.change(deps, session, document, comment_id, body.text, author=principal.subject)
        return command_result(state)


@router.delete("/v1/documents/{document_id}/comments/{comment_id}")
async def delete(deps: Deps, document_id: UUID, comment_id: UUID, principal: Writer) -> dict[str, Any]:
    """Its author takes it back. Raises CommentNotFound, CommentRead, CommentTooOld."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_for(session, document_id, principal)
        return command_result(await service.delete(deps, session, document, comment_id, author=principal.subject))


@router.get("/v1/documents/{document_id}/comments/{comment_id}/files/{file_id}")
async def file(deps: Deps, document_id: UUID, comment_id: UUID, file_id: UUID, principal: Writer) -> Response:
    """The bytes of a comment's file."""
    async with deps.db.transaction(principal.merchant) as session:
        await locked_for(session, document_id, principal)
        found = await session.get(CommentFile, file_id)
    if found is None or (found.document_id, found.comment_id) != (document_id, comment_id):
        raise FileNotFound
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}"}
    return Response(
        await deps.files.within(found.folder).get(found.sha256), media_type=found.media_type, headers=headers
    )


async def _mark_page_read(
    deps: Dependencies, session: AsyncSession, document: Document, seen: int, written: pb.Comment
) -> list[dict[str, Any]]:
    """Who writes has read what was on the page: the states of what was unread, and of a customer's own mark."""
    if not seen:
        return []
    if written.author_kind == CommentAuthor.CUSTOMER:
        page = Seen(comment_number=seen)
        return list(
            map(
                command_result,
                await mark_read_by_customer(
                    deps, session, document, page, reader=written.author, name=written.author_name
                ),
            )
        )
    return list(map(command_result, await service.mark_read(deps, session, document, seen, by_customer=False)))


async def _for_staff(session: AsyncSession, document_id: UUID, principal: Principal) -> Document:
    """Raises DocumentNotFound for customers, to whom a merchant's reading and answering is closed."""
    if principal.for_customers:
        raise DocumentNotFound
    return await queries.locked(session, document_id)


async def _author(
    session: AsyncSession, document: Document, wanted: Writing, principal: Principal
) -> tuple[str, str, str]:
    """Who writes, under which name, by which way. Raises UnknownAuthor; NameMissing by a link that is nobody's: several people
    may have it, and each says who they are."""
    if principal.kind != "service":
        name = wanted.name if await _is_firms_link(session, document, principal) else principal.name or wanted.name
        if principal.kind == "link" and not name:
            raise NameMissing(field="name")
        return principal.subject, name, "admin" if principal.kind == "staff" else "portal"
    if wanted.author is None:
        raise UnknownAuthor(field="author")
    await service.check_author(session, document, wanted.author)
    return f"{wanted.author.kind}:{wanted.author.id}", wanted.author.name, wanted.source or "mail"


async def _is_firms_link(session: AsyncSession, document: Document, principal: Principal) -> bool:
    """Whether the name of who acts is a firm's, with no person behind it that is known."""
    customer = await copies.customer(session, document.customer_id) if principal.kind == "link" else None
    return customer is not None and customer.kind == "business"
