"""The table of tree planting. Amounts are minor units of EUR; instants UTC."""

from datetime import date, datetime
from typing import Annotated

from sqlalchemy import UniqueConstraint

from kontor_payments.models import Base, NotNegative, Positive
from kontor_service.models import Aggregate, one_of
from kontor_service.schema import declare_lister

declare_lister(Base, "merchants_with_trees", "tree_planting", "enabled")


class TreePlanting(Aggregate, Base, table=True):
    """What the merchant has chosen to count towards planting, and how far that is. Without a row nothing is counted."""

    __table_args__ = (UniqueConstraint("merchant_id"),)
    enabled: bool = False
    # fees: what providers keep, in euros; payments: each payment through a provider
    basis: Annotated[str, one_of("fees", "payments")] = "fees"
    # Minor units of fees, or payments, for a square metre.
    step: Positive = 500
    # Who plants, as the portal names it.
    partner: str = ""
    # Payments count from this day on.
    since: date
    counted: NotNegative = 0
    # When the set-up was complete, which is a square metre.
    set_up_at: datetime | None = None
    square_metres: NotNegative = 0
