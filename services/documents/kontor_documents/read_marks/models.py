"""The table of read marks."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from kontor_documents.models import Base
from kontor_service.models import Aggregate, index


class ReadMark(Aggregate, Base, table=True):
    """What one person of a customer has read of one document: its newest revision and the merchant's newest comment."""

    __table_args__ = (index("read_mark_by_reader", "document_id", "reader", unique=True),)
    document_id: UUID = Field(foreign_key="document.id")
    customer_id: UUID
    reader: str
    reader_name: str = ""
    revision: int
    comment_number: int
    first_read_at: datetime
    read_at: datetime
