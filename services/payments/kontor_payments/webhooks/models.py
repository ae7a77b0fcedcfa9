"""The table of webhooks. Instants are UTC."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from kontor_payments.models import Base
from kontor_service.models import Tenant, json_column


class ProviderEvent(Tenant, Base, table=True):
    """Every webhook that was verified, once."""

    connection_id: UUID = Field(primary_key=True, foreign_key="connection.id")
    event_id: str = Field(primary_key=True)
    type: str
    # applied, or unknown_checkout
    outcome: str
    body: dict[str, Any] = json_column(dict)
    received_at: datetime
