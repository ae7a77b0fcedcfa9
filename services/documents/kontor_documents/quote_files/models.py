"""The table of files for quotes."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from kontor_documents.models import Base
from kontor_service.ids import uuid7
from kontor_service.models import Tenant, index
from kontor_service.schema import declare_lister

OLD = "uploaded_at < now() - interval '1 day'"
declare_lister(Base, "merchants_with_old_quote_files", "quote_file", OLD)


class QuoteFile(Tenant, Base, table=True):
    """A file that was uploaded for a quote, before the quote that names it by its hash.

    The bytes are in a folder of file storage that is this file's own, `quotes/<id>`; a quote that names it stores them
    with its own. It is deleted after a day (unused_files.py).
    """

    __table_args__ = (
        index("quote_file_by_hash", "merchant_id", "sha256"),
        index("quote_file_by_time", "uploaded_at"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str
    media_type: str
    sha256: str
    size: int
    uploaded_by: str
    # By the real clock, as what is deleted after a day.
    uploaded_at: datetime

    @property
    def folder(self) -> str:
        return f"quotes/{self.id}"
