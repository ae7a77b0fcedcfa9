"""The table of pay links. Instants are UTC."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field

from kontor_payments.models import Base
from kontor_service.ids import uuid7
from kontor_service.models import Tenant, index, json_column


class PayLink(Tenant, Base, table=True):
    """Lets whoever holds its address pay these documents, which are one customer's. The address is a capability link of identity."""

    __table_args__ = (index("pay_link_customer", "customer_id", "created_at"),)
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    customer_id: UUID
    # In their order by id, so that the same documents are found again.
    document_ids: list[str] = json_column(list)
    created_at: datetime
    created_by: str = ""
    revoked_at: datetime | None = None
