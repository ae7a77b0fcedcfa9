"""PayPal's orders, captures, refunds and disputes as reports. Pure; the dicts are PayPal's JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentMethod
from kontor_payments.providers.paypal.amounts import minor_of
from kontor_payments.providers.protocol import (
    CheckoutReport,
    CheckoutState,
    DisputeReport,
    PaymentReport,
    RefundReport,
    SavedMethod,
    SetupReport,
)
from kontor_payments.receivables.ledger import ReportedState

Object = Mapping[str, Any]

# The payer has so long to approve an order; PayPal deletes it afterwards.
_APPROVAL_TIME = timedelta(hours=3)
_ORDER_STATES: Mapping[str, CheckoutState] = {
    "CREATED": "open", "SAVED": "open", "PAYER_ACTION_REQUIRED": "open", "APPROVED": "approved",
    "COMPLETED": "completed", "VOIDED": "cancelled",
}  # fmt: skip
_CAPTURE_STATES: Mapping[str, ReportedState] = {
    "COMPLETED": "succeeded", "PARTIALLY_REFUNDED": "succeeded", "REFUNDED": "succeeded",
    "PENDING": "pending", "DECLINED": "failed", "FAILED": "failed",
}  # fmt: skip
# So many days until a bank account that the payer pays from is debited; of other reasons PayPal names no time.
_ECHECK_DAYS = 6
_REFUND_STATES: Mapping[str, Literal["pending", "succeeded", "failed"]] = {
    "COMPLETED": "succeeded", "PENDING": "pending", "FAILED": "failed", "CANCELLED": "failed"
}  # fmt: skip
_DISPUTE_STATES: Mapping[str, Literal["needs_response", "under_review"]] = {
    "OPEN": "needs_response", "WAITING_FOR_SELLER_RESPONSE": "needs_response",
}  # fmt: skip
_LOST = frozenset({"RESOLVED_BUYER_FAVOUR", "ACCEPTED"})
# Of a capture that PayPal refused, by its issue; others are declined.
_FAILURES: Mapping[str, FailureCode] = {
    "INSTRUMENT_DECLINED": FailureCode.DECLINED,
    "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING": FailureCode.DECLINED,
    "PAYER_ACTION_REQUIRED": FailureCode.AUTHENTICATION_FAILED,
    "TRANSACTION_LIMIT_EXCEEDED": FailureCode.INSUFFICIENT_FUNDS,
    "REFERENCED_CARD_EXPIRED": FailureCode.CARD_EXPIRED,
    "CARD_EXPIRED": FailureCode.CARD_EXPIRED,
}
# The payer can choose another way to pay on the same page of PayPal's.
CHOOSE_AGAIN = frozenset({"INSTRUMENT_DECLINED", "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", "PAYER_ACTION_REQUIRED"})
# This payer cannot pay this merchant through PayPal.
NEVER = frozenset(
    {
        "PAYER_CANNOT_PAY", "PAYER_ACCOUNT_RESTRICTED", "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "TRANSACTION_REFUSED",
        "COMPLIANCE_VIOLATION", "PAYEE_BLOCKED_TRANSACTION", "TRANSACTION_BLOCKED_BY_PAYEE",
        "TRANSACTION_LIMIT_EXCEEDED", "TRANSACTION_RECEIVING_LIMIT_EXCEEDED", "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
        "DOMESTIC_TRANSACTION_REQUIRED", "REFERENCED_CARD_EXPIRED", "CARD_EXPIRED",
    }
)  # fmt: skip
# The payer has taken the saved account away at PayPal.
GONE = frozenset({"AGREEMENT_ALREADY_CANCELLED", "BILLING_AGREEMENT_NOT_FOUND", "TOKEN_ID_NOT_FOUND"})


def order_report(order: Object, disputes: Sequence[Object] = ()) -> CheckoutReport:
    unit = order["purchase_units"][0]
    money = unit.get("payments") or {}
    captures, created = money.get("captures") or [], order.get("create_time")
    state = _ORDER_STATES.get(order["status"], "open")
    return CheckoutReport(
        provider_id=order["id"],
        reference=unit.get("custom_id") or "",
        state=state,
        redirect_url=link(order, "payer-action") or link(order, "approve"),
        expires_at=instant(created) + _APPROVAL_TIME if created and state == "open" else None,
        payments=[payment_report(capture, disputes) for capture in captures],
        refunds=[refund_report(refund, captures[0]["id"]) for refund in money.get("refunds") or []],
        disputes=[dispute_report(dispute) for dispute in disputes],
    )


def payment_report(capture: Object, disputes: Sequence[Object] = ()) -> PaymentReport:
    amount, state = capture["amount"], _CAPTURE_STATES.get(capture["status"], "pending")
    lost = any(_is_lost(dispute) and _takes_all(dispute, [capture]) for dispute in disputes)
    if state == "succeeded" and capture["status"] != "REFUNDED" and lost:
        state = "reversed"
    fee, net = _kept(capture)
    started = instant(capture["create_time"])
    return PaymentReport(
        id=capture["id"],
        state=state,
        amount_minor=minor_of(amount),
        currency=amount["currency_code"],
        method=PaymentMethod.PAYPAL,
        failure=FailureCode.CHARGED_BACK if state == "reversed" else FailureCode.DECLINED if state == "failed" else "",
        initiated_at=started,
        settled_at=instant(capture.get("update_time") or capture["create_time"])
        if state in ("succeeded", "reversed")
        else None,
        expected_on=_expected_on(capture, started) if state == "pending" else None,
        fee_minor=fee,
        net_minor=net,
    )


def declined(order: Object, issue: str) -> CheckoutReport:
    """PayPal took no money for an order that the payer had approved, and made no capture that it would show."""
    report = order_report(order)
    amount = order["purchase_units"][0]["amount"]
    attempt = PaymentReport(
        # One attempt per approval.
        id=f"{order['id']}-{order.get('update_time') or order['create_time']}",
        state="failed",
        amount_minor=minor_of(amount),
        currency=amount["currency_code"],
        method=PaymentMethod.PAYPAL,
        failure=_FAILURES.get(issue, FailureCode.DECLINED),
        initiated_at=instant(order.get("update_time") or order["create_time"]),
        settled_at=None,
        expected_on=None,
    )
    return replace(report, state="requires_action" if issue in CHOOSE_AGAIN else "cancelled", payments=[attempt])


def refund_report(refund: Object, payment_id: str) -> RefundReport:
    """`payment_id` is that of the order's capture, for a refund that does not name its own."""
    return RefundReport(
        id=refund["id"],
        reference=refund.get("custom_id") or "",
        payment_id=last_part(link(refund, "up")) or payment_id,
        amount_minor=minor_of(refund["amount"]),
        state=_REFUND_STATES.get(refund["status"], "pending"),
    )


