"""What a series used: one row per year and customer. Days are business days in the merchant's zone."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Identity, Text, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from kontor_meters.models import Base
from kontor_service.models import Aggregate, Check, Tenant, index, one_of
from kontor_service.schema import declare_lister

declare_lister(Base, "merchants_with_marks", "consumption_mark")
declare_lister(Base, "merchants_with_consumption", "consumption")
declare_lister(
    Base, "merchants_with_past_projections", "consumption",
    "projection IS NOT NULL AND year < running", arguments="running bigint",
)  # fmt: skip


class Consumption(Aggregate, Base, table=True):
    """`days` in thousandths of `unit`, -1 where nothing is known; `bases` a letter for each day (days.py)."""

    __table_args__ = (
        UniqueConstraint("series_id", "year", "customer_id", postgresql_nulls_not_distinct=True),
        index("consumption_by_id", "merchant_id", "id"),
        index("consumption_projected", "year", where="projection IS NOT NULL"),
    )
    deleted: bool = False
    series_id: UUID
    customer_id: UUID | None = None
    year: int
    point_id: UUID
    # The meter that hangs there now.
    meter_id: UUID
    kind: str
    obis: str
    direction: str
    tariff: str
    unit: Annotated[str, one_of("kWh", "m3")]
    days: Annotated[list[int], Check("array_length({}, 1) IN (365, 366)")] = Field(sa_type=ARRAY(BigInteger))
    bases: str
    months: Annotated[list[str], Check("array_length({}, 1) = 12")] = Field(sa_type=ARRAY(Text))
    # projection.Projection; of the running year only.
    projection: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))


class ConsumptionMark(Tenant, Base, table=True):
    """Days of a series that have to be summed anew."""

    __table_args__ = (index("consumption_mark_series", "merchant_id", "series_id"),)
    id: int | None = Field(default=None, primary_key=True, sa_column_args=[Identity(always=True)])
    series_id: UUID
    first_day: date
    last_day: date
    marked_at: datetime = Field(sa_column_kwargs={"server_default": func.now()})


class Tenure(Tenant, Base, table=True):
    """Who had a series by the books, from a day on."""

    series_id: UUID = Field(primary_key=True)
    since: date = Field(primary_key=True)
    customer_id: UUID | None = None
