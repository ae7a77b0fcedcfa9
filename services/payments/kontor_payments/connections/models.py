"""The tables of trial payments and of sign-ins at providers. Amounts are minor units; instants UTC."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from sqlmodel import Field

from kontor_payments.models import Base, Positive
from kontor_service.ids import uuid7
from kontor_service.models import Tenant, index, one_of


class TrialPayment(Tenant, Base, table=True):
    """A payment that the merchant makes in the provider's test mode before customers pay through it. No money is owed for it."""

    __table_args__ = (index("trial_payment_provider", "merchant_id", "provider", "created_at"),)
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    connection_id: UUID = Field(foreign_key="connection.id")
    provider: str
    method: str
    amount_minor: Positive
    currency: str
    # creating: outcome unknown; open: being paid; pending: the money is on its way; ended: not paid in time
    state: Annotated[str, one_of("creating", "open", "pending", "succeeded", "failed", "ended")] = "creating"
    provider_id: str = ""
    redirect_url: str = ""
    # A FailureCode.
    failure: str = ""
    created_at: datetime
    created_by: str = ""


class SignIn(Tenant, Base, table=True):
    """Somebody is at the provider to allow access to the merchant's account. What brings them back is known by its hash only."""

    state_hash: str = Field(primary_key=True)
    provider: str
    session_id: UUID
    expires_at: datetime
