"""Writing, changing, reading and answering comments on a shared document (C9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import CommentAuthor
from kontor_bus import record
from kontor_documents import copies, history
from kontor_documents.comments.errors import (
    CommentEmpty,
    CommentNotFound,
    NameMissing,
    TooManyComments,
    UnknownAuthor,
    UnknownFile,
)
from kontor_documents.comments.events import comment_state, comment_states
from kontor_documents.comments.files import MOST_FILES
from kontor_documents.comments.models import Comment, CommentFile
from kontor_documents.comments.rules import belongs_to, check_allowed, check_changeable, kind_of
from kontor_documents.dependencies import Dependencies
from kontor_documents.models import Document
from kontor_service.validation import Line, Text

MOST_CHARACTERS = 5_000
# Of a customer's side on one document: what people write is fewer, what a loop of mails or a script writes is more.
_MOST_IN_A_WHILE = 30
_A_WHILE = timedelta(minutes=10)
_OF_CUSTOMERS = col(Comment.author_kind) == CommentAuthor.CUSTOMER


class Author(BaseModel):
    """On whose behalf a service writes: one of the document's customer, or a member of staff."""

    kind: Literal["contact", "customer", "staff"]
    id: UUID
    name: Line = Field(max_length=120, min_length=1)


class Writing(BaseModel):
    """A comment to be written. `name` is asked of who has none, by a link each time; `author` is for services.

    `seen` is the number of the newest comment on the page that it was written on: its writer has read so far.
    """

    text: Text = Field(default="", max_length=MOST_CHARACTERS)
    files: list[UUID] = Field(default=[], max_length=MOST_FILES)
    name: Line = Field(default="", max_length=120)
    seen: int = Field(default=0, ge=0, le=2**31)
    author: Author | None = None
    source: Literal["portal", "admin", "http", "bus", "mail"] | None = None


class Correction(BaseModel):
    """A comment's new text."""

    text: Text = Field(max_length=MOST_CHARACTERS)


async def write(
    deps: Dependencies, session: AsyncSession, document: Document, wanted: Writing, *, author: str, name: str, source: str
) -> pb.Comment:  # fmt: skip
    """Adds a comment; the caller holds the document's lock. Raises the errors of rules.py and errors.py."""
    check_allowed(document, await copies.merchant(session, document.merchant_id))
    assert document.customer_id is not None
    kind, now = kind_of(author), deps.clock.now()
    if not wanted.text.strip() and not wanted.files:
        raise CommentEmpty(field="text")
    if kind is CommentAuthor.CUSTOMER:
        await _check_pace(deps, session, document)
    comment = Comment(
        merchant_id=document.merchant_id, document_id=document.id, customer_id=document.customer_id,
        number=await _last_number(session, document.id) + 1, author_kind=kind, author=author,
        author_name=name or await _known_name(session, author), text=wanted.text.strip(), source=source, created_at=now,
    )  # fmt: skip
    session.add(comment)
    await session.flush()
    files = await _attach(session, comment, wanted.files)
    if kind is not CommentAuthor.CUSTOMER:
        await mark_answered(deps, session, document)
    await history.append(
        session, document, "commented", at=now, actor=f"{author} {comment.author_name}", number=comment.number
    )
    state = comment_state(comment, document, files)
    record(session, pb.CommentAdded(comment=state))
    return state


async def check_author(session: AsyncSession, document: Document, author: Author) -> None:
    """Raises UnknownAuthor for somebody of another customer."""
    if author.kind == "staff":
        return
    customer = await copies.customer(session, document.customer_id)
    if not belongs_to(customer, f"{author.kind}:{author.id}"):
        raise UnknownAuthor(field="author.id")


async def change(
    deps: Dependencies, session: AsyncSession, document: Document, comment_id: UUID, text: str, *, author: str
) -> pb.Comment:
    """Its author corrects the text. Raises CommentNotFound, CommentRead, CommentTooOld, CommentEmpty."""
    comment, files = await _own(deps, session, document, comment_id, author)
    if not text.strip() and not files:
        raise CommentEmpty(field="text")
    if comment.text == text.strip():
        return comment_state(comment, document, files)
    comment.text, comment.edited_at = text.strip(), deps.clock.now()
    comment.touch()
    await _note(session, deps, document, comment, "comment_changed")
    state = comment_state(comment, document, files)
    record(session, pb.CommentChanged(comment=state))
    return state


