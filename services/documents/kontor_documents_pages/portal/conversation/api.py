"""The conversation about a document as JSON, for portals that are not these pages."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response, UploadFile
from pydantic import BaseModel, Field

from kontor_documents_pages.portal.conversation import commands
from kontor_documents_pages.portal.conversation.pages import talk_of
from kontor_documents_pages.portal.conversation.view import Conversation, conversation_of
from kontor_documents_pages.portal.conversation.writer import keep_writer
from kontor_edge.edge import edge_of
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.commands import Key
from kontor_service.errors import Invalid
from kontor_service.i18n import N_
from kontor_service.validation import Line, Text

router = APIRouter(prefix="/api/portal/v1/{slug}/documents/{document_id}", tags=["portal"])
_LARGEST_FILE = 21 * MEBIBYTE


class CommentFile(BaseModel):
    id: UUID
    name: str
    media_type: str
    size: int


class CommentAuthor(BaseModel):
    """`kind`: customer, staff or system."""

    kind: str
    name: str


class PortalComment(BaseModel):
    """`mine`: this session's reader wrote it. `may_change`: they may still change or delete it. `new`: they have not read it."""

    id: UUID
    number: int
    author: CommentAuthor
    text: str
    files: list[CommentFile]
    source: str
    created_at: str
    edited_at: str | None
    read_at: str | None
    mine: bool
    may_change: bool
    new: bool


class PortalComments(BaseModel):
    """The last 200, in the order of writing. `name_missing`: the reader is asked for a name with their comment; a cookie keeps
    it for the session of a link that several people may have."""

    comments: list[PortalComment]
    may_comment: bool
    name_missing: bool


class NewComment(BaseModel):
    """`files`: ids of what was uploaded before."""

    text: Text = Field(default="", max_length=5_000, examples=["Wann können Sie kommen?"])
    name: Line = Field(default="", max_length=120)
    files: list[UUID] = Field(default=[], max_length=10)


class CommentCorrection(BaseModel):
    text: Text = Field(max_length=5_000)


class UploadedFile(BaseModel):
    id: UUID


@router.get("/comments", summary="What was written on a document", response_model=PortalComments)
async def comments(request: Request, slug: str, document_id: UUID) -> dict[str, Any]:
    """Those of customers, of the merchant's staff and of other systems."""
    _record, talk = await talk_of(request, document_id)
    return _told(talk)


@router.post("/comments", summary="Comment on a document", response_model=PortalComments)
async def write(
    request: Request, response: Response, slug: str, document_id: UUID, body: NewComment, key: Key = None
) -> dict[str, Any]:
    """Answers the conversation with the new comment. 409 `comments_not_allowed` where the merchant does not want comments on
    this type, `withdrawn` where it was taken back; 422 at `text`, `name` or `files[i]`; 429 after many in a short time."""
    record, before = await talk_of(request, document_id)
    name = body.name or before.writer
    await commands.write(request, document_id, body.model_dump(mode="json") | {"name": name}, key=key)
    keep_writer(response, record, body.name.strip())
    record, _talk = await talk_of(request, document_id)
    return _told(conversation_of(record, edge_of(request).clock.now(), name))


@router.post("/comment-files", summary="Upload a file for a comment", response_model=UploadedFile, status_code=201)
@takes(_LARGEST_FILE)
async def upload(request: Request, slug: str, document_id: UUID, file: UploadFile | None = None) -> dict[str, Any]:
    """A picture, a PDF, a text or an office document without macros, at most 20 MiB. Pictures are made smaller."""
    await talk_of(request, document_id)
    if file is None:
        raise Invalid(N_("No file was sent."), field="file")
    return {"id": await commands.upload(request, document_id, file)}


@router.put("/comments/{comment_id}", summary="Correct a comment", response_model=PortalComments)
async def change(
    request: Request, slug: str, document_id: UUID, comment_id: UUID, body: CommentCorrection
) -> dict[str, Any]:
    """One's own, within some minutes and while nobody has read it: else 409 `comment_too_old`, `comment_read`."""
    await talk_of(request, document_id)
    await commands.change(request, document_id, comment_id, body.text)
    _record, talk = await talk_of(request, document_id)
    return _told(talk)


@router.delete("/comments/{comment_id}", summary="Take a comment back", response_model=PortalComments)
async def delete(request: Request, slug: str, document_id: UUID, comment_id: UUID) -> dict[str, Any]:
    """As for correcting one. Answers those that are left."""
    await talk_of(request, document_id)
    await commands.delete(request, document_id, comment_id)
    _record, talk = await talk_of(request, document_id)
    return _told(talk)


def _told(talk: Conversation) -> dict[str, Any]:
    comments = [one.as_json() for one in talk.comments]
    return {"comments": comments, "may_comment": talk.may_write, "name_missing": talk.name_missing}
