"""The table of internal notes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from kontor_documents.models import Base
from kontor_service.models import Aggregate, index


class Note(Aggregate, Base, table=True):
    """What staff wrote about a document for each other. One that was deleted keeps no text."""

    __table_args__ = (index("note_by_document", "document_id", "id"),)
    document_id: UUID = Field(foreign_key="document.id")
    author: str
    author_name: str
    text: str
    created_at: datetime
    deleted: bool = False
