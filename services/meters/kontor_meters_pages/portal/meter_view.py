"""One meter as its page and the API show it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import Request

from kontor_edge.portal import query_view
from kontor_edge.query import loads_all
from kontor_meters_pages.consumption import Used
from kontor_meters_pages.periods import Period
from kontor_meters_pages.quarters import Day, days_of
from kontor_service.errors import NotFound


@dataclass(frozen=True, slots=True)
class MeterView:
    """`chain`: all that hung at this place while it was the reader's, the oldest first."""

    meter: dict[str, Any]
    chain: list[dict[str, Any]]
    used: Used
    readings: list[dict[str, Any]]
    invitations: list[dict[str, Any]]
    customer: dict[str, Any] | None
    merchant: dict[str, Any]
    today: date

    @property
    def registers(self) -> dict[str, dict[str, Any]]:
        """By id, of all meters that hung here."""
        return {register["id"]: register for meter in self.chain for register in meter["registers"]}

    @property
    def current(self) -> dict[str, Any]:
        """The meter that hangs there now; the one looked at may have been taken down."""
        return next((m for m in reversed(self.chain) if not m["successor_id"]), self.meter)

    @property
    def over(self) -> bool:
        until = self.current["in_use_to"]
        return until is not None and until <= self.today.isoformat()

    @property
    def exchanges(self) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Each day on which another meter was put in: (day, the old one, the new one)."""
        return [(new["in_use_from"] or "", old, new) for old, new in zip(self.chain, self.chain[1:], strict=False)]

    def exchanges_in(self, period: Period) -> dict[int, list[str]]:
        """Days of exchanges by the place of their month (or day) in the period."""
        found: dict[int, list[str]] = {}
        for day, _old, _new in self.exchanges:
            if not day.startswith(f"{period.year:04d}-"):
                continue
            if period.step == "months":
                found.setdefault(int(day[5:7]) - 1, []).append(day)
            elif period.step == "days" and int(day[5:7]) == period.month:
                found.setdefault(int(day[8:10]) - 1, []).append(day)
        return found

    def by_the_quarter(self, day: date) -> list[dict[str, Any]]:
        """Registers that have 15-minute values of this day which are the reader's to see; one of each series."""
        smart = {r["series_id"]: r for r in self.registers.values() if r["interval"]}
        return [register for series, register in smart.items() if self.used.knows(series, day)]

    async def day(self, request: Request, day: date) -> list[Day] | None:
        """The 15-minute values of a day; None where their owner does not answer."""
        return await days_of(request, UUID(self.merchant["id"]), self.by_the_quarter(day), day)


async def meter_record(request: Request, meter_id: UUID) -> asyncpg.Record:
    """The meter with everything around it. Raises NotFound for one that is not the reader's."""
    record = await query_view(request, "meter", asked=meter_id)
    if record["meter"] is None:
        raise NotFound
    return record


def meter_view(record: asyncpg.Record) -> MeterView:
    return MeterView(
        meter=orjson.loads(record["meter"]),
        chain=loads_all(record["chain"]),
        used=Used(loads_all(record["consumption"])),
        readings=loads_all(record["readings"]),
        invitations=loads_all(record["invitations"]),
        customer=orjson.loads(record["customer"]) if record["customer"] else None,
        merchant=orjson.loads(record["merchant"]),
        today=record["today"],
    )
