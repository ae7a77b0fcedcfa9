"""The 15-minute values of one day, fetched from their owner when the day is opened: the copies carry sums alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import Request

from kontor_edge.owners import fetch_as_edge
from kontor_service.errors import Problem

_SECONDS = 3.0


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


async def days_of(
    request: Request, merchant_id: UUID, registers: Sequence[dict[str, Any]], day: date
) -> list[Day] | None:
    """The day's 15-minute values of each of these registers; None if their owner does not answer."""

    async def fetched(register: dict[str, Any]) -> Day:
        path = f"/v1/series/{register['series_id']}/days/{day}"
        answer = (await fetch_as_edge(request, "meters", path, merchant_id, timeout=_SECONDS)).json()
        return Day(register, answer["unit"], answer["values"])

    try:
        return await asyncio.gather(*map(fetched, registers))
    except Problem:
        return None
