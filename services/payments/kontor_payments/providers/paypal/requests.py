"""The bodies that PayPal is asked with. Pure."""

import re
from typing import Any

from kontor_payments.providers.paypal.amounts import paypal_amount
from kontor_payments.providers.protocol import ChargeRequest, CheckoutRequest, SetupRequest

_LOCALES = {"de": "de-DE", "en": "en-GB"}
_MOST_CHARACTERS = 127
# What the vault takes of a description.
_NOT_IN_DESCRIPTIONS = re.compile(r"[^a-zA-Z0-9_'\-., :;!?\"]+")


def order(request: CheckoutRequest, payee: str) -> dict[str, Any]:
    """`payee` is the merchant's id where the operator's app asks.

    Our reference is PayPal's invoice number too: PayPal then refuses to take the money for it twice, also after it has
    forgotten the request's id.
    """
    context = {
        "locale": _LOCALES[request.language],
        "shipping_preference": "NO_SHIPPING",
        "user_action": "PAY_NOW",
        "return_url": request.return_url,
        "cancel_url": request.cancel_url,
    }
    unit = _unit(request, payee)
    return {
        "intent": "CAPTURE",
        "purchase_units": [unit],
        "payment_source": {"paypal": {"experience_context": context}},
    }


def charge(request: ChargeRequest, payee: str) -> dict[str, Any]:
    """Made and captured in one step."""
    return {
        "intent": "CAPTURE",
        "purchase_units": [_unit(request, payee)],
        "payment_source": {"paypal": {"vault_id": request.method_id}},
    }


def refund(amount_minor: int, currency: str, reference: str) -> dict[str, Any]:
    return {"amount": paypal_amount(amount_minor, currency), "custom_id": reference}


def setup(request: SetupRequest) -> dict[str, Any]:
    wallet: dict[str, Any] = {
        "usage_type": "MERCHANT",
        "experience_context": {
            "locale": _LOCALES[request.language],
            "shipping_preference": "NO_SHIPPING",
            "return_url": request.return_url,
            "cancel_url": request.cancel_url,
        },
    }
    description = _NOT_IN_DESCRIPTIONS.sub(" ", request.description).strip()[:128]
    if description:
        wallet["description"] = description
    return {"payment_source": {"paypal": wallet}}


def payment_token(setup_token: str) -> dict[str, Any]:
    return {"payment_source": {"token": {"id": setup_token, "type": "SETUP_TOKEN"}}}


def _unit(request: CheckoutRequest | ChargeRequest, payee: str) -> dict[str, Any]:
    unit: dict[str, Any] = {
        "amount": paypal_amount(request.amount_minor, request.currency),
        "custom_id": request.reference,
        "invoice_id": request.reference,
    }
    if request.description:
        unit["description"] = request.description[:_MOST_CHARACTERS]
    if payee:
        unit["payee"] = {"merchant_id": payee}
    return unit
