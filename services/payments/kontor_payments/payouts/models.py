"""The table of payouts. Amounts are minor units; instants UTC."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from kontor.payments.v1.payments_pb2_codes import PayoutState
from kontor_payments.models import Base, NotNegative
from kontor_service.models import Aggregate, index, json_column, one_of
from kontor_service.schema import declare_lister

declare_lister(Base, "merchants_with_payouts_to_link", "payout", "link_at <= now()")


class Payout(Aggregate, Base, table=True):
    """What a provider sends to the merchant's bank account, with its lines."""

    __table_args__ = (
        UniqueConstraint("connection_id", "provider_reference"),
        index("payout_by_merchant", "merchant_id", "id"),
        index("payout_arrival", "merchant_id", "arrives_on"),
        index("payout_to_link", "link_at", where="link_at IS NOT NULL"),
        index("payout_unlinked", "unlinked", where="unlinked <> '[]'", postgresql_using="gin"),
    )
    connection_id: UUID = Field(foreign_key="connection.id")
    provider: str
    provider_reference: str
    currency: str
    # Less than nothing where the provider collects what the balance lacks.
    amount_minor: int
    state: Annotated[str, one_of(*PayoutState)]
    arrives_on: date
    # rules.totals over the items
    gross_minor: int = 0
    returned_minor: int = 0
    fee_minor: int = 0
    other_minor: int = 0
    # The contract's PayoutItems.
    items: list[dict[str, Any]] = json_column(list)
    # References of items whose payments have not been found here.
    unlinked: list[str] = json_column(list)
    recorded_at: datetime
    # When the job looks for them next; None once they are found, or will not be.
    link_at: datetime | None = None
    # How often it has looked since the last news.
    link_attempts: NotNegative = 0
