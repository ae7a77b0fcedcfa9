"""The calls that the double takes, as a table: what each may be asked with, and what answers it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kontor_provider_doubles.paypal import merchants, orders, shapes, vault
from kontor_provider_doubles.paypal.calls import Call
from kontor_provider_doubles.store import shown

Answer = Callable[[Call, tuple[str, ...], Any, Mapping[str, str]], Any]


@dataclass(frozen=True)
class Endpoint:
    answer: Answer
    permission: str
    body: type[shapes.Shape] | None = None
    status: int = 200
    query: frozenset[str] = frozenset()
    # Whether PayPal-Request-Id is mandatory.
    needs_key: bool = False


def _create_order(call: Call, ids: tuple[str, ...], body: shapes.OrderRequest, query: Mapping[str, str]) -> Any:
    return orders.with_payments(call, orders.create(call, body))


def _get_order(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> Any:
    return orders.with_payments(call, orders.get(call, ids[0]))


def _capture(call: Call, ids: tuple[str, ...], body: shapes.CaptureRequest, query: Mapping[str, str]) -> Any:
    return orders.with_payments(call, orders.capture(call, orders.get(call, ids[0])))


def _get_capture(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> Any:
    return shown(call.get("capture", ids[0]))


def _refund(call: Call, ids: tuple[str, ...], body: shapes.RefundRequest, query: Mapping[str, str]) -> Any:
    capture = call.get("capture", ids[0])
    return shown(orders.refund(call, capture, body, capture["_hidden"].get("refund_as", "COMPLETED")))


def _start_setup(call: Call, ids: tuple[str, ...], body: shapes.SetupTokenRequest, query: Mapping[str, str]) -> Any:
    return shown(vault.start(call, body))


def _get_setup(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> Any:
    return shown(call.get("setup", ids[0]))


def _exchange(call: Call, ids: tuple[str, ...], body: shapes.PaymentTokenRequest, query: Mapping[str, str]) -> Any:
    return shown(vault.exchange(call, body))


def _tokens(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> Any:
    return vault.of_customer(call, query.get("customer_id", ""))


def _remove_token(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> None:
    vault.remove(call, call.get("token", ids[0]))


def _add_webhook(call: Call, ids: tuple[str, ...], body: shapes.WebhookRequest, query: Mapping[str, str]) -> Any:
    return shown(merchants.add_webhook(call, body))


def _webhooks(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> Any:
    return merchants.list_webhooks(call)


def _remove_webhook(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> None:
    merchants.remove_webhook(call, ids[0])


def _refer(call: Call, ids: tuple[str, ...], body: shapes.ReferralRequest, query: Mapping[str, str]) -> Any:
    return merchants.refer(call, body)


def _integration(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> Any:
    return merchants.integration(call, *ids)


def _dispute(call: Call, ids: tuple[str, ...], body: None, query: Mapping[str, str]) -> Any:
    return shown(call.get("dispute", ids[0]))


_VAULT = "/v3/vault"
ENDPOINTS: Mapping[str, Endpoint] = {
    "POST /v2/checkout/orders": Endpoint(_create_order, "orders", shapes.OrderRequest, 201),
    "GET /v2/checkout/orders/{id}": Endpoint(_get_order, "orders", query=frozenset({"fields"})),
    "POST /v2/checkout/orders/{id}/capture": Endpoint(_capture, "orders", shapes.CaptureRequest, 201),
    "GET /v2/payments/captures/{id}": Endpoint(_get_capture, "orders"),
    "POST /v2/payments/captures/{id}/refund": Endpoint(_refund, "orders", shapes.RefundRequest, 201),
    f"POST {_VAULT}/setup-tokens": Endpoint(_start_setup, "vault", shapes.SetupTokenRequest, 201, needs_key=True),
    f"GET {_VAULT}/setup-tokens/{{id}}": Endpoint(_get_setup, "vault"),
    f"POST {_VAULT}/payment-tokens": Endpoint(_exchange, "vault", shapes.PaymentTokenRequest, 201, needs_key=True),
    f"GET {_VAULT}/payment-tokens": Endpoint(
        _tokens, "vault", query=frozenset({"customer_id", "page_size", "page", "total_required"})
    ),
    f"DELETE {_VAULT}/payment-tokens/{{id}}": Endpoint(_remove_token, "vault", status=204),
    "POST /v1/notifications/webhooks": Endpoint(_add_webhook, "webhooks", shapes.WebhookRequest, 201),
    "GET /v1/notifications/webhooks": Endpoint(_webhooks, "webhooks", query=frozenset({"anchor_type"})),
    "DELETE /v1/notifications/webhooks/{id}": Endpoint(_remove_webhook, "webhooks", status=204),
    "POST /v2/customer/partner-referrals": Endpoint(_refer, "partner", shapes.ReferralRequest, 201),
    "GET /v1/customer/partners/{id}/merchant-integrations/{id}": Endpoint(_integration, "partner"),
    "GET /v1/customer/disputes/{id}": Endpoint(_dispute, "disputes"),
}
_ID = r"([A-Za-z0-9_-]{1,36})"
_PATHS = {name: re.compile(re.escape(name).replace(r"\{id\}", _ID)) for name in ENDPOINTS}


def endpoint_of(method: str, path: str) -> tuple[str, tuple[str, ...]] | None:
    """The name of the endpoint and the ids in the path; None where PayPal has no such call, or Kontor never makes it."""
    for name, pattern in _PATHS.items():
        found = pattern.fullmatch(f"{method} {path}")
        if found:
            return name, found.groups()
    return None