def dispute_report(dispute: Object) -> DisputeReport:
    """https://developer.paypal.com/docs/api/customer-disputes/v1/#disputes_get"""
    over = dispute["status"] == "RESOLVED"
    state = _DISPUTE_STATES.get(dispute["status"], "under_review")
    due = dispute.get("seller_response_due_date")
    return DisputeReport(
        id=dispute["dispute_id"],
        payment_id=disputed_capture(dispute),
        amount_minor=minor_of(dispute["dispute_amount"]),
        state=("lost" if _is_lost(dispute) else "won") if over else state,
        reason=dispute.get("reason") or "",
        respond_by=instant(due) if due and not over and state == "needs_response" else None,
    )


def disputed_capture(dispute: Object) -> str:
    return str((dispute.get("disputed_transactions") or [{}])[0].get("seller_transaction_id") or "")


def setup_report(token: Object, reference: str, saved: SavedMethod | None = None) -> SetupReport:
    """`reference`: the one that we started the setup with. PayPal does not store it, so its answers do not contain it."""
    return SetupReport(
        provider_id=token["id"],
        reference=reference,
        state="completed" if saved else "open",
        redirect_url=link(token, "approve") or link(token, "payer-action"),
        saved=saved,
    )


def saved_method(token: Object) -> SavedMethod:
    """`token` is a payment token of the vault."""
    return SavedMethod(
        id=token["id"],
        customer_id=token["customer"]["id"],
        method=PaymentMethod.PAYPAL,
        label=token["payment_source"]["paypal"].get("email_address") or "PayPal",
    )


def link(about: Object, rel: str) -> str:
    return next((str(one["href"]) for one in about.get("links") or [] if one["rel"] == rel), "")


def last_part(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _kept(capture: Object) -> tuple[int | None, int | None]:
    """Fee and net, if PayPal says them in the payment's currency."""
    told = capture.get("seller_receivable_breakdown") or {}
    fee, net = told.get("paypal_fee"), told.get("net_amount")
    if not fee or not net or {fee["currency_code"], net["currency_code"]} != {capture["amount"]["currency_code"]}:
        return None, None
    return minor_of(fee), minor_of(net)


def _expected_on(capture: Object, started: datetime) -> date | None:
    reason = (capture.get("status_details") or {}).get("reason")
    return (started + timedelta(days=_ECHECK_DAYS)).date() if reason == "ECHECK" else None


def _is_lost(dispute: Object) -> bool:
    outcome = (dispute.get("dispute_outcome") or {}).get("outcome_code")
    return dispute["status"] == "RESOLVED" and outcome in _LOST


def _takes_all(dispute: Object, captures: Sequence[Object]) -> bool:
    mine = next((one for one in captures if one["id"] == disputed_capture(dispute)), None)
    return mine is not None and minor_of(dispute["dispute_amount"]) >= minor_of(mine["amount"])
