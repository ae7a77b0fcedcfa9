"""What may be said about a payment. The same JSON comes over HTTP and over the bus."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from kontor_payments.bookings.incoming import Incoming
from kontor_service.money import TOO_MUCH

Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)]


class IncomingWanted(BaseModel):
    """A payment booked in another system. `external_id` is that system's own id: the same one again changes nothing."""

    document_number: Name = ""
    document_external_id: Name = ""
    # A decimal, as text or number, in the currency's main unit: "119.00"
    amount: Decimal = Field(gt=0, lt=TOO_MUCH)
    currency: Currency
    paid_on: date
    external_id: Annotated[Name, StringConstraints(min_length=1)]
    # transfer, cash, …; empty, or the provider's method, where it may be a payment that was made in the portal.
    method: Name = ""
    # The provider's id of the payment, or Kontor's, where the system knows it.
    reference: Name = ""

    def told(self, *, by: str, at: datetime) -> Incoming:
        """With who said so, and when it arrived (UTC)."""
        return Incoming(**self.model_dump(), received_at=at, received_from=by)
