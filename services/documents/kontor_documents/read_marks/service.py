"""What each person of a customer has read of a document (C10)."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import CommentAuthor
from kontor_bus import record
from kontor_documents.comments.models import Comment
from kontor_documents.comments.service import mark_read
from kontor_documents.dependencies import Dependencies
from kontor_documents.models import Document
from kontor_documents.read_marks.models import ReadMark
from kontor_service.events import state_of


class Seen(BaseModel):
    """What was on the page: a revision, and the number of the newest comment. Without them: what is newest now."""

    revision: int | None = Field(default=None, ge=1, le=2**31)
    comment_number: int | None = Field(default=None, ge=0, le=2**31)


async def mark_read_by_customer(
    deps: Dependencies, session: AsyncSession, document: Document, seen: Seen, *, reader: str, name: str
) -> list[pb.ReadMark | pb.Comment]:
    """A person of the customer has this before their eyes; the caller holds the document's lock. What was read stays read.

    The states of their mark and of the merchant's comments that nobody had read.
    """
    mark = await _marked(deps, session, document, seen, reader=reader, name=name)
    return [mark, *await mark_read(deps, session, document, mark.comment_number, by_customer=True)]


async def _marked(
    deps: Dependencies, session: AsyncSession, document: Document, seen: Seen, *, reader: str, name: str
) -> pb.ReadMark:
    assert document.customer_id is not None
    mark = await session.scalar(
        select(ReadMark).where(col(ReadMark.document_id) == document.id, col(ReadMark.reader) == reader)
    )
    newest = await _newest_comment(session, document.id)
    revision = _at_most(seen.revision, document.revision)
    number, now = _at_most(seen.comment_number, newest), deps.clock.now()
    if mark is None:
        mark = ReadMark(
            merchant_id=document.merchant_id, document_id=document.id, customer_id=document.customer_id, reader=reader,
            reader_name=name, revision=revision, comment_number=number, first_read_at=now, read_at=now,
        )  # fmt: skip
        session.add(mark)
        await session.flush()
        record(session, pb.ReadMarkAdded(read_mark=read_mark_state(mark, document)))
    elif revision > mark.revision or number > mark.comment_number:
        mark.revision, mark.comment_number = max(revision, mark.revision), max(number, mark.comment_number)
        mark.read_at, mark.reader_name = now, name or mark.reader_name
        mark.touch()
        record(session, pb.ReadMarkChanged(read_mark=read_mark_state(mark, document)))
    return read_mark_state(mark, document)


def read_mark_state(mark: ReadMark, document: Document) -> pb.ReadMark:
    return state_of(
        pb.ReadMark, mark, document_type=document.type, document_number=document.number, external_id=document.external_id
    )  # fmt: skip


async def read_mark_states(session: AsyncSession, marks: Sequence[ReadMark]) -> list[pb.ReadMark]:
    """The states of read marks of any documents, in their order."""
    wanted = {mark.document_id for mark in marks}
    documents = {row.id: row for row in await session.scalars(select(Document).where(col(Document.id).in_(wanted)))}
    return [read_mark_state(mark, documents[mark.document_id]) for mark in marks]


async def _newest_comment(session: AsyncSession, document_id: UUID) -> int:
    """The number of the merchant's newest comment."""
    query = select(func.max(col(Comment.number))).where(
        col(Comment.document_id) == document_id,
        col(Comment.author_kind) != CommentAuthor.CUSTOMER,
        col(Comment.deleted).is_(False),
    )
    return await session.scalar(query) or 0


def _at_most(said: int | None, newest: int) -> int:
    return newest if said is None else min(said, newest)
