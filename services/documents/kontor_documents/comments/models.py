"""The tables of comments."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlmodel import Field

from kontor.documents.v1.documents_pb2_codes import CommentAuthor, CommentSource
from kontor_documents.models import Base
from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, Tenant, index, one_of
from kontor_service.schema import declare_lister


class Comment(Aggregate, Base, table=True):
    """What somebody wrote on a document for the other side to read. What its author took back keeps its number alone."""

    __table_args__ = (
        index("comment_by_document", "document_id", "number", unique=True),
        index("comment_unanswered", "document_id", where="answered_at IS NULL AND author_kind = 'customer' AND NOT deleted"),
        index("comment_unread", "document_id", where="read_at IS NULL AND NOT deleted"),
        index("comment_by_author", "merchant_id", "author", "created_at"),
    )  # fmt: skip
    document_id: UUID = Field(foreign_key="document.id")
    customer_id: UUID
    number: int
    author_kind: Annotated[str, one_of(*CommentAuthor)]
    author: str
    author_name: str
    text: str
    source: Annotated[str, one_of(*CommentSource)]
    created_at: datetime
    edited_at: datetime | None = None
    read_at: datetime | None = None
    answered_at: datetime | None = None
    deleted: bool = False


# Of files: uploaded and never sent, or of a comment that was taken back; long enough ago for a slow writer.
UNUSED = "comment_id IS NULL AND uploaded_at < now() - interval '1 day'"
declare_lister(Base, "merchants_with_unused_comment_files", "comment_file", UNUSED)


class CommentFile(Tenant, Base, table=True):
    """A file that was uploaded for a comment on a document, before the comment that names it.

    The bytes are in a folder of file storage that is this file's own, `comments/<id>`. What no comment names is deleted after
    a day (unused_files.py).
    """

    __table_args__ = (
        index("comment_file_by_comment", "comment_id", "position"),
        index("comment_file_unused", "uploaded_at", where="comment_id IS NULL"),
    )
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    document_id: UUID = Field(foreign_key="document.id")
    comment_id: UUID | None = Field(default=None, foreign_key="comment.id")
    position: int = 0
    name: str
    media_type: str
    sha256: str
    size: int
    uploaded_by: str
    # By the real clock, as what is deleted after a day.
    uploaded_at: datetime

    @property
    def folder(self) -> str:
        return f"comments/{self.id}"
