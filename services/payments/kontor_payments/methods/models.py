"""The table of saved payment methods. Instants are UTC."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlmodel import Field

from kontor.payments.v1.payments_pb2_codes import SavedMethodState
from kontor_payments.models import Base
from kontor_service.models import Aggregate, index, one_of
from kontor_service.schema import declare_lister

declare_lister(Base, "merchants_with_methods_to_ask", "saved_method", "ask_at <= now()")
# Pages that can be paid and saved methods of connections that have ended.
declare_lister(
    Base, "merchants_with_remains_of_connections", "connection",
    "state = 'ended' AND (EXISTS (SELECT FROM checkout o WHERE o.connection_id = connection.id AND o.state IN"
    " ('creating', 'open', 'requires_action', 'approved'))"
    " OR EXISTS (SELECT FROM saved_method m WHERE m.connection_id = connection.id AND m.state <> 'ended'))",
)  # fmt: skip


class SavedMethod(Aggregate, Base, table=True):
    """A customer's card, account or wallet that a provider keeps. Written before the provider is asked to keep it."""

    __table_args__ = (
        index("saved_method_customer", "customer_id"),
        index("saved_method_one_default", "merchant_id", "customer_id", unique=True, where="is_default"),
        index("saved_method_token", "token", where="token <> ''"),
        index("saved_method_to_end", "connection_id", where="state <> 'ended'"),
        index("saved_method_to_ask", "ask_at", where="ask_at IS NOT NULL"),
    )
    customer_id: UUID
    connection_id: UUID = Field(foreign_key="connection.id")
    provider: str
    method: str
    display: str = ""
    state: Annotated[str, one_of(*SavedMethodState)] = SavedMethodState.SETTING_UP
    is_default: bool = False
    expires_on: date | None = None
    mandate_reference: str = ""
    mandate_date: date | None = None
    # The provider's ids: of the setup, of what it keeps, and of the customer whose it is. No card or account number is here.
    setup_id: str = ""
    token: str = ""
    provider_customer: str = ""
    # What the customer has read and agreed to, in their language, when, and who it was.
    consent: str
    agreed_at: datetime
    agreed_by: str
    saved_at: datetime | None = None
    ended_at: datetime | None = None
    # A SavedMethodEnd.
    end_reason: str = ""
    # When the job asks the provider next: what became of the setup, or to delete what has ended. None: nothing is left to ask.
    ask_at: datetime | None = None
    asked: int = 0
