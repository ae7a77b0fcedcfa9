"""One meter as the copy knows it, with everything around it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from fastapi import Request

from kontor_edge.query import loads
from kontor_edge.staff import Staff
from kontor_meters_pages.admin.staff_page import ask_meters
from kontor_service.errors import NotFound
from kontor_service.i18n import N_

# Readings of a page; `_ALL` is more than a meter read every month for eighty years has.
SHOWN, ALL = 12, 1000


MeterMissing = NotFound.named("meter_not_found", N_("There is no such meter."))


@dataclass(frozen=True)
class MeterView:
    """`chain`: all meters of this place in the order in which they hung there. `years`: its consumption as the owner states it."""

    data: dict[str, Any]
    customer: dict[str, Any] | None
    readings: list[dict[str, Any]]
    more: bool
    chain: list[dict[str, Any]]
    years: list[dict[str, Any]]
    invitations: list[dict[str, Any]]

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def registers(self) -> list[dict[str, Any]]:
        return list(self.data["registers"])

    @property
    def interval_registers(self) -> list[dict[str, Any]]:
        """Registers whose values come every 15 minutes."""
        return [register for register in self.registers if register["interval"]]

    def register(self, register_id: str) -> dict[str, Any]:
        """Of a reading; empty for one that is no longer there."""
        return next((r for r in self.registers if r["id"] == register_id), {})

    def in_use(self, today: date) -> bool:
        return not self.data["in_use_to"] or self.data["in_use_to"] > today.isoformat()


async def meter(request: Request, meter_id: UUID, many: int = SHOWN) -> tuple[Staff, MeterView]:
    """Raises MeterMissing for one that does not exist or is another merchant's."""
    staff, row = await ask_meters(request, "meter", asked=meter_id, many=many)
    if row["meter"] is None:
        raise MeterMissing()
    readings = loads(row["readings"], [])
    return staff, MeterView(
        data=loads(row["meter"]),
        customer=loads(row["customer"]),
        readings=readings[:many],
        more=len(readings) > many,
        chain=loads(row["chain"], []),
        years=loads(row["years"], []),
        invitations=loads(row["invitations"], []),
    )
