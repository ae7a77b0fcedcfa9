"""The table of webhooks. Instants are UTC."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from kontor_payments.models import Base
from kontor_service.models import Tenant, index, json_column
from kontor_service.schema import declare_lister

OLD_BODY = "received_at < now() - interval '14 days' AND body <> '{}'"
declare_lister(Base, "merchants_with_old_webhooks", "provider_event", OLD_BODY)


class ProviderEvent(Tenant, Base, table=True):
    """Every webhook that was verified, once. The row stays, so that a repetition is known; the body for 14 days."""

    __table_args__ = (index("provider_event_body", "received_at", where="body <> '{}'"),)
    connection_id: UUID = Field(primary_key=True, foreign_key="connection.id")
    event_id: str = Field(primary_key=True)
    type: str
    # applied, or unknown_checkout
    outcome: str
    # Empty for unknown_checkout: it speaks of other people's customers.
    body: dict[str, Any] = json_column(dict)
    received_at: datetime