async def delete(
    deps: Dependencies, session: AsyncSession, document: Document, comment_id: UUID, *, author: str
) -> pb.Comment:
    """Its author takes it back: the text is gone, its files open for nobody and are deleted after a day.

    Raises CommentNotFound, CommentRead, CommentTooOld.
    """
    comment, files = await _own(deps, session, document, comment_id, author)
    for file in files:
        file.comment_id = None
    comment.text, comment.deleted = "", True
    comment.touch()
    await _note(session, deps, document, comment, "comment_deleted")
    state = comment_state(comment, document, ())
    record(session, pb.CommentDeleted(comment=state))
    return state


async def mark_read(
    deps: Dependencies, session: AsyncSession, document: Document, up_to: int, *, by_customer: bool
) -> list[pb.Comment]:
    """One side has the other's comments up to this number before its eyes. The states of those that were unread."""
    others = ~_OF_CUSTOMERS if by_customer else _OF_CUSTOMERS
    return await _set(session, document, "read_at", deps.clock.now(), others, col(Comment.number) <= up_to)


async def mark_answered(deps: Dependencies, session: AsyncSession, document: Document) -> list[pb.Comment]:
    """Staff have answered what the customer wrote, or say that it needs no answer. The states of what was open."""
    return await _set(session, document, "answered_at", deps.clock.now(), _OF_CUSTOMERS)


async def comments_of(session: AsyncSession, document_id: UUID) -> list[pb.Comment]:
    """The comments of a document in the order of writing, without those that were taken back."""
    query = select(Comment).where(col(Comment.document_id) == document_id, col(Comment.deleted).is_(False))
    return await comment_states(session, list(await session.scalars(query.order_by(col(Comment.number)))))


async def _own(
    deps: Dependencies, session: AsyncSession, document: Document, comment_id: UUID, author: str
) -> tuple[Comment, list[CommentFile]]:
    comment = await session.get(Comment, comment_id, populate_existing=True)
    if comment is None or comment.document_id != document.id:
        raise CommentNotFound
    check_changeable(comment, author, deps.clock.now())
    found = await session.scalars(select(CommentFile).where(col(CommentFile.comment_id) == comment.id))
    return comment, list(found)


async def _set(
    session: AsyncSession, document: Document, name: str, at: datetime, *chosen: ColumnElement[bool]
) -> list[pb.Comment]:
    """Sets `read_at` or `answered_at` of the chosen comments that have none yet, and publishes them."""
    query = select(Comment).where(
        col(Comment.document_id) == document.id, col(Comment.deleted).is_(False), col(getattr(Comment, name)).is_(None), *chosen
    )  # fmt: skip
    comments = list(await session.scalars(query.order_by(col(Comment.number))))
    for comment in comments:
        setattr(comment, name, at)
        comment.touch()
    await session.flush()
    states = await comment_states(session, comments)
    for state in states:
        record(session, pb.CommentChanged(comment=state))
    return states


async def _attach(session: AsyncSession, comment: Comment, wanted: Sequence[UUID]) -> list[CommentFile]:
    """The files that this author uploaded for this document, which are part of no other comment. Raises UnknownFile."""
    files = []
    for position, file_id in enumerate(dict.fromkeys(wanted)):
        file = await session.get(CommentFile, file_id, with_for_update=True)
        uploaded = file is not None and (file.document_id, file.uploaded_by) == (comment.document_id, comment.author)
        if file is None or not uploaded or file.comment_id is not None:
            raise UnknownFile(field=f"files[{position}]")
        file.comment_id, file.position = comment.id, position
        files.append(file)
    await session.flush()
    return files


async def _check_pace(deps: Dependencies, session: AsyncSession, document: Document) -> None:
    query = select(func.count()).where(
        col(Comment.document_id) == document.id,
        _OF_CUSTOMERS,
        col(Comment.created_at) > deps.clock.now() - _A_WHILE,
    )
    if (await session.scalar(query) or 0) >= _MOST_IN_A_WHILE:
        raise TooManyComments


async def _last_number(session: AsyncSession, document_id: UUID) -> int:
    query = select(func.max(col(Comment.number))).where(col(Comment.document_id) == document_id)
    return await session.scalar(query) or 0


async def _known_name(session: AsyncSession, author: str) -> str:
    """The name that somebody without one gave with an earlier comment. Raises NameMissing."""
    query = select(col(Comment.author_name)).where(col(Comment.author) == author)
    known: str | None = await session.scalar(query.order_by(col(Comment.created_at).desc()).limit(1))
    if known is None:
        raise NameMissing(field="name")
    return known


async def _note(session: AsyncSession, deps: Dependencies, document: Document, comment: Comment, fact: str) -> None:
    actor = f"{comment.author} {comment.author_name}"
    await history.append(session, document, fact, at=deps.clock.now(), actor=actor, number=comment.number)
