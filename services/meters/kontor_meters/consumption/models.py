"""What a series used: one row per year and customer. Days are business days in the merchant's zone."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from kontor_meters.models import Base
from kontor_service.models import Aggregate


class Consumption(Aggregate, Base, table=True):  # type: ignore[misc, valid-type]
    """`days` in thousandths of `unit`, -1 where nothing is known; `bases` a letter for each day (days.py)."""

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
    unit: str
    days: list[int] = Field(sa_type=ARRAY(BigInteger))
    bases: str
    months: list[str] = Field(sa_type=ARRAY(Text))
    # projection.Projection; of the running year only.
    projection: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
