"""Payment intents, charges, and what the account's balance has of them."""

from typing import Any

from kontor_provider_doubles.behaviour import behaviour_of
from kontor_provider_doubles.store import Object
from kontor_provider_doubles.stripe.calls import Call
from kontor_provider_doubles.stripe.errors import card_error, invalid

# What Stripe keeps, by way to pay: percent of the amount, and minor units.
_FEES = {"card": (1.5, 25), "sepa_debit": (0.0, 35), "klarna": (2.99, 35), "paypal": (2.99, 35)}
_LEAST = {"eur": 50, "usd": 50, "gbp": 30, "chf": 50, "pln": 200, "czk": 1500, "sek": 300, "dkk": 250, "nok": 300,
          "huf": 17500, "aud": 50, "cad": 50, "nzd": 50}  # fmt: skip
_SENTENCES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
}
# By way to pay: what a charge and a saved method show of it.
DETAILS: dict[str, dict[str, Any]] = {
    "card": {"brand": "visa", "exp_month": 8, "exp_year": 2031, "funding": "credit", "last4": "4242", "country": "DE"},
    "sepa_debit": {"last4": "3000", "country": "DE", "bank_code": "37040044"},
    "klarna": {"payment_method_category": "pay_later", "preferred_locale": "de-DE"},
    "paypal": {"payer_email": "kunde@example.com"},
}


def must_be_payable(amount: int, currency: str, where: str) -> None:
    """Raises StripeError for a currency or an amount that Stripe does not take."""
    if currency not in _LEAST:
        raise invalid(f"Invalid currency: {currency}.", param=where)
    if amount < _LEAST[currency]:
        raise invalid(
            f"Amount must be at least {_LEAST[currency]} of the smallest unit of {currency}", param=where,
            code="amount_too_small",
        )  # fmt: skip


def new_intent(call: Call, amount: int, currency: str, methods: list[str], **values: Any) -> Object:
    made = call.add(
        "pi", amount=amount, amount_capturable=0, amount_received=0, currency=currency,
        capture_method="automatic_async", confirmation_method="automatic", payment_method_types=methods,
        status="requires_payment_method", **values,
    )  # fmt: skip
    call.emit("payment_intent.created", made)
    return made


def attempt(call: Call, intent: Object, method: str, outcome: str, *, wallet: str = "", settles: str = "") -> Object:
    """One attempt to charge: succeeded, pending, authentication_failed, or a decline code. The intent follows.

    `settles`: what will become of a pending charge by itself, succeeded or a failure code.
    """
    state = outcome if outcome in ("succeeded", "pending") else "failed"
    charge = _new_charge(call, intent, method, state, wallet)
    intent["latest_charge"] = charge["id"]
    if state == "succeeded":
        intent["status"], intent["amount_received"], intent["last_payment_error"] = "succeeded", intent["amount"], None
    elif state == "pending":
        intent["status"] = "processing"
        wait = behaviour_of(call.store, call.caller.account).settle_after_seconds
        charge["_hidden"] = {"settle_at": call.now + wait, "settle_as": settles or "succeeded"}
    else:
        _fail(call, intent, charge, outcome)
    call.save(charge)
    call.save(intent)
    call.emit(f"charge.{state}", charge)
    names = {"succeeded": "succeeded", "pending": "processing", "failed": "payment_failed"}
    call.emit(f"payment_intent.{names[state]}", intent)
    return charge


def settle(call: Call, charge: Object, outcome: str) -> None:
    """A pending charge arrives, or fails with the code."""
    intent = call.get(charge["payment_intent"], "pi")
    charge.pop("_hidden", None)
    if outcome == "succeeded":
        charge |= {"status": "succeeded", "paid": True, "captured": True, "amount_captured": charge["amount"]}
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
    else:
        charge["status"] = "failed"
        _fail(call, intent, charge, outcome)
    call.save(charge)
    call.save(intent)
    call.emit(f"charge.{charge['status']}", charge)
    call.emit(f"payment_intent.{'succeeded' if outcome == 'succeeded' else 'payment_failed'}", intent)


def book(call: Call, charge: Object) -> None:
    """The balance transaction of a charge comes after it (automatic_async), with an event of its own."""
    if charge["status"] != "succeeded" or charge["balance_transaction"]:
        return
    method = charge["payment_method_details"]["type"]
    percent, fixed = _FEES[method]
    fee = round(charge["amount"] * percent / 100) + fixed
    entry = new_entry(
        call, charge["amount"], fee, "charge" if method == "card" else "payment", charge["id"], charge["currency"]
    )
    charge["balance_transaction"] = entry["id"]
    call.save(charge)
    call.emit("charge.updated", charge)


def new_entry(call: Call, amount: int, fee: int, kind: str, source: str, currency: str) -> Object:
    """A balance transaction."""
    details = [{"amount": fee, "application": None, "currency": currency, "description": "Stripe processing fees",
                "type": "stripe_fee"}] if fee else []  # fmt: skip
    return call.add(
        "txn", amount=amount, fee=fee, net=amount - fee, type=kind, reporting_category=kind, source=source,
        currency=currency, available_on=call.now, status="available", balance_type="payments", fee_details=details,
        _hidden={"payout": None},
    )  # fmt: skip


def _new_charge(call: Call, intent: Object, method: str, state: str, wallet: str) -> Object:
    prefix = "ch" if method == "card" else "py"
    details = dict(DETAILS[method])
    if wallet:
        details["wallet"] = {"type": wallet}
    succeeded = state == "succeeded"
    return call.add(
        "ch", id=call.new_id(prefix), amount=intent["amount"], amount_captured=intent["amount"] if succeeded else 0,
        amount_refunded=0, captured=succeeded, paid=state != "failed", currency=intent["currency"], status=state,
        billing_details={}, description=intent["description"], metadata=intent["metadata"],
        payment_intent=intent["id"], customer=intent["customer"],
        payment_method=intent["payment_method"] or call.new_id("pm"),
        payment_method_details={"type": method, method: details},
    )  # fmt: skip


def _fail(call: Call, intent: Object, charge: Object, outcome: str) -> None:
    method = charge["payment_method_details"]["type"]
    intent["status"] = "requires_payment_method"
    if outcome == "authentication_failed":
        code, decline, said = "payment_intent_authentication_failure", "", "The payer did not confirm the payment."
    elif method == "card":
        code, decline = ("expired_card", "expired_card") if outcome == "expired_card" else ("card_declined", outcome)
        said = _SENTENCES.get(outcome, _SENTENCES["generic_decline"])
    else:
        code, decline, said = "payment_intent_payment_attempt_failed", "", "The bank refused the payment."
        charge["failure_code"] = outcome
    charge["failure_code"] = charge["failure_code"] or code
    charge["failure_message"] = said
    charge["outcome"] = {"type": "issuer_declined", "reason": decline or None, "network_status": "declined_by_network"}
    intent["last_payment_error"] = {
        "type": "card_error", "code": code, "decline_code": decline or None, "message": said, "charge": charge["id"]
    }  # fmt: skip


def declined(intent: Object) -> Exception:
    """What a call that confirms a payment answers when it was declined."""
    error = intent["last_payment_error"]
    return card_error(error["code"], error["message"], decline_code=error["decline_code"] or "", payment_intent=intent)
