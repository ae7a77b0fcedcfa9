"""What a report about a dispute changes, and what providers' reasons mean. Pure."""

from datetime import datetime

from kontor.payments.v1.payments_pb2_codes import DisputeReason, DisputeState
from kontor_payments.providers.protocol import DisputeReport

DECIDED = frozenset({DisputeState.WON, DisputeState.LOST})
_RANK = {DisputeState.NEEDS_RESPONSE: 1, DisputeState.UNDER_REVIEW: 2}
# Stripe's and PayPal's codes, in lower case.
_REASONS = {
    "fraudulent": DisputeReason.FRAUDULENT,
    "unauthorised": DisputeReason.FRAUDULENT,
    "debit_not_authorized": DisputeReason.FRAUDULENT,
    "unrecognized": DisputeReason.UNRECOGNISED,
    "product_not_received": DisputeReason.NOT_RECEIVED,
    "merchandise_or_service_not_received": DisputeReason.NOT_RECEIVED,
    "product_unacceptable": DisputeReason.NOT_AS_DESCRIBED,
    "merchandise_or_service_not_as_described": DisputeReason.NOT_AS_DESCRIBED,
    "duplicate": DisputeReason.DUPLICATE,
    "duplicate_transaction": DisputeReason.DUPLICATE,
    "payment_by_other_means": DisputeReason.DUPLICATE,
    "incorrect_amount": DisputeReason.WRONG_AMOUNT,
    "credit_not_processed": DisputeReason.CREDIT_NOT_PROCESSED,
    "subscription_canceled": DisputeReason.SUBSCRIPTION_CANCELLED,
    "canceled_recurring_billing": DisputeReason.SUBSCRIPTION_CANCELLED,
    "bank_cannot_process": DisputeReason.RETURNED_DEBIT,
    "incorrect_account_details": DisputeReason.RETURNED_DEBIT,
    "insufficient_funds": DisputeReason.RETURNED_DEBIT,
}


def dispute_reason(code: str) -> DisputeReason:
    """What the provider calls it, in the contract's codes."""
    return _REASONS.get(code.lower(), DisputeReason.OTHER)


def is_news(state: str, respond_by: datetime | None, report: DisputeReport) -> bool:
    """Whether the report says more than is known: a decision stands, a first deadline counts, a later one is a new round, an
    answer ends a round."""
    if state in DECIDED:
        return False
    if report.state in DECIDED:
        return True
    if report.respond_by and respond_by and report.respond_by != respond_by:
        return report.respond_by > respond_by
    if report.respond_by and not respond_by and report.state == state:
        return True
    return _RANK[DisputeState(report.state)] > _RANK[DisputeState(state)]
