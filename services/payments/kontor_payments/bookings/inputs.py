"""What may be handed in about a payment. The same JSON comes over HTTP and over the bus."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from kontor.payments.v1.payments_pb2_codes import PaymentMethod
from kontor_service.money import TOO_MUCH, TOO_MUCH_MINOR
from kontor_service.validation import Line, Number, Text

Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Name = Annotated[Line, StringConstraints(strip_whitespace=True, max_length=100)]


_EXAMPLE: JsonDict = {
    "external_id": "bank-771", "document_number": "RE-2026-1042", "amount": "119.00", "currency": "EUR",
    "paid_on": "2026-11-20", "method": "transfer",
}  # fmt: skip


class IncomingPaymentInput(BaseModel):
    """A payment booked in another system. `external_id` is that system's own id: the same one again changes nothing."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    document_number: Name = ""
    document_external_id: Name = ""
    # A decimal, as text or number, in the currency's main unit: "119.00"
    amount: Number = Field(gt=0, lt=TOO_MUCH)
    currency: Currency
    paid_on: date
    external_id: Annotated[Name, StringConstraints(min_length=1)]
    # transfer, cash, …; empty, or the provider's method, where it may be a payment that was made in the portal.
    method: Name = ""
    # The provider's id of the payment, or Kontor's, where the system knows it.
    reference: Name = ""


class MarkPaidInput(BaseModel):
    """`method` says how the money came: transfer, cash, card, …; empty where it is not known."""

    method: Name = ""
    booked_on: date | None = None
    reference: Name = ""
    # More than is open, or a day in the future: without this it is asked back (409 booking_unusual).
    confirmed: bool = False


class PayoutInput(BaseModel):
    """What of a credit note was paid to the customer; all that is left of it where no amount is given."""

    amount_minor: int | None = Field(default=None, gt=0, lt=TOO_MUCH_MINOR)
    method: Name = PaymentMethod.TRANSFER
    booked_on: date | None = None
    reference: Name = ""


class AssignInput(BaseModel):
    document_id: UUID


class CancelInput(BaseModel):
    # In one constraint the length would be that before the strip.
    reason: Annotated[Text, StringConstraints(strip_whitespace=True), Field(min_length=1, max_length=500)]


class BookingInput(MarkPaidInput):
    """Money that staff know to have arrived."""

    amount_minor: int = Field(gt=0, lt=TOO_MUCH_MINOR)
    currency: Currency
    external_id: Name = ""
