"""Amounts as PayPal writes them (https://developer.paypal.com/api/rest/reference/currency-codes/)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kontor_payments.providers.protocol import Refused
from kontor_service.money import digits, from_minor, to_minor

# PayPal takes these without decimals, although two of them have hundredths.
_WHOLE = frozenset({"HUF", "JPY", "TWD"})


def paypal_amount(minor: int, currency: str) -> dict[str, str]:
    """Raises Refused (amount_too_small, amount_not_whole)."""
    if minor <= 0:
        raise Refused("amount_too_small")
    amount = from_minor(minor, currency)
    if currency not in _WHOLE:
        return {"currency_code": currency, "value": f"{amount:.{digits(currency)}f}"}
    if amount != amount.to_integral_value():
        raise Refused("amount_not_whole")
    return {"currency_code": currency, "value": f"{amount:.0f}"}


def minor_of(amount: Mapping[str, Any]) -> int:
    return to_minor(Decimal(amount["value"]), amount["currency_code"])
