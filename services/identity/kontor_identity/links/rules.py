"""How long a link lives, and whether it opens."""

from datetime import UTC, datetime
from enum import StrEnum

from kontor_identity.models import Link

# Links outlive the tax year: a bill of January is still needed when the declaration of that year is made.
_YEARS_AFTER = 2


class Reason(StrEnum):
    """Why there is no link to copy (A9)."""

    PORTAL_OFF = "portal_off"
    CUSTOMER_OFF = "customer_off"
    REVOKED = "revoked"


def expiry(made_at: datetime) -> datetime:
    """The end of the second year after the one it was made in, UTC."""
    return datetime(made_at.year + _YEARS_AFTER + 1, 1, 1, tzinfo=UTC)


def expired(link: Link, now: datetime) -> bool:
    return link.expires_at <= now


def why_closed(*, portal_enabled: bool, portal_access: str, access_default: bool, revoked: bool) -> Reason | None:
    if not portal_enabled:
        return Reason.PORTAL_OFF
    if portal_access == "off" or (portal_access == "default" and not access_default):
        return Reason.CUSTOMER_OFF
    return Reason.REVOKED if revoked else None
