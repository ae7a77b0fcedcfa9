"""The tables of meters. Values are what stands on the meter's face; instants UTC; dates business dates in the merchant's zone."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric
from sqlmodel import Field

from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, Tenant, json_column, table_base, utc_column

Base = table_base("meters")


class Merchant(Tenant, Base, table=True):
    """A copy of what identity says about the merchant, guarded by (epoch, version)."""

    id: UUID = Field(primary_key=True)
    epoch: int
    version: int
    slug: str = ""
    language: str = "de"
    time_zone: str = "Europe/Berlin"


class Customer(Tenant, Base, table=True):
    """A copy of the number under which the merchant's ERP knows the customer."""

    id: UUID = Field(primary_key=True)
    epoch: int
    version: int
    deleted: bool = False
    number: str = ""


class Meter(Aggregate, Base, table=True):
    """What hangs on the wall. Its row lock is the lock of its registers and readings."""

    deleted: bool = False
    number: str
    # electricity, gas, water, heat
    kind: str
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
    predecessor_id: UUID | None = None
    successor_id: UUID | None = None
    # The first meter that hung there.
    point_id: UUID
    external_id: str = ""


class Register(Tenant, Base, table=True):
    """One counting mechanism of a meter."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    meter_id: UUID
    # The order in which the meter's face shows them.
    position: int
    obis: str = ""
    # consumption, feed_in
    direction: str = "consumption"
    # kWh, MWh, m3, GJ
    unit: str
    # single, high, low
    tariff: str = "single"
    digits_before: int = 6
    digits_after: int = 0
    factor: Decimal = Field(default=Decimal(1), sa_type=Numeric)
    # [{"valid_from", "calorific_value", "state_number"}], by date
    gas_periods: list[dict[str, str]] = json_column(list)
    # Its values come every 15 minutes by themselves.
    interval: bool = False
    # rules.series_of: the same over every exchange.
    series_id: UUID
    # The latest valid reading.
    last_value: Decimal | None = Field(default=None, sa_type=Numeric)
    last_taken_at: datetime | None = utc_column(nullable=True)


class Reading(Aggregate, Base, table=True):
    """One value of one register at one time. At most one valid per register and instant."""

    meter_id: UUID
    register_id: UUID
    series_id: UUID
    customer_id: UUID | None = None
    value: Decimal = Field(sa_type=Numeric)
    taken_at: datetime = utc_column()
    # regular, move_in, move_out, exchange, interim, final
    reason: str = "regular"
    # customer, staff, system, estimate
    source: str
    # valid, to_be_checked (insisted on), implausible (a system sent it), rejected, replaced
    state: str
    # [{"code", "severity", "values": {…}}]
    findings: list[dict[str, Any]] = json_column(list)
    insisted: bool = False
    # account, link, staff, api, csv, bus, estimate
    channel: str
    entered_by: str = ""
    entered_at: datetime = utc_column()
    photo_sha256: str = ""
    external_id: str = ""
    decided_by: str = ""
    note: str = ""
    # The reading that took this one's place.
    replaced_by: UUID | None = None


class Photo(Tenant, Base, table=True):
    """A picture that was uploaded for this merchant; its bytes are in file storage under their hash."""

    merchant_id: UUID = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    uploaded_by: str = ""
    uploaded_at: datetime = utc_column()


class ReadingRequest(Aggregate, Base, table=True):
    """The merchant asks a group of customers for readings."""

    __tablename__ = "reading_request"
    title: str
    # Inclusive.
    due_on: date
    remind_on: date | None = None
    reminded_at: datetime | None = utc_column(nullable=True)
    # Missing ones are estimated after the due date.
    estimate: bool = False
    # open, closed
    state: str = "open"
    reason: str = "regular"
    meters: int = 0
    read: int = 0
    estimated: int = 0
    made_at: datetime = utc_column()
    made_by: str = ""


class ReadingInvitation(Aggregate, Base, table=True):
    """One customer's part of a request: the meters that this customer is asked to read."""

    __tablename__ = "reading_invitation"
    request_id: UUID
    customer_id: UUID
    # invited, reminded, done, closed
    state: str = "invited"
    invited_at: datetime = utc_column()
    reminded_at: datetime | None = utc_column(nullable=True)
    done_at: datetime | None = utc_column(nullable=True)


class InvitedMeter(Tenant, Base, table=True):
    __tablename__ = "invited_meter"
    invitation_id: UUID = Field(primary_key=True)
    meter_id: UUID = Field(primary_key=True)
    position: int
    # invited, read, estimated, left_out
    state: str = "invited"
