"""The requests that PayPal takes, as far as Kontor makes them: what is not written here is refused.

Names and limits are those of PayPal's published OpenAPI documents (https://github.com/paypal/paypal-rest-api-specifications);
`make judge` compares them.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import AnyUrl, BaseModel, ConfigDict, Field, StringConstraints

Text127 = Annotated[str, StringConstraints(min_length=1, max_length=127)]
Locale = Annotated[
    str,
    StringConstraints(min_length=2, max_length=10, pattern=r"^[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?$"),
]
CurrencyCode = Annotated[str, StringConstraints(min_length=3, max_length=3)]
AccountId = Annotated[str, StringConstraints(min_length=13, max_length=13, pattern=r"^[2-9A-HJ-NP-Z]{13}$")]
VaultId = Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[0-9a-zA-Z_-]+$")]


# What came after the documents of 2024-02, which know BILLING_AGREEMENT alone; PayPal's server SDK 2.4 has it.
NEWER = frozenset({"SETUP_TOKEN"})


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Body(Shape):
    """A whole request."""

    # The document, and the schema in it, that this follows.
    follows: ClassVar[tuple[str, str]]


class Money(Shape):
    currency_code: CurrencyCode
    value: Annotated[str, StringConstraints(max_length=32, pattern=r"^((-?[0-9]+)|(-?([0-9]+)?[.][0-9]+))$")]


class Payee(Shape):
    merchant_id: AccountId


class PurchaseUnit(Shape):
    reference_id: Annotated[str, StringConstraints(min_length=1, max_length=256)] = "default"
    amount: Money
    payee: Payee | None = None
    description: Text127 | None = None
    custom_id: Text127 | None = None
    invoice_id: Text127 | None = None


class WalletExperience(Shape):
    brand_name: Text127 | None = None
    locale: Locale | None = None
    shipping_preference: Literal["GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS"] = "GET_FROM_FILE"
    return_url: AnyUrl | None = None
    cancel_url: AnyUrl | None = None
    user_action: Literal["CONTINUE", "PAY_NOW"] = "CONTINUE"


class Wallet(Shape):
    vault_id: VaultId | None = None
    experience_context: WalletExperience | None = None


class PaymentSource(Shape):
    paypal: Wallet | None = None


class OrderRequest(Body):
    follows = ("checkout_orders_v2", "order_request")
    intent: Literal["CAPTURE", "AUTHORIZE"]
    purchase_units: Annotated[list[PurchaseUnit], Field(min_length=1, max_length=10)]
    payment_source: PaymentSource | None = None


class CaptureRequest(Body):
    follows = ("checkout_orders_v2", "order_capture_request")
    payment_source: PaymentSource | None = None


class RefundRequest(Body):
    follows = ("payments_payment_v2", "refund_request")
    amount: Money | None = None
    custom_id: Text127 | None = None
    invoice_id: Text127 | None = None
    note_to_payer: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None


class VaultExperience(Shape):
    brand_name: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = None
    locale: Locale | None = None
    return_url: Annotated[AnyUrl, Field(max_length=4000)]
    cancel_url: Annotated[AnyUrl, Field(max_length=4000)]
    shipping_preference: Literal["GET_FROM_FILE", "NO_SHIPPING", "SET_PROVIDED_ADDRESS"] = "GET_FROM_FILE"


class VaultWallet(Shape):
    description: (
        Annotated[str, StringConstraints(min_length=1, max_length=128, pattern="^[a-zA-Z0-9_'\\-., :;\\!?\"]*$")] | None
    ) = None
    usage_type: Literal["MERCHANT", "PLATFORM"]
    experience_context: VaultExperience


class SetupSource(Shape):
    paypal: VaultWallet


class SetupTokenRequest(Body):
    follows = ("vault_payment_tokens_v3", "setup_token_request")
    payment_source: SetupSource


class TokenId(Shape):
    id: Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[0-9A-Z_-]+$")]
    type: Literal["BILLING_AGREEMENT", "SETUP_TOKEN"]


class TokenSource(Shape):
    token: TokenId


class PaymentTokenRequest(Body):
    follows = ("vault_payment_tokens_v3", "payment_token_request")
    payment_source: TokenSource


class EventType(Shape):
    name: str


class WebhookRequest(Body):
    follows = ("notifications_webhooks_v1", "webhook")
    url: Annotated[AnyUrl, Field(max_length=2048)]
    event_types: Annotated[list[EventType], Field(max_length=500)]


class ThirdParty(Shape):
    features: Annotated[
        list[
            Literal[
                "PAYMENT", "REFUND", "READ_SELLER_DISPUTE", "ACCESS_MERCHANT_INFORMATION", "VAULT", "BILLING_AGREEMENT"
            ]
        ],
        Field(max_length=20),
    ]


class RestIntegration(Shape):
    integration_method: Literal["PAYPAL"] = "PAYPAL"
    integration_type: Literal["THIRD_PARTY"]
    third_party_details: ThirdParty


class Integration(Shape):
    rest_api_integration: RestIntegration


class Operation(Shape):
    operation: Literal["API_INTEGRATION"]
    api_integration_preference: Integration


class Consent(Shape):
    type: Literal["SHARE_DATA_CONSENT"]
    granted: bool


class PartnerPage(Shape):
    return_url: Annotated[AnyUrl, Field(max_length=127)]
    return_url_description: Text127 | None = None


class ReferralRequest(Body):
    follows = ("customer_partner_referrals_v2", "referral_data")
    tracking_id: Text127
    partner_config_override: PartnerPage
    operations: Annotated[list[Operation], Field(min_length=1, max_length=5)]
    products: Annotated[
        list[Literal["EXPRESS_CHECKOUT", "PPCP", "ADVANCED_VAULTING"]], Field(min_length=1, max_length=5)
    ]
    legal_consents: Annotated[list[Consent], Field(min_length=1, max_length=5)]


def plain(shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = shape.model_dump(mode="json", exclude_none=True)
    return found
