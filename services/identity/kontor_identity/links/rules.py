"""How long links live, and whether a portal is open to a customer."""

from datetime import UTC, datetime

from kontor_identity.models import Customer, Merchant


def expiry(made_at: datetime, years: int = 2) -> datetime:
    """The end of the calendar year `years` after the one in which the link was made, UTC.

    Two years outlive the tax year: a bill of January is still needed when the declaration of that year is made.
    """
    return datetime(made_at.year + years + 1, 1, 1, tzinfo=UTC)


def why_closed(merchant: Merchant, customer: Customer) -> str | None:
    """Why this customer cannot get in: a code of NoLink; None where they can."""
    if not merchant.portal_enabled:
        return "portal_off"
    by_default = customer.portal_access == "default" and merchant.portal_access_default
    return None if customer.portal_access == "on" or by_default else "customer_off"
