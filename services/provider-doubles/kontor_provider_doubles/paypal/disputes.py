"""Disputes, of which PayPal tells by webhook and by call (https://developer.paypal.com/docs/api/customer-disputes/v1/)."""

from datetime import timedelta
from typing import Literal

from kontor_provider_doubles.paypal.apps import new_id
from kontor_provider_doubles.paypal.calls import Call, rfc3339
from kontor_provider_doubles.store import Object

Decision = Literal["under_review", "won", "lost"]
_ANSWER_TIME = timedelta(days=10)


def begin(call: Call, capture: Object, reason: str, value: str | None) -> Object:
    dispute_id = f"PP-R-{new_id(3)}-{new_id(8)}"
    made = call.add(
        "dispute", id=dispute_id, dispute_id=dispute_id, reason=reason, status="WAITING_FOR_SELLER_RESPONSE",
        dispute_amount=capture["amount"] | ({"value": value} if value else {}),
        dispute_life_cycle_stage="CHARGEBACK", dispute_channel="INTERNAL",
        seller_response_due_date=rfc3339(call.now + _ANSWER_TIME),
        disputed_transactions=[{"seller_transaction_id": capture["id"], "custom": capture.get("custom_id", ""),
                                "seller": {"merchant_id": call.caller.account}}],
    )  # fmt: skip
    call.emit("CUSTOMER.DISPUTE.CREATED", "dispute", made)
    return made


def decide(call: Call, dispute: Object, decision: Decision) -> None:
    if decision == "under_review":
        dispute["status"] = "UNDER_REVIEW"
    else:
        favour = "RESOLVED_BUYER_FAVOUR" if decision == "lost" else "RESOLVED_SELLER_FAVOUR"
        dispute |= {"status": "RESOLVED", "dispute_outcome": {"outcome_code": favour}}
    dispute.pop("seller_response_due_date", None)
    call.save(dispute)
    call.emit(
        "CUSTOMER.DISPUTE.UPDATED" if decision == "under_review" else "CUSTOMER.DISPUTE.RESOLVED", "dispute", dispute
    )
