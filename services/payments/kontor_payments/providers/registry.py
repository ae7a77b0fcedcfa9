"""The kinds of provider that Kontor knows, and what each can do. Pure data; adapters stand beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kontor_service.i18n import N_

ProviderName = Literal["paypal", "stripe", "paylink", "sandbox", "transfer"]
# A direct debit is drawn in euros only.
EURO_ONLY = frozenset({"sepa_debit"})


@dataclass(frozen=True)
class KeyField:
    """One of the keys that a merchant copies from the provider's pages. `label` and `hint` are messages of the catalogs."""

    name: str
    label: str
    hint: str = ""
    # Shown to nobody, not even while it is typed.
    secret: bool = True
    optional: bool = False


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
    # By which an account can be connected without signing in at the provider.
    key_fields: tuple[KeyField, ...] = ()
    # Whether the merchant has to connect an account before anything is offered.
    needs_connection: bool = True
    # Codes of the methods that the provider keeps for payments without the customer; its adapter is then a SavesMethods.
    saves: tuple[str, ...] = ()
    # Whether `find` of its adapter finds a charge whose answer was lost.
    finds_charges: bool = True
    # Whether Kontor can give money back there; else staff do so at the provider's own pages.
    refunds: bool = True

    def least(self, currency: str) -> int:
        """The smallest payment that the provider accepts, in minor units."""
        return self.minimum_minor.get(currency, 1)

    def accepts(self, currency: str, method: str) -> bool:
        """Whether the provider takes money in that currency by that method."""
        return (self.currencies is None or currency in self.currencies) and (
            currency == "EUR" or method not in EURO_ONLY
        )


# As the acquirer's manual describes its links and callbacks (docs/payment-providers.md).
_OF_PAYMENT_LINKS = (
    KeyField(
        "url",
        N_("Address of the payment link"),
        N_("With placeholders in braces, at least {reference} and {signature}."),
        secret=False,
    ),
    KeyField("secret", N_("Secret for signatures")),
    KeyField(
        "signed",
        N_("What the link's signature covers"),
        N_("For example: reference amount_minor currency"),
        secret=False,
    ),
    KeyField(
        "callback_fields",
        N_("Names of the callback's fields"),
        N_("For example: reference=order payment=id amount=total currency=cur state=status signature=sig"),
        secret=False,
    ),
    KeyField(
        "callback_signed",
        N_("What the callback's signature covers"),
        N_("For example: order id total cur status"),
        secret=False,
    ),
    KeyField("states", N_("What the acquirer's states mean"), N_("For example: OK=succeeded ERR=failed"), secret=False),
    KeyField("scheme", N_("Kind of signature"), N_("For example: sha256 hex |"), secret=False, optional=True),
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
            key_fields=(KeyField("client_id", N_("Client id"), secret=False), KeyField("client_secret", N_("Secret"))),
            saves=("paypal",),
            finds_charges=False,
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
            key_fields=(KeyField("key", N_("Restricted key"), N_("Begins with rk_test_ or rk_live_.")),),
            saves=("card", "sepa_debit"),
        ),
        ProviderKind("paylink", ("card",), key_fields=_OF_PAYMENT_LINKS, refunds=False),
        ProviderKind("sandbox", ("card", "sepa_debit", "paypal"), has_test_mode=True, needs_connection=False),
        ProviderKind("transfer", ("transfer",), needs_connection=False),
    )
}  # fmt: skip
