"""Customers, saved methods, and payments with them while the payer is not there."""

from kontor_provider_doubles.store import Object
from kontor_provider_doubles.stripe import payments
from kontor_provider_doubles.stripe.calls import Call
from kontor_provider_doubles.stripe.errors import invalid, missing

_TEST_METHODS = {
    "pm_card_visa": "succeeded",
    "pm_card_chargeCustomerFail": "generic_decline",
    "pm_card_authenticationRequired": "authentication_required",
}


def create_customer(call: Call) -> Object:
    params = call.params
    return call.add(
        "cus", email=params.get("email"), name=params.get("name"), metadata=params.get("metadata", {}),
        preferred_locales=params.get("preferred_locales", []), invoice_settings={},
    )  # fmt: skip


def update_customer(call: Call) -> Object:
    changed = call.get(call.ids[0], "cus") | dict(call.params)
    call.save(changed)
    return changed


def save_method(call: Call, session: Object, method: str, behaves: str) -> Object:
    """The payer lets the method be saved on the hosted page. `behaves`: how later charges of it end."""
    details = payments.DETAILS[method]
    saved = call.add(
        "pm", type=method, billing_details={}, customer=session["customer"], _hidden={"behaves": behaves},
        **{method: details},
    )  # fmt: skip
    mandate = _mandate(call, saved) if method == "sepa_debit" else None
    intent = call.add(
        "seti", customer=session["customer"], payment_method=saved["id"], status="succeeded", usage="off_session",
        payment_method_types=session["payment_method_types"], mandate=mandate["id"] if mandate else None,
        metadata=session["_hidden"]["setup"].get("metadata", {}),
    )  # fmt: skip
    session |= {"status": "complete", "setup_intent": intent["id"], "url": None}
    call.save(session)
    call.emit("setup_intent.succeeded", intent)
    call.emit("checkout.session.completed", session)
    return saved


def _mandate(call: Call, saved: Object) -> Object:
    """The payer's permission for debits, as Stripe has it signed on its page."""
    terms = {"reference": f"KONTOR{saved['id'][-8:].upper()}", "url": f"{call.public_url}/mandate"}
    return call.add(
        "mandate", customer_acceptance={"type": "online"}, payment_method=saved["id"], status="active", type="multi_use",
        payment_method_details={"type": "sepa_debit", "sepa_debit": terms},
    )  # fmt: skip


def create_intent(call: Call) -> Object:
    params = call.params
    payments.must_be_payable(params["amount"], params["currency"], "amount")
    intent = payments.new_intent(
        call, params["amount"], params["currency"], params.get("allowed_payment_method_types", ["card"]),
        customer=params.get("customer"), payment_method=params.get("payment_method"),
        description=params.get("description"), metadata=params.get("metadata", {}),
    )  # fmt: skip
    return _confirm(call, intent) if params.get("confirm") else intent


def confirm_intent(call: Call) -> Object:
    intent = call.get(call.ids[0], "pi")
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise invalid(f"This PaymentIntent's status is {intent['status']}.", code="payment_intent_unexpected_state")
    intent["payment_method"] = call.params.get("payment_method", intent["payment_method"])
    return _confirm(call, intent)


def cancel_intent(call: Call) -> Object:
    intent = call.get(call.ids[0], "pi")
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise invalid(
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
            code="payment_intent_unexpected_state",
        )
    intent |= {"status": "canceled", "canceled_at": call.now, "next_action": None}
    call.save(intent)
    call.emit("payment_intent.canceled", intent)
    return intent


def attach(call: Call) -> Object:
    """One of Stripe's test methods (https://docs.stripe.com/testing), which is copied for the customer."""
    customer = call.get(call.params["customer"], "cus")
    if call.ids[0] not in _TEST_METHODS:
        raise missing("PaymentMethod", call.ids[0])
    return call.add(
        "pm", type="card", billing_details={}, customer=customer["id"], card=payments.DETAILS["card"],
        _hidden={"behaves": _TEST_METHODS[call.ids[0]]},
    )  # fmt: skip


def detach(call: Call) -> Object:
    return drop(call, call.get(call.ids[0], "pm"))


def drop(call: Call, saved: Object) -> Object:
    """By the API, or by the merchant on the dashboard."""
    saved["customer"] = None
    call.save(saved)
    call.emit("payment_method.detached", saved)
    return saved


def revoke_mandate(call: Call, saved: Object) -> Object:
    """The payer or their bank ends it."""
    [mandate] = call.all("mandate", payment_method=saved["id"])
    mandate["status"] = "inactive"
    call.save(mandate)
    call.emit("mandate.updated", mandate)
    return mandate


def authenticate(call: Call, intent: Object, *, confirmed: bool) -> None:
    """The payer answers the bank's question on its page."""
    intent["next_action"] = None
    saved = call.get(intent["payment_method"], "pm")
    charge = payments.attempt(call, intent, saved["type"], "succeeded" if confirmed else "authentication_failed")
    payments.book(call, charge)


def _confirm(call: Call, intent: Object) -> Object:
    """Raises StripeError where the bank declines, or wants the payer who is not there."""
    saved = call.get(intent["payment_method"], "pm")
    if saved["customer"] is None or saved["customer"] != intent["customer"]:
        raise invalid("The payment method is not attached to this customer.", param="payment_method")
    if any(one["status"] == "inactive" for one in call.all("mandate", payment_method=saved["id"])):
        raise invalid("The mandate is not active.", code="payment_intent_mandate_invalid")
    behaves = saved["_hidden"]["behaves"]
    if behaves == "authentication_required":
        return _wants_the_payer(call, intent)
    outcome = "pending" if saved["type"] == "sepa_debit" and behaves == "succeeded" else behaves
    charge = payments.attempt(call, intent, saved["type"], outcome)
    payments.book(call, charge)
    if charge["status"] == "failed":
        raise payments.declined(intent)
    return intent


def _wants_the_payer(call: Call, intent: Object) -> Object:
    if call.params.get("off_session"):
        payments.attempt(call, intent, "card", "authentication_required")
        intent["last_payment_error"] |= {"code": "authentication_required"}
        call.save(intent)
        raise payments.declined(intent)
    if "return_url" not in call.params:
        raise invalid("A `return_url` must be specified to confirm with this payment method.", param="return_url")
    redirect = {"url": f"{call.public_url}/authenticate/{intent['id']}", "return_url": call.params["return_url"]}
    intent |= {"status": "requires_action", "next_action": {"type": "redirect_to_url", "redirect_to_url": redirect}}
    call.save(intent)
    call.emit("payment_intent.requires_action", intent)
    return intent
