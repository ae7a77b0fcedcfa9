"""Money is an integer of minor units and an ISO 4217 currency. Decimals appear only at the edges."""

from decimal import ROUND_HALF_UP, Decimal

# Every amount is below a trillion of the main unit: a page's sum over a hundred thousand of them still is a bigint.
TOO_MUCH = Decimal(10) ** 12
TOO_MUCH_MINOR = 10**15

# ISO 4217: currencies whose minor unit is not the hundredth.
_NONE = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())


def digits(currency: str) -> int:
    """How many decimals the currency's minor unit has."""
    if currency in _NONE:
        return 0
    return 3 if currency in _THREE else 2


def to_minor(amount: Decimal, currency: str) -> int:
    """Minor units of a decimal amount, rounded half up as EN 16931 does. 1.005 EUR is 101."""
    return int(amount.scaleb(digits(currency)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def from_minor(minor: int, currency: str) -> Decimal:
    """The decimal amount of so many minor units. 101 EUR cents are 1.01."""
    return Decimal(minor).scaleb(-digits(currency))
