"""The system's time. What protects (sessions, links, codes) uses it, never the business clock that can be moved."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)
