"""The kinds of provider that Kontor knows, and what each can do. Pure data; adapters stand beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ProviderName = Literal["paypal", "stripe", "paylink", "sandbox", "transfer"]
# A direct debit is drawn in euros only.
EURO_ONLY = frozenset({"sepa_debit"})


@dataclass(frozen=True)
class ProviderKind:
    name: ProviderName
    # Codes of PaymentMethod, in the order in which they are offered.
    methods: tuple[str, ...]
    # ISO 4217; None: all.
    currencies: frozenset[str] | None = None
    # The smallest payment per currency, in minor units; 1 where nothing is said.
    minimum_minor: Mapping[str, int] = field(default_factory=dict)
    has_test_mode: bool = False
    # Whether the merchant has to connect an account before anything is offered.
    needs_connection: bool = True

    def least(self, currency: str) -> int:
        """The smallest payment that the provider accepts, in minor units."""
        return self.minimum_minor.get(currency, 1)

    def accepts(self, currency: str, method: str) -> bool:
        """Whether the provider takes money in that currency by that method."""
        return (self.currencies is None or currency in self.currencies) and (
            currency == "EUR" or method not in EURO_ONLY
        )


# Where two offer the same method, the first does it: a merchant's own PayPal account before PayPal through Stripe.
KINDS: Mapping[str, ProviderKind] = {
    kind.name: kind
    for kind in (
        ProviderKind(
            "paypal",
            ("paypal",),
            # https://developer.paypal.com/api/rest/reference/currency-codes/, without those for payers of one country
            currencies=frozenset("AUD CAD CHF CZK DKK EUR GBP HKD HUF ILS JPY MXN NOK NZD PHP PLN SEK SGD THB TWD USD".split()),
            minimum_minor={"HUF": 100, "TWD": 100},
            has_test_mode=True,
        ),
        ProviderKind(
            "stripe",
            ("card", "sepa_debit", "paypal", "klarna"),
            currencies=frozenset("AUD CAD CHF CZK DKK EUR GBP HUF NOK NZD PLN SEK USD".split()),
            # https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
            minimum_minor={
                "AUD": 50, "CAD": 50, "CHF": 50, "CZK": 1500, "DKK": 250, "EUR": 50, "GBP": 30, "HUF": 17500,
                "NOK": 300, "NZD": 50, "PLN": 200, "SEK": 300, "USD": 50,
            },
            has_test_mode=True,
        ),
        ProviderKind("paylink", ("card",)),
        ProviderKind("sandbox", ("card", "sepa_debit", "paypal"), has_test_mode=True, needs_connection=False),
        ProviderKind("transfer", ("transfer",), needs_connection=False),
    )
}  # fmt: skip
