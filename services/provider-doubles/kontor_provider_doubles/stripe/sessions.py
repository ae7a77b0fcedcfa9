"""Checkout Sessions: made and ended over the API, paid on the hosted page."""

from typing import Any

from kontor_provider_doubles.store import Object
from kontor_provider_doubles.stripe import payments
from kontor_provider_doubles.stripe.calls import Call
from kontor_provider_doubles.stripe.errors import invalid

_EURO_ONLY = {"sepa_debit"}
# What an account has switched on in its dashboard.
ACTIVE = ("card", "sepa_debit", "klarna", "paypal")
_DAY = 24 * 3600


def create(call: Call) -> Object:
    params = call.params
    mode = params.get("mode")
    if mode not in ("payment", "setup"):
        raise invalid("Missing required param: mode.", param="mode", code="parameter_missing")
    for name in ("success_url", *(["line_items"] if mode == "payment" else [])):
        if not params.get(name):
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    amount, currency = _sum(params) if mode == "payment" else (None, params.get("currency"))
    methods = _methods(params, currency or "eur")
    session_id = call.new_id("cs")
    return call.add(
        "cs", id=session_id, mode=mode, amount_total=amount, amount_subtotal=amount, currency=currency,
        payment_method_types=methods, allowed_payment_method_types=params.get("allowed_payment_method_types"),
        status="open", payment_status="unpaid" if mode == "payment" else "no_payment_required",
        expires_at=_expiry(call), automatic_tax={"enabled": False}, custom_text={}, payment_method_options={},
        url=f"{call.public_url}/pay/{session_id}", ui_mode="hosted_page",
        _hidden={"payment": params.get("payment_intent_data", {}), "setup": params.get("setup_intent_data", {})},
        **{name: params.get(name) for name in
           ("success_url", "cancel_url", "locale", "client_reference_id", "customer_email", "customer")},
        metadata=params.get("metadata", {}),
    )  # fmt: skip


def retrieve(call: Call) -> Object:
    return call.get(call.ids[0], "cs")


def expire(call: Call) -> Object:
    session = call.get(call.ids[0], "cs")
    if session["status"] != "open":
        raise invalid(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of '
            f"`{session['status']}`."
        )
    return end(call, session)


def end(call: Call, session: Object) -> Object:
    session |= {"status": "expired", "url": None}
    call.save(session)
    call.emit("checkout.session.expired", session)
    return session


def pay(call: Call, session: Object, method: str, outcome: str, *, wallet: str = "", settles: str = "") -> Object:
    """The payer's attempt on the hosted page."""
    intent = _intent(call, session, method)
    charge = payments.attempt(call, intent, method, outcome, wallet=wallet, settles=settles)
    if charge["status"] != "failed":
        paid = charge["status"] == "succeeded"
        session |= {"status": "complete", "payment_status": "paid" if paid else "unpaid", "url": None}
        session["customer_details"] = {"email": session["customer_email"], "tax_exempt": "none"}
        call.save(session)
        call.emit("checkout.session.completed", session)
    payments.book(call, charge)
    return charge


def settle(call: Call, charge: Object, outcome: str) -> None:
    """Money that was on its way arrives or fails; the session follows."""
    payments.settle(call, charge, outcome)
    for session in call.all("cs", payment_intent=charge["payment_intent"]):
        if outcome == "succeeded":
            session["payment_status"] = "paid"
            call.save(session)
        call.emit(f"checkout.session.async_payment_{'succeeded' if outcome == 'succeeded' else 'failed'}", session)
    payments.book(call, charge)


def _intent(call: Call, session: Object, method: str) -> Object:
    """The session's payment intent; as at Stripe, it is created when the payer first confirms."""
    if session["payment_intent"]:
        return call.get(session["payment_intent"], "pi")
    data = session["_hidden"]["payment"]
    intent = payments.new_intent(
        call, session["amount_total"], session["currency"], session["payment_method_types"],
        description=data.get("description"), metadata=data.get("metadata", {}), customer=session["customer"],
        setup_future_usage=data.get("setup_future_usage"),
    )  # fmt: skip
    session["payment_intent"] = intent["id"]
    call.save(session)
    return intent


def _sum(params: Any) -> tuple[int, str]:
    prices = [(item, item.get("price_data") or {}) for item in params["line_items"]]
    for number, (_, price) in enumerate(prices):
        where = f"line_items[{number}][price_data]"
        if "currency" not in price or "unit_amount" not in price or "product_data" not in price:
            raise invalid(f"Missing required param: {where}.", param=where, code="parameter_missing")
    currency = prices[0][1]["currency"]
    amount = sum(price["unit_amount"] * item.get("quantity", 1) for item, price in prices)
    payments.must_be_payable(amount, currency, "line_items[0][price_data][unit_amount]")
    return amount, currency


def _methods(params: Any, currency: str) -> list[str]:
    allowed = params.get("allowed_payment_method_types") or list(ACTIVE)
    found = [one for one in allowed if one in ACTIVE and (currency == "eur" or one not in _EURO_ONLY)]
    if not found:
        raise invalid(
            "No valid payment method types for this Checkout Session. Please ensure that you have activated payment "
            "methods compatible with your chosen currency in your dashboard.", param="allowed_payment_method_types",
        )  # fmt: skip
    return found


def _expiry(call: Call) -> int:
    wanted: int = call.params.get("expires_at", call.now + _DAY)
    if not call.now + 30 * 60 - 5 <= wanted <= call.now + _DAY:
        raise invalid("`expires_at` must be between 30 minutes and 24 hours from now.", param="expires_at")
    return wanted
