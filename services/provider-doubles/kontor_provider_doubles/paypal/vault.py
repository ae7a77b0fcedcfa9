"""Saved methods: a setup that the payer approves becomes a payment token once."""

from typing import Any

from kontor_provider_doubles.paypal.apps import new_id
from kontor_provider_doubles.paypal.calls import Call
from kontor_provider_doubles.paypal.errors import missing, unprocessable
from kontor_provider_doubles.paypal.shapes import PaymentTokenRequest, SetupTokenRequest, plain
from kontor_provider_doubles.store import Object, shown


def start(call: Call, wanted: SetupTokenRequest) -> Object:
    wallet, token_id = wanted.payment_source.paypal, new_id()
    links = [
        {"href": f"{call.base}/v3/vault/setup-tokens/{token_id}", "rel": "self", "method": "GET"},
        {"href": f"{call.base}/agreements/approve?approval_session_id={token_id}", "rel": "approve", "method": "GET"},
    ]
    return call.add(
        "setup", id=token_id, status="PAYER_ACTION_REQUIRED", customer={"id": new_id(10)}, links=links,
        payment_source={"paypal": {"usage_type": wallet.usage_type}},
        _hidden={"context": plain(wallet.experience_context), "outcome": "completed"},
    )  # fmt: skip


def approve(call: Call, setup: Object, outcome: str) -> None:
    """`outcome` is what becomes of later charges."""
    setup["status"] = "APPROVED"
    setup["_hidden"]["outcome"] = outcome
    call.save(setup)


def exchange(call: Call, wanted: PaymentTokenRequest) -> Object:
    """Raises PayPalError for a setup that nobody approved, or that was exchanged before."""
    setup = call.store.get(call.caller.space, "setup", wanted.payment_source.token.id)
    if setup is None or wanted.payment_source.token.type != "SETUP_TOKEN":
        raise unprocessable("TOKEN_NOT_FOUND")
    if setup["status"] != "APPROVED":
        raise unprocessable("INVALID_TOKEN_STATUS")
    setup["status"] = "VAULTED"
    call.save(setup)
    token_id = new_id(12).lower()
    made = call.add(
        "token", id=token_id, customer=setup["customer"],
        payment_source={"paypal": {"email_address": "kundin@example.com", "account_id": new_id(13)}},
        links=[{"href": f"{call.base}/v3/vault/payment-tokens/{token_id}", "rel": "self", "method": "GET"}],
        _hidden={"outcome": setup["_hidden"]["outcome"]},
    )  # fmt: skip
    call.emit("VAULT.PAYMENT-TOKEN.CREATED", "token", made)
    return made


def remove(call: Call, token: Object) -> None:
    """By the API, or by the payer in their account at PayPal."""
    call.store.remove(token["id"])
    call.emit("VAULT.PAYMENT-TOKEN.DELETED", "token", token)


def of_customer(call: Call, customer_id: str) -> dict[str, Any]:
    found = [one for one in call.all("token") if one["customer"]["id"] == customer_id]
    if not found:
        raise missing()
    return {"customer": {"id": customer_id}, "payment_tokens": [shown(one) for one in found], "links": []}
