"""The tables of payouts. Amounts are minor units; instants UTC."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from kontor.payments.v1.payments_pb2_codes import PayoutState
from kontor_payments.models import Base, NotNegative
from kontor_service.models import Aggregate, Tenant, index, json_column, one_of
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


class DatevSettings(Tenant, Base, table=True):
    """Empty accounts are those of the chart. Without a row nothing can be exported: DATEV wants consultant and client."""

    merchant_id: UUID = Field(primary_key=True)
    consultant: int
    client: int
    chart: Annotated[str, one_of("SKR03", "SKR04")] = "SKR03"
    # Digits of general accounts; personal accounts have one more.
    account_length: int = 4
    # The month with which the fiscal year begins.
    fiscal_month: int = 1
    clearing: str = ""
    debtor: str = ""
    fees: str = ""
    transit: str = ""
    other: str = ""
    fee_tax_key: str | None = None
