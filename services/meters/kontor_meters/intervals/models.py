"""The tables of 15-minute values: the values by month, those that were replaced, and sums by day and month."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, Table, Uuid, func
from sqlmodel import Field

from kontor_meters.models import Base
from kontor_service.models import Check, Tenant, index


class IntervalValue(Tenant, Base, table=True):
    """A month of it is a partition, made by make_interval_month."""

    __table_args__ = ({"postgresql_partition_by": "RANGE (starts_at)"},)
    register_id: UUID = Field(primary_key=True)
    # Of the quarter hour, an instant on the grid of 15 minutes.
    starts_at: datetime = Field(primary_key=True)
    # Millionths of the register's unit.
    value: Annotated[int, Check("{} >= 0")]


INTERVAL_REPLACED = Table(
    "interval_replaced",
    Base.metadata,
    Column("merchant_id", Uuid, nullable=False),
    Column("register_id", Uuid, nullable=False),
    Column("starts_at", DateTime(timezone=True), nullable=False),
    Column("value", BigInteger, nullable=False),
    Column("replaced_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # The batch that brought the value which holds now.
    Column("batch_id", Uuid, nullable=False),
    index("interval_replaced_register", "register_id", "starts_at"),
)


class IntervalDay(Tenant, Base, table=True):
    """The sum of a business day in the merchant's zone."""

    __table_args__ = ({"postgresql_with": {"fillfactor": "80"}},)
    register_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    total: int
    count: int


class IntervalMonth(Tenant, Base, table=True):
    """The sum of a month; `month` is its first day."""

    __table_args__ = ({"postgresql_with": {"fillfactor": "80"}},)
    register_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    total: int
    count: int
