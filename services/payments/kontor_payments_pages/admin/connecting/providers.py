"""What the dialog says of each provider besides what payments knows: where prices and keys are found there."""

from dataclasses import dataclass

from kontor_service.i18n import N_


@dataclass(frozen=True)
class ProviderGuide:
    # The provider's own page: amounts change, and depend on the method.
    prices_url: str
    # Messages of the catalogs.
    costs: str
    where_keys: str


_COSTS = N_(
    "Charges a fee for each payment and keeps it from what it pays out. How much depends on the payment method."
)

GUIDES = {
    "stripe": ProviderGuide(
        "https://stripe.com/de/pricing",
        _COSTS,
        N_(
            "In Stripe under Developers, API keys, create a restricted key with the permission Write for Checkout Sessions,"
            " Payment Intents, Charges and Refunds, Customers, Payment Methods and Webhook Endpoints, and Read for Disputes,"
            " Balance Transaction Sources, Payouts and Setup Intents. In test mode it begins with rk_test_, else with rk_live_."
        ),
    ),
    "paypal": ProviderGuide(
        "https://www.paypal.com/de/business/paypal-business-fees",
        _COSTS,
        N_(
            "At developer.paypal.com under Apps & Credentials, create an app. Its client id and secret stand on the app's"
            " page: those of Sandbox for the test, those of Live to receive money."
        ),
    ),
    "paylink": ProviderGuide(
        "",
        N_("The fees are those of your contract with the acquirer."),
        N_("Your acquirer tells you the address of its interface and the keys."),
    ),
}
