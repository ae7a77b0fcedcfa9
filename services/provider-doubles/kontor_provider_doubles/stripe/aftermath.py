"""What follows a payment: refunds, disputes, payouts."""

from typing import Any

from kontor_provider_doubles.store import Object
from kontor_provider_doubles.stripe import payments
from kontor_provider_doubles.stripe.calls import Call
from kontor_provider_doubles.stripe.errors import invalid

_DAY = 24 * 3600
_DISPUTE_FEE = 2000


def create_refund(call: Call) -> Object:
    params = call.params
    charge_id = params.get("charge")
    if charge_id is None and "payment_intent" in params:
        charge_id = call.get(params["payment_intent"], "pi")["latest_charge"]
    if charge_id is None:
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    charge = call.get(charge_id, "ch")
    state = (charge.get("_hidden") or {}).get("refund_as", "succeeded")
    return refund(call, charge, params.get("amount"), params.get("metadata", {}), state=state)


def refund(call: Call, charge: Object, amount: int | None, metadata: dict[str, Any], *, state: str) -> Object:
    """Raises StripeError for more than is left of the charge."""
    left = charge["amount_captured"] - charge["amount_refunded"]
    if not left:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise invalid(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount")
    made = call.add(
        "re", amount=amount, charge=charge["id"], currency=charge["currency"], metadata=metadata,
        payment_intent=charge["payment_intent"], status="pending" if state == "pending" else "succeeded",
    )  # fmt: skip
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    call.save(charge)
    kind = "refund" if charge["payment_method_details"]["type"] == "card" else "payment_refund"
    made["balance_transaction"] = payments.new_entry(call, -amount, 0, kind, made["id"], charge["currency"])["id"]
    call.save(made)
    call.emit("refund.created", made)
    call.emit("charge.refunded", charge)
    if state == "failed":
        fail_refund(call, made)
    return made


def end_refund(call: Call, one: Object, state: str) -> None:
    """A refund that was pending has arrived, or failed."""
    if state == "failed":
        fail_refund(call, one)
        return
    one["status"] = "succeeded"
    call.save(one)
    call.emit("refund.updated", one)


def fail_refund(call: Call, one: Object) -> None:
    """The payer's bank could not book it: the money is back in the account's balance."""
    charge = call.get(one["charge"], "ch")
    charge |= {"amount_refunded": charge["amount_refunded"] - one["amount"], "refunded": False}
    call.save(charge)
    entry = payments.new_entry(call, one["amount"], 0, "refund_failure", one["id"], one["currency"])
    one |= {
        "status": "failed",
        "failure_reason": "expired_or_canceled_card",
        "failure_balance_transaction": entry["id"],
    }
    call.save(one)
    call.emit("refund.failed", one)


def dispute(call: Call, charge: Object, state: str, reason: str, amount: int | None = None) -> Object:
    """The money goes at once, except for an inquiry; a returned direct debit is lost from the start, and nobody can answer it."""
    amount = amount or charge["amount"] - charge["amount_refunded"] or charge["amount"]
    made = call.add(
        "du", amount=amount, charge=charge["id"], currency=charge["currency"], reason=reason, status=state,
        payment_intent=charge["payment_intent"], balance_transactions=[], enhanced_eligibility_types=[], evidence={},
        evidence_details={"due_by": _due(call, state), "submission_count": 0, "submission_method": "manual",
                          "enhanced_eligibility": {}},
        is_charge_refundable=_is_inquiry(state),
    )  # fmt: skip
    charge["disputed"] = True
    call.save(charge)
    call.emit("charge.dispute.created", made)
    if not _is_inquiry(state):
        _withdraw(call, made)
    if state == "lost":
        call.emit("charge.dispute.closed", made)
    return made


def decide(call: Call, one: Object, state: str) -> None:
    """under_review once the merchant has answered, needs_response where an inquiry becomes a dispute; won or lost in the end.
    What is won comes back."""
    escalates = _is_inquiry(one["status"]) and not _is_inquiry(state)
    one["status"] = state
    one["evidence_details"]["due_by"] = _due(call, state)
    call.save(one)
    if escalates:
        _withdraw(call, one)
    if state == "won":
        _book(call, one, one["amount"], 0)
        call.emit("charge.dispute.funds_reinstated", one)
    over = state in ("won", "lost", "warning_closed")
    call.emit("charge.dispute.closed" if over else "charge.dispute.updated", one)


def _due(call: Call, state: str) -> int | None:
    return call.now + 7 * _DAY if state in ("needs_response", "warning_needs_response") else None


def _is_inquiry(state: str) -> bool:
    return state.startswith("warning_")


def _withdraw(call: Call, one: Object) -> None:
    one["is_charge_refundable"] = False
    _book(call, one, -one["amount"], _DISPUTE_FEE)
    call.emit("charge.dispute.funds_withdrawn", one)


def _book(call: Call, one: Object, amount: int, fee: int) -> None:
    entry = payments.new_entry(call, amount, fee, "adjustment", one["id"], one["currency"])
    one["balance_transactions"] = [*one["balance_transactions"], entry]
    call.save(one)


def pay_out(call: Call, currency: str) -> Object:
    """Everything in the balance that was not paid out yet. Raises StripeError where there is nothing."""
    entries = [one for one in call.all("txn", currency=currency) if one["_hidden"]["payout"] is None]
    amount = sum(one["net"] for one in entries)
    if amount <= 0:
        raise invalid(
            "You have insufficient funds in your Stripe account for this payout.", code="balance_insufficient"
        )
    made = call.add(
        "po", amount=amount, currency=currency, arrival_date=call.now + 2 * _DAY, automatic=True, method="standard",
        reconciliation_status="completed", source_type="card", status="in_transit", type="bank_account",
    )  # fmt: skip
    own = payments.new_entry(call, -amount, 0, "payout", made["id"], currency)
    for entry in (*entries, own):
        entry["_hidden"]["payout"] = made["id"]
        call.save(entry)
    made["balance_transaction"] = own["id"]
    call.save(made)
    call.emit("payout.created", made)
    call.emit("payout.reconciliation_completed", made)
    return made


def end_payout(call: Call, one: Object, state: str) -> None:
    one["status"] = state
    if state == "failed":
        one["failure_code"] = "account_closed"
    call.save(one)
    call.emit(f"payout.{state}", one)
