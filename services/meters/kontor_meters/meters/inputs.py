"""What may be said about a meter. The same JSON comes over HTTP and over the bus."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from kontor_meters.inputs import Day, Line, Number
from kontor_service import validation


class PlaceInput(BaseModel):
    street: Line = ""
    post_code: Line = ""
    city: Line = ""
    # ISO 3166-1 alpha-2
    country: Annotated[str, StringConstraints(strip_whitespace=True, pattern="^([A-Z]{2})?$")] = ""
    # Cellar, 2nd floor left, …
    detail: Line = ""


class GasPeriodInput(BaseModel):
    """Where a gas register's volume becomes energy (DVGW G 685); holds from this day until the next one begins."""

    valid_from: Day
    # kWh/m³
    calorific_value: validation.Number = Field(gt=0, lt=100, max_digits=8)
    state_number: validation.Number = Field(gt=0, lt=10, max_digits=8)


class RegisterInput(BaseModel):
    # IEC 62056-61, e.g. 1-0:1.8.0
    obis: Line = ""
    direction: Literal["consumption", "feed_in"] = "consumption"
    unit: Literal["kWh", "MWh", "m3", "GJ"]
    tariff: Literal["single", "high", "low"] = "single"
    digits_before: int = Field(default=6, ge=1, le=12)
    digits_after: int = Field(default=0, ge=0, le=6)
    # Transformer ratio or pulse value.
    factor: validation.Number = Field(default=Decimal(1), gt=0, lt=10**6, max_digits=14)
    # Ten years by month: all of a meter's fit into an event of 64 KiB.
    gas_periods: list[GasPeriodInput] = Field(default=[], max_length=120)
    # True while its values come every 15 minutes by themselves.
    interval: bool = False


class MeterInput(BaseModel):
    """What is left out of a change stays as it is; a new meter needs number, kind, in_use_from and registers."""

    number: Number | None = None
    kind: Literal["electricity", "gas", "water", "heat"] | None = None
    market_location_id: Line = ""
    place: PlaceInput = PlaceInput()
    label: Line = ""
    customer_id: UUID | None = None
    # The ERP's number; kept while the customer is not known yet.
    customer_number: Line = ""
    in_use_from: Day | None = None
    external_id: Line = ""
    registers: list[RegisterInput] = Field(default=[], max_length=12)


_EXAMPLE: JsonDict = {
    "external_id": "erp-m-4711", "number": "1EMH0012345678", "kind": "electricity", "market_location_id": "51238696788",
    "customer_number": "20931", "in_use_from": "2024-01-01",
    "place": {"street": "Lindenweg 4", "post_code": "86150", "city": "Augsburg", "country": "DE", "detail": "Keller links"},
    "registers": [
        {"obis": "1-0:1.8.1", "tariff": "high", "unit": "kWh", "digits_before": 6, "digits_after": 1},
        {"obis": "1-0:2.8.0", "direction": "feed_in", "unit": "kWh", "interval": True},
    ],
}  # fmt: skip


class IncomingMeter(MeterInput):
    """From another system. The same external_id again brings the meter up to date."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    external_id: Annotated[Line, StringConstraints(min_length=1)]


class EndReadingInput(BaseModel):
    register_id: UUID
    # As typed: German or plain decimal.
    value: str = Field(max_length=40)


class EndInput(BaseModel):
    # The first day on which the meter is no longer in use.
    in_use_to: Day
    readings: list[EndReadingInput] = Field(default=[], max_length=12)
    # The end readings are right although they are less than, or far beyond, what the meter showed before.
    insist: bool = False


class NewRegisterInput(RegisterInput):
    start_value: str = Field(default="0", max_length=40)


class NewMeterInput(BaseModel):
    """The meter that hangs there now. Kind, place, customer and what it measures are those of the old one."""

    number: Number
    external_id: Line = ""
    registers: list[NewRegisterInput] = Field(min_length=1, max_length=12)


class ExchangeInput(BaseModel):
    # The new meter's first day.
    exchanged_on: Day
    readings: list[EndReadingInput] = Field(default=[], max_length=12)
    insist: bool = False
    meter: NewMeterInput
