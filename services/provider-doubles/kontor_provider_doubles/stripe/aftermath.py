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
    """The money goes at once; a returned direct debit is lost from the start, and nobody can answer it."""
    amount = amount or charge["amount"] - charge["amount_refunded"] or charge["amount"]
    open_ = state in ("needs_response", "warning_needs_response")
    made = call.add(
        "du", amount=amount, charge=charge["id"], currency=charge["currency"], reason=reason, status=state,
        payment_intent=charge["payment_intent"], balance_transactions=[], enhanced_eligibility_types=[], evidence={},
        evidence_details={"due_by": call.now + 7 * _DAY if open_ else None, "submission_count": 0,
                          "submission_method": "manual", "enhanced_eligibility": {}},
        is_charge_refundable=False,
    )  # fmt: skip
    charge["disputed"] = True
    call.save(charge)
    payments.new_entry(call, -amount, _DISPUTE_FEE, "adjustment", made["id"], charge["currency"])
    call.emit("charge.dispute.created", made)
    call.emit("charge.dispute.funds_withdrawn", made)
    if state == "lost":
        call.emit("charge.dispute.closed", made)
    return made


def decide(call: Call, one: Object, state: str) -> None:
    """under_review once the merchant has answered; won or lost in the end. What is won comes back."""
    one["status"] = state
    one["evidence_details"]["due_by"] = None
    call.save(one)
    if state == "won":
        payments.new_entry(call, one["amount"], 0, "adjustment", one["id"], one["currency"])
        call.emit("charge.dispute.funds_reinstated", one)
    call.emit("charge.dispute.updated" if state == "under_review" else "charge.dispute.closed", one)


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
