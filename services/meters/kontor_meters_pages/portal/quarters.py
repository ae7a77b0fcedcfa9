"""The 15-minute values of one day, fetched from their owner when the day is opened: the copy carries sums alone."""

import asyncio
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import Request

from kontor_meters_pages.portal.commands import quarter_hours
from kontor_meters_pages.portal.meter_view import MeterView
from kontor_service.errors import Problem


@dataclass(frozen=True, slots=True)
class Day:
    """Of one register: `values` by quarter hour from midnight at the merchant as meters keeps them, None where none has
    come."""

    register: dict[str, Any]
    unit: str
    values: list[dict[str, Any] | None]

    @property
    def amounts(self) -> list[int | None]:
        """Thousandths of the unit."""
        return [None if value is None else round(Decimal(str(value["value"])) * 1000) for value in self.values]

    @property
    def total(self) -> int:
        return sum(amount for amount in self.amounts if amount is not None)


async def day_of(request: Request, view: MeterView, day: date) -> list[Day] | None:
    """One for each register that sends by itself; None where the owner does not answer."""
    series = view.by_the_quarter(day)
    merchant = UUID(view.merchant["id"])
    try:
        answers = await asyncio.gather(*(quarter_hours(request, merchant, one, day) for one in series))
    except Problem:
        return None
    registers = {register["series_id"]: register for register in view.registers.values()}
    return [Day(registers[one], answer["unit"], answer["values"]) for one, answer in zip(series, answers, strict=True)]
