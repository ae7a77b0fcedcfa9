"""Comments in the contract's terms."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents.comments.models import Comment, CommentFile
from kontor_documents.models import Document
from kontor_service.events import state_of


def comment_state(comment: Comment, document: Document, files: Sequence[CommentFile]) -> pb.Comment:
    """The state every event of this comment carries."""
    ordered = sorted(files, key=lambda file: file.position)
    return state_of(
        pb.Comment, comment, files=[state_of(pb.CommentFile, file) for file in ordered],
        document_type=document.type, document_number=document.number, external_id=document.external_id,
    )  # fmt: skip


async def comment_states(session: AsyncSession, comments: Sequence[Comment]) -> list[pb.Comment]:
    """The states of comments of any documents, in their order."""
    files = await files_of(session, comments)
    wanted = {comment.document_id for comment in comments}
    documents = {row.id: row for row in await session.scalars(select(Document).where(col(Document.id).in_(wanted)))}
    return [comment_state(comment, documents[comment.document_id], files[comment.id]) for comment in comments]


async def files_of(session: AsyncSession, comments: Sequence[Comment]) -> dict[UUID, list[CommentFile]]:
    found: dict[UUID, list[CommentFile]] = defaultdict(list)
    wanted = [comment.id for comment in comments]
    for file in await session.scalars(select(CommentFile).where(col(CommentFile.comment_id).in_(wanted))):
        assert file.comment_id is not None
        found[file.comment_id].append(file)
    return found
