"""Time. Instants are aware UTC datetimes; business dates are calendar days in a merchant's time zone.

Business rules take their `now` from a Clock, which can be moved in development. What protects (tokens, sessions,
rate limits) uses the system's time instead.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo


class Clock:
    """The system's time; moved by `offset` in development and dated tests."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC) + self.offset

    def today(self, time_zone: str) -> date:
        """The business date in an IANA time zone."""
        return self.now().astimezone(ZoneInfo(time_zone)).date()

    @classmethod
    def on(cls, day: date | None) -> Self:
        """On that day (UTC), at the time of day that it is now; today for None."""
        clock = cls()
        if day is not None:
            clock.travel_to(datetime.combine(day, datetime.now(UTC).timetz()))
        return clock

    def travel_to(self, instant: datetime) -> None:
        self.offset = instant - datetime.now(UTC)
