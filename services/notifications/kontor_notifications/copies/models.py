"""Copies of other owners' state: the contract's own message, and the columns SQL looks at."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import Message

from kontor.documents.v1.documents_pb2 import Comment, Document, StandingDocument
from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.identity.v1.identity_pb2 import Customer, Merchant, StaffMember
from kontor.meters.v1.meters_pb2 import ReadingInvitation
from kontor.payments.v1.payments_pb2 import Receivable
from kontor_notifications.models import Base
from kontor_service.copies import Copied
from kontor_service.models import CopyRow, index

State = TypeVar(
    "State", Merchant, Customer, StaffMember, Document, StandingDocument, Comment, Receivable, ReadingInvitation
)


class _Copy(CopyRow):
    deleted: bool
    state: bytes


class MerchantCopy(_Copy, Base, table=True):
    """The sender."""

    __table_args__ = (index("merchant_copy_slug", "slug"),)
    slug: str


class CustomerCopy(_Copy, Base, table=True):
    """The recipient, with contact persons."""


class StaffMemberCopy(_Copy, Base, table=True):
    """Who works for the merchant: owners are reminded to review texts."""


class DocumentCopy(_Copy, Base, table=True):
    __table_args__ = (
        # The preview takes the newest document of a type.
        index("document_copy_type", "merchant_id", "type", "id DESC"),
        index("document_copy_expiring", "merchant_id", "open_until", where="open_until IS NOT NULL"),
    )
    type: str
    # The last day of a quote that waits for its customer's decision.
    open_until: date | None


class CommentCopy(_Copy, Base, table=True):
    __table_args__ = (index("comment_copy_document", "document_id", "number"),)
    # None of one that was taken back.
    document_id: UUID | None
    number: int


class StandingDocumentCopy(_Copy, Base, table=True):
    """Terms, notices, …: merchants are reminded to review them."""


class ReadingInvitationCopy(_Copy, Base, table=True):
    """What somebody is asked to read."""


class ReceivableCopy(_Copy, Base, table=True):
    __table_args__ = (index("receivable_copy_document", "document_id"),)
    # None of one that was deleted.
    document_id: UUID | None


def _open_until(document: Document) -> date | None:
    is_open = document.type == DocumentType.QUOTE and document.state == "shared" and not document.outcome
    return date.fromisoformat(document.valid_until) if is_open and document.valid_until else None


COPIES = (
    Copied(MerchantCopy, Merchant),
    Copied(CustomerCopy, Customer),
    Copied(StaffMemberCopy, StaffMember),
    Copied(DocumentCopy, Document, lambda document: {"open_until": _open_until(document)}),
    Copied(CommentCopy, Comment),
    Copied(StandingDocumentCopy, StandingDocument),
    Copied(ReadingInvitationCopy, ReadingInvitation),
    Copied(ReceivableCopy, Receivable),
)
TABLES: dict[type[Message], Any] = {one.state: one.model.__table__ for one in COPIES}  # type: ignore[attr-defined]
