"""Which calls the double answers: what the parameters may be, what a restricted key must be allowed, who answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex

from stripe import params
from stripe.params import checkout

from kontor_provider_doubles.store import Object
from kontor_provider_doubles.stripe import aftermath, lists, saved, sessions
from kontor_provider_doubles.stripe.calls import Call
from kontor_provider_doubles.stripe.errors import invalid
from kontor_provider_doubles.stripe.keys import account_of


@dataclass(frozen=True)
class Endpoint:
    params: type
    permission: str
    answer: Callable[[Call], Object]


def _account(call: Call) -> Object:
    return account_of(call.store, call.caller.account)


def _create_webhook(call: Call) -> Object:
    # Stripe wants https in live mode; here Kontor is on this machine.
    if not call.params["url"].startswith(("https://", "http://")):
        raise invalid("Invalid URL: an explicit scheme (such as https) must be provided.", param="url")
    secret = f"whsec_{token_hex(24)}"
    made = call.add(
        "we", url=call.params["url"], enabled_events=call.params["enabled_events"], status="enabled",
        metadata=call.params.get("metadata", {}), api_version=call.params.get("api_version"),
        description=call.params.get("description"), _hidden={"secret": secret},
    )  # fmt: skip
    # Told once.
    return made | {"secret": secret}


def _delete_webhook(call: Call) -> Object:
    found = call.get(call.ids[0], "we")
    call.store.remove(found["id"])
    return {"id": found["id"], "object": "webhook_endpoint", "deleted": True}


ENDPOINTS: Mapping[str, Endpoint] = {
    "GET /v1/account": Endpoint(params.AccountRetrieveCurrentParams, "accounts_kyc_basic_read", _account),
    "POST /v1/checkout/sessions": Endpoint(checkout.SessionCreateParams, "checkout_session_write", sessions.create),
    "GET /v1/checkout/sessions": Endpoint(
        checkout.SessionListParams, "checkout_session_read",
        lists.many("cs", "/v1/checkout/sessions", "payment_intent", "customer", "status"),
    ),
    "GET /v1/checkout/sessions/{id}": Endpoint(checkout.SessionRetrieveParams, "checkout_session_read", sessions.retrieve),
    "POST /v1/checkout/sessions/{id}/expire": Endpoint(
        checkout.SessionExpireParams, "checkout_session_write", sessions.expire
    ),
    "POST /v1/payment_intents": Endpoint(params.PaymentIntentCreateParams, "payment_intent_write", saved.create_intent),
    "GET /v1/payment_intents/search": Endpoint(
        params.PaymentIntentSearchParams, "payment_intent_read", lists.search_intents
    ),
    "GET /v1/payment_intents/{id}": Endpoint(params.PaymentIntentRetrieveParams, "payment_intent_read", lists.one("pi")),
    "POST /v1/payment_intents/{id}/confirm": Endpoint(
        params.PaymentIntentConfirmParams, "payment_intent_write", saved.confirm_intent
    ),
    "POST /v1/payment_intents/{id}/cancel": Endpoint(
        params.PaymentIntentCancelParams, "payment_intent_write", saved.cancel_intent
    ),
    "GET /v1/charges": Endpoint(
        params.ChargeListParams, "charge_read", lists.many("ch", "/v1/charges", "payment_intent", "customer")
    ),
    "GET /v1/charges/{id}": Endpoint(params.ChargeRetrieveParams, "charge_read", lists.one("ch")),
    "POST /v1/refunds": Endpoint(params.RefundCreateParams, "charge_write", aftermath.create_refund),
    "GET /v1/refunds": Endpoint(
        params.RefundListParams, "charge_read", lists.many("re", "/v1/refunds", "payment_intent", "charge")
    ),
    "GET /v1/disputes": Endpoint(
        params.DisputeListParams, "dispute_read", lists.many("du", "/v1/disputes", "payment_intent", "charge")
    ),
    "GET /v1/balance_transactions": Endpoint(
        params.BalanceTransactionListParams, "balance_transaction_source_read", lists.balance_transactions
    ),
    "GET /v1/balance_transactions/{id}": Endpoint(
        params.BalanceTransactionRetrieveParams, "balance_transaction_source_read", lists.one("txn")
    ),
    "GET /v1/payouts": Endpoint(params.PayoutListParams, "payout_read", lists.many("po", "/v1/payouts", "status")),
    "GET /v1/payouts/{id}": Endpoint(params.PayoutRetrieveParams, "payout_read", lists.one("po")),
    "POST /v1/customers": Endpoint(params.CustomerCreateParams, "customer_write", saved.create_customer),
    "POST /v1/customers/{id}": Endpoint(params.CustomerUpdateParams, "customer_write", saved.update_customer),
    "GET /v1/setup_intents/{id}": Endpoint(params.SetupIntentRetrieveParams, "setup_intent_read", lists.one("seti")),
    "GET /v1/payment_methods/{id}": Endpoint(params.PaymentMethodRetrieveParams, "payment_method_read", lists.one("pm")),
    "POST /v1/payment_methods/{id}/attach": Endpoint(
        params.PaymentMethodAttachParams, "payment_method_write", saved.attach
    ),
    "POST /v1/payment_methods/{id}/detach": Endpoint(
        params.PaymentMethodDetachParams, "payment_method_write", saved.detach
    ),
    "POST /v1/webhook_endpoints": Endpoint(params.WebhookEndpointCreateParams, "webhook_write", _create_webhook),
    "GET /v1/webhook_endpoints": Endpoint(
        params.WebhookEndpointListParams, "webhook_read", lists.many("we", "/v1/webhook_endpoints")
    ),
    "DELETE /v1/webhook_endpoints/{id}": Endpoint(params.WebhookEndpointDeleteParams, "webhook_write", _delete_webhook),
    "GET /v1/events/{id}": Endpoint(params.EventRetrieveParams, "event_read", lists.one("evt")),
}  # fmt: skip
_PATTERNS = [
    (name.partition(" ")[0], re.compile(name.partition(" ")[2].replace("{id}", r"(\w+)")), name) for name in ENDPOINTS
]


def endpoint_of(method: str, path: str) -> tuple[str, tuple[str, ...]] | None:
    """The name of the endpoint, and the ids in the path. What is named in full goes before an id of that name."""
    for verb, pattern, name in _PATTERNS:
        matched = pattern.fullmatch(path) if verb == method else None
        if matched:
            return name, matched.groups()
    return None
