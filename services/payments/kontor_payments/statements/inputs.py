"""What staff say about a payment on a bank statement."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from kontor_service.money import TOO_MUCH_MINOR
from kontor_service.validation import Text


class ShareInput(BaseModel):
    document_id: UUID
    amount_minor: int = Field(gt=0, lt=TOO_MUCH_MINOR)


class BookEntryInput(BaseModel):
    """Without `shares` it is booked as proposed. Together they have to be the whole amount; a document that several name is paid
    their sum. Of a returned payment the one share names its document."""

    shares: list[ShareInput] = Field(default_factory=list, max_length=100)
    # More than is open of a document: without this it is asked back (409 statement_share_unusual).
    confirmed: bool = False

    def by_document(self) -> dict[UUID, int] | None:
        found: dict[UUID, int] = {}
        for share in self.shares:
            found[share.document_id] = found.get(share.document_id, 0) + share.amount_minor
        return found or None


class SetEntryAsideInput(BaseModel):
    note: Annotated[Text, StringConstraints(strip_whitespace=True), Field(max_length=500)] = ""


class ConfirmProposalsInput(BaseModel):
    """All certain proposals, or those of one statement."""

    statement_id: UUID | None = None
