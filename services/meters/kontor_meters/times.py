"""Business dates and instants of a merchant."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=20_000)
def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Midnight at the merchant, as UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def taken_at(day: date, zone: ZoneInfo, now: datetime) -> datetime:
    """When a reading was taken of which only the day is known: now where that is today, else noon at the merchant."""
    if day == day_of(now, zone):
        return now
    return noon_of(day, zone)


def noon_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(12), zone).astimezone(UTC)


def at_merchant(local: datetime, zone: ZoneInfo, *, second: bool = False) -> datetime | None:
    """The merchant's local time as UTC; None for a time that the change to summer time skips.

    In autumn one hour occurs twice: the time is taken as in the first of the two, or with `second` in the second.
    """
    found = local.replace(tzinfo=zone, fold=second).astimezone(UTC)
    return found if found.astimezone(zone).replace(tzinfo=None, fold=0) == local else None


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()
