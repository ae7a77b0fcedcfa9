"""The table of refunds that a credit note goes with."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from kontor_documents.models import Base
from kontor_service.models import Tenant, index
from kontor_service.schema import declare_lister

declare_lister(Base, "merchants_with_refunds_to_credit", "refund_to_credit", "try_at <= now()")


class RefundToCredit(Tenant, Base, table=True):
    """A refund, by payments' id of it. It stays when its credit note is made, which then needs nobody to release it."""

    __table_args__ = (index("refund_to_credit_due", "merchant_id", "try_at", where="try_at IS NOT NULL"),)

    id: UUID = Field(primary_key=True)
    # The invoice that the money was paid for.
    document_id: UUID
    # What the credit note is to take off it, which may be less than what went back.
    credit_minor: int
    amount_minor: int
    currency: str
    reason: str
    note: str = ""
    refunded_at: datetime
    # When it is tried next; None once the credit note is made.
    try_at: datetime | None
    attempts: int = 0
