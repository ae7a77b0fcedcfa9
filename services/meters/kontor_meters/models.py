"""The tables of meters. Values are what stands on the meter's face; instants UTC; dates business dates in the merchant's zone."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlmodel import Field

from kontor.meters.v1.meters_pb2_codes import (
    Direction,
    InvitationState,
    InvitedMeterState,
    MeterKind,
    ReadingChannel,
    ReadingReason,
    ReadingSource,
    ReadingState,
    RequestState,
    Tariff,
)
from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, Check, CopyRow, Tenant, index, json_column, one_of, table_base
from kontor_service.schema import declare_lister

Base = table_base("meters")
declare_lister(Base, "merchants_with_meters", "meter")
declare_lister(Base, "merchants_with_open_requests", "reading_request", "state = 'open'")
declare_lister(Base, "merchants_by_slug", "merchant", "slug = wanted", arguments="wanted text")


def _later(key: str) -> Any:
    """A reference to a row that may be written after this one."""
    return Field(default=None, sa_column_args=[ForeignKey(key, deferrable=True, initially="DEFERRED")])


class Merchant(CopyRow, Base, table=True):
    """A copy of what identity says about the merchant, guarded by (epoch, version)."""

    __table_args__ = (index("merchant_slug", "slug"),)
    slug: str = ""
    language: str = "de"
    time_zone: str = "Europe/Berlin"


class Customer(CopyRow, Base, table=True):
    """A copy of the number under which the merchant's ERP knows the customer, and whether it is a household (consumer)."""

    __table_args__ = (index("customer_number", "merchant_id", "number"),)
    deleted: bool = False
    number: str = ""
    kind: str = ""


class Meter(Aggregate, Base, table=True):
    """What hangs on the wall. Its row lock is the lock of its registers and readings."""

    __table_args__ = (
        CheckConstraint("in_use_to >= in_use_from", name="in_use"),
        index(
            "meter_number_in_use", "merchant_id", "kind", "number", unique=True,
            where="in_use_to IS NULL AND NOT deleted",
        ),
        index("meter_number", "merchant_id", "number"),
        index("meter_external_id", "merchant_id", "external_id", where="external_id <> ''", unique=True),
        index("meter_customer", "customer_id"),
        index("meter_waiting", "merchant_id", "customer_number", where="customer_id IS NULL"),
    )  # fmt: skip
    deleted: bool = False
    number: str
    kind: Annotated[str, one_of(*MeterKind)]
    market_location_id: str = ""
    street: str = ""
    post_code: str = ""
    city: str = ""
    country: str = ""
    place_detail: str = ""
    label: str = ""
    # None while no customer has `customer_number`.
    customer_id: UUID | None = None
    customer_number: str = ""
    in_use_from: date
    # Exclusive.
    in_use_to: date | None = None
    predecessor_id: UUID | None = Field(default=None, foreign_key="meter.id")
    successor_id: UUID | None = _later("meter.id")
    # The first meter that hung there.
    point_id: UUID
    external_id: str = ""


class Register(Tenant, Base, table=True):
    """One counting mechanism of a meter."""

    __table_args__ = (UniqueConstraint("meter_id", "direction", "tariff"), index("register_series", "series_id"))
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    meter_id: UUID = Field(foreign_key="meter.id")
    # The order in which the meter's face shows them.
    position: int
    obis: str = ""
    direction: Annotated[str, one_of(*Direction)] = "consumption"
    unit: Annotated[str, one_of("kWh", "MWh", "m3", "GJ")]
    tariff: Annotated[str, one_of(*Tariff)] = "single"
    digits_before: Annotated[int, Check("{} BETWEEN 1 AND 12")] = 6
    digits_after: Annotated[int, Check("{} BETWEEN 0 AND 6")] = 0
    factor: Annotated[Decimal, Check("{} > 0")] = Decimal(1)
    # [{"valid_from", "calorific_value", "state_number"}], by date
    gas_periods: list[dict[str, str]] = json_column(list)
    # Its values come every 15 minutes by themselves.
    interval: bool = False
    # rules.series_of: the same over every exchange.
    series_id: UUID
    # The latest valid reading.
    last_value: Decimal | None = None
    last_taken_at: datetime | None = None


class Reading(Aggregate, Base, table=True):
    """One value of one register at one time. At most one valid per register and instant."""

    __table_args__ = (
        index("reading_valid", "register_id", "taken_at", where="state = 'valid'", unique=True),
        index("reading_register", "register_id", "taken_at"),
        index("reading_series", "series_id", "taken_at", where="state = 'valid'"),
        index(
            "reading_external_id", "merchant_id", "external_id", unique=True,
            where="external_id <> '' AND state <> 'replaced'",
        ),
        index("reading_by_id", "merchant_id", "id"),
    )  # fmt: skip
    meter_id: UUID = Field(foreign_key="meter.id")
    register_id: UUID = Field(foreign_key="register.id")
    series_id: UUID
    customer_id: UUID | None = None
    value: Annotated[Decimal, Check("{} >= 0")]
    taken_at: datetime
    reason: Annotated[str, one_of(*ReadingReason)] = "regular"
    source: Annotated[str, one_of(*ReadingSource)]
    # to_be_checked: insisted on; implausible: a system sent it.
    state: Annotated[str, one_of(*ReadingState)]
    # [{"code", "severity", "values": {…}}]
    findings: list[dict[str, Any]] = json_column(list)
    insisted: bool = False
    channel: Annotated[str, one_of(*ReadingChannel)]
    entered_by: str = ""
    entered_at: datetime
    photo_sha256: str = ""
    external_id: str = ""
    decided_by: str = ""
    note: str = ""
    # The reading that took this one's place.
    replaced_by: UUID | None = _later("reading.id")


class Photo(Tenant, Base, table=True):
    """A picture that was uploaded for this merchant; its bytes are in file storage under their hash."""

    merchant_id: UUID = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    uploaded_by: str = ""
    uploaded_at: datetime


class ReadingRequest(Aggregate, Base, table=True):
    """The merchant asks a group of customers for readings."""

    __table_args__ = (index("reading_request_open", "merchant_id", where="state = 'open'"),)
    title: str
    # Inclusive.
    due_on: date
    remind_on: date | None = None
    reminded_at: datetime | None = None
    # Missing ones are estimated after the due date.
    estimate: bool = False
    state: Annotated[str, one_of(*RequestState)] = "open"
    reason: str = "regular"
    meters: int = 0
    read: int = 0
    estimated: int = 0
    made_at: datetime
    made_by: str = ""


class ReadingInvitation(Aggregate, Base, table=True):
    """One customer's part of a request: the meters that this customer is asked to read."""

    __table_args__ = (index("reading_invitation_request", "request_id"),)
    request_id: UUID = Field(foreign_key="reading_request.id")
    customer_id: UUID
    state: Annotated[str, one_of(*InvitationState)] = "invited"
    invited_at: datetime
    reminded_at: datetime | None = None
    done_at: datetime | None = None


class InvitedMeter(Tenant, Base, table=True):
    __table_args__ = (index("invited_meter_meter", "meter_id"),)
    invitation_id: UUID = Field(primary_key=True, foreign_key="reading_invitation.id")
    meter_id: UUID = Field(primary_key=True, foreign_key="meter.id")
    position: int
    state: Annotated[str, one_of(*InvitedMeterState)] = "invited"
