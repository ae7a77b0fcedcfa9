"""The table of files for quotes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from kontor_documents.models import Base
from kontor_service.ids import uuid7
from kontor_service.models import Tenant, index


class QuoteFile(Tenant, Base, table=True):
    """A file that was uploaded for a quote, before the quote that names it by its hash. The bytes are in file storage."""

    __table_args__ = (index("quote_file_by_hash", "merchant_id", "sha256"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str
    media_type: str
    sha256: str
    size: int
    uploaded_by: str
    uploaded_at: datetime
