"""The table of disputes. Amounts are minor units; instants UTC."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from kontor.payments.v1.payments_pb2_codes import DisputeReason, DisputeState
from kontor_payments.models import Base, NotNegative, Positive
from kontor_service.models import Aggregate, index, one_of


class Dispute(Aggregate, Base, table=True):
    """The payer, or the payer's bank, contests a payment; the provider takes the money back until that is decided."""

    __table_args__ = (
        UniqueConstraint("payment_id", "provider_reference"),
        index("dispute_by_merchant", "merchant_id", "id"),
    )
    receivable_id: UUID = Field(foreign_key="receivable.id")
    payment_id: UUID = Field(foreign_key="payment.id")
    provider: str
    provider_reference: str
    amount_minor: Positive
    currency: str
    # What the ledger has lost to it: never more than came.
    taken_minor: NotNegative = 0
    # The payer's bank asks before it disputes: the provider has taken nothing.
    is_inquiry: bool = False
    state: Annotated[str, one_of(*DisputeState)]
    reason: Annotated[str, one_of(*DisputeReason)]
    respond_by: datetime | None = None
    page_url: str = ""
    opened_at: datetime
    decided_at: datetime | None = None
