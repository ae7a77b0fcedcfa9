"""Stripe's objects as reports. Pure; the dicts are Stripe's JSON, amounts in minor units as here."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentMethod
from kontor_payments.providers.protocol import (
    CheckoutReport,
    CheckoutState,
    DisputeReport,
    PaymentReport,
    PayoutItem,
    PayoutReport,
    RefundReport,
    SavedMethod,
    SetupReport,
)
from kontor_payments.providers.stripe.access import REFERENCE
from kontor_payments.receivables.ledger import ReportedState

Object = Mapping[str, Any]

_SESSION_STATES: Mapping[str, CheckoutState] = {"open": "open", "complete": "completed", "expired": "expired"}
# requires_payment_method: a charge of a saved method that was declined; nobody can pay it any more.
_INTENT_STATES: Mapping[str, CheckoutState] = {
    "succeeded": "completed", "processing": "completed", "requires_action": "requires_action",
    "canceled": "cancelled", "requires_payment_method": "cancelled",
}  # fmt: skip
_REFUND_STATES: Mapping[str, Literal["pending", "succeeded", "failed"]] = {
    "succeeded": "succeeded", "failed": "failed", "canceled": "failed"
}  # fmt: skip
_DISPUTE_STATES: Mapping[str, Literal["needs_response", "under_review", "won", "lost"]] = {
    "needs_response": "needs_response", "warning_needs_response": "needs_response",
    "appeal_needs_response": "needs_response",
    "under_review": "under_review", "warning_under_review": "under_review", "appeal_under_review": "under_review",
    "won": "won", "warning_closed": "won", "prevented": "won", "lost": "lost",
}  # fmt: skip
# https://docs.stripe.com/declines/codes, and failure codes of bank debits.
_FAILURES: Mapping[str, FailureCode] = {
    "insufficient_funds": FailureCode.INSUFFICIENT_FUNDS,
    "withdrawal_count_limit_exceeded": FailureCode.INSUFFICIENT_FUNDS,
    "card_velocity_exceeded": FailureCode.INSUFFICIENT_FUNDS,
    "expired_card": FailureCode.CARD_EXPIRED,
    "invalid_expiry_month": FailureCode.CARD_EXPIRED,
    "invalid_expiry_year": FailureCode.CARD_EXPIRED,
    "authentication_required": FailureCode.AUTHENTICATION_FAILED,
    "authentication_not_handled": FailureCode.AUTHENTICATION_FAILED,
    "payment_intent_authentication_failure": FailureCode.AUTHENTICATION_FAILED,
    "setup_intent_authentication_failure": FailureCode.AUTHENTICATION_FAILED,
    "card_declined": FailureCode.CARD_DECLINED,
    "debit_not_authorized": FailureCode.RETURNED_BY_BANK,
    "account_closed": FailureCode.RETURNED_BY_BANK,
    "bank_account_restricted": FailureCode.RETURNED_BY_BANK,
    "refer_to_customer": FailureCode.RETURNED_BY_BANK,
    "recipient_deceased": FailureCode.RETURNED_BY_BANK,
    "no_account": FailureCode.RETURNED_BY_BANK,
    "payment_method_customer_decline": FailureCode.ABANDONED,
    "payment_intent_payment_attempt_expired": FailureCode.EXPIRED,
}
_WALLETS = {"apple_pay": PaymentMethod.APPLE_PAY, "google_pay": PaymentMethod.GOOGLE_PAY}
# A direct debit that is on its way has arrived after so many days on which banks work.
_DEBIT_DAYS = 5
_KINDS: Mapping[str, Literal["payment", "refund", "fee"]] = {
    "charge": "payment", "payment": "payment", "refund": "refund", "payment_refund": "refund",
    "refund_failure": "refund", "payment_failure_refund": "refund", "stripe_fee": "fee", "stripe_fx_fee": "fee",
    "application_fee": "fee", "tax_fee": "fee", "network_cost": "fee",
}  # fmt: skip
_PAYOUT_STATES: Mapping[str, Literal["pending", "in_transit", "paid", "failed", "cancelled"]] = {
    "pending": "pending", "in_transit": "in_transit", "paid": "paid", "failed": "failed", "canceled": "cancelled"
}  # fmt: skip


def session_report(
    session: Object, charges: Sequence[Object], refunds: Sequence[Object], disputes: Sequence[Object]
) -> CheckoutReport:
    """A Checkout Session with every attempt to pay it."""
    return CheckoutReport(
        provider_id=session["id"],
        reference=session["client_reference_id"] or "",
        state=_SESSION_STATES[session["status"]],
        redirect_url=session["url"] or "",
        expires_at=instant(session["expires_at"]),
        payments=[payment_report(charge, disputes) for charge in charges],
        refunds=[refund_report(refund) for refund in refunds],
        disputes=[dispute_report(dispute) for dispute in disputes],
    )


def intent_report(
    intent: Object, charges: Sequence[Object], refunds: Sequence[Object], disputes: Sequence[Object]
) -> CheckoutReport:
    """A charge of a saved method; where the customer must confirm it, with the address where they can."""
    action = (intent["next_action"] or {}).get("redirect_to_url") or {}
    return CheckoutReport(
        provider_id=intent["id"],
        reference=intent["metadata"].get(REFERENCE, ""),
        state=_INTENT_STATES.get(intent["status"], "open"),
        redirect_url=action.get("url") or "",
        expires_at=None,
        payments=[payment_report(charge, disputes) for charge in charges],
        refunds=[refund_report(refund) for refund in refunds],
        disputes=[dispute_report(dispute) for dispute in disputes],
    )


def payment_report(charge: Object, disputes: Sequence[Object] = ()) -> PaymentReport:
    """`charge` with its balance transaction expanded, where it has one."""
    lost = any(one["charge"] == charge["id"] and one["status"] == "lost" for one in disputes)
    entry = charge["balance_transaction"]
    known = isinstance(entry, Mapping) and entry["currency"] == charge["currency"]
    started, state = instant(charge["created"]), _state(charge, lost=lost)
    return PaymentReport(
        id=charge["id"],
        state=state,
        amount_minor=charge["amount"],
        currency=charge["currency"].upper(),
        method=method_of(charge["payment_method_details"] or {}),
        failure=_failure(charge, lost=lost),
        initiated_at=started,
        settled_at=(instant(entry["created"]) if isinstance(entry, Mapping) else started)
        if state in ("succeeded", "reversed")
        else None,
        expected_on=_expected_on(started.date()) if state == "pending" else None,
        fee_minor=entry["fee"] if known else None,
        net_minor=entry["net"] if known else None,
    )


def refund_report(refund: Object) -> RefundReport:
    return RefundReport(
        id=refund["id"],
        reference=(refund["metadata"] or {}).get(REFERENCE, ""),
        payment_id=refund["charge"] or "",
        amount_minor=refund["amount"],
        state=_REFUND_STATES.get(refund["status"] or "", "pending"),
    )


def dispute_report(dispute: Object) -> DisputeReport:
    state = _DISPUTE_STATES.get(dispute["status"], "under_review")
    due = dispute["evidence_details"].get("due_by")
    return DisputeReport(
        id=dispute["id"],
        payment_id=dispute["charge"],
        amount_minor=dispute["amount"],
        state=state,
        reason=dispute["reason"],
        respond_by=instant(due) if due and state == "needs_response" else None,
        # https://docs.stripe.com/disputes/how-disputes-work#inquiries: Stripe withdraws nothing for it.
        is_inquiry=dispute["status"].startswith("warning_"),
    )


def payout_report(payout: Object, entries: Sequence[Object]) -> PayoutReport:
    """`entries` are the balance transactions in it; the payout's own entry among them is left out."""
    return PayoutReport(
        id=payout["id"],
        amount_minor=payout["amount"],
        currency=payout["currency"].upper(),
        state=_PAYOUT_STATES[payout["status"]],
        arrives_on=instant(payout["arrival_date"]).date(),
        items=[_item(entry) for entry in entries if entry["type"] != "payout"],
    )


def setup_report(session: Object) -> SetupReport:
    """A Checkout Session in setup mode, with setup_intent.payment_method and setup_intent.mandate expanded."""
    intent, state = session["setup_intent"] or {}, session["status"]
    saved = intent.get("payment_method") if intent.get("status") == "succeeded" else None
    return SetupReport(
        provider_id=session["id"],
        reference=session["client_reference_id"] or "",
        state="completed"
        if saved
        else "expired"
        if state == "expired"
        else "failed"
        if state == "complete"
        else "open",
        redirect_url=session["url"] or "",
        saved=_saved(saved, session["customer"], intent.get("mandate")) if saved else None,
    )


def gone_method(event_type: str, about: Object) -> str:
    """The payment method that an event says can no longer be charged, for good; empty where it says no such thing."""
    if event_type == "payment_method.detached":
        return str(about["id"])
    if event_type == "mandate.updated" and about["status"] == "inactive":
        return str(about["payment_method"])
    return ""


def method_of(details: Object) -> str:
    """A code of PaymentMethod."""
    kind = details.get("type", "")
    wallet = (details.get("card") or {}).get("wallet") or {}
    if kind == "card" and wallet.get("type") in _WALLETS:
        return str(_WALLETS[wallet["type"]])
    return str(PaymentMethod.known(kind) or PaymentMethod.OTHER)


def instant(timestamp: int) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def _state(charge: Object, *, lost: bool) -> ReportedState:
    if charge["status"] == "succeeded":
        return "reversed" if lost else "succeeded"
    return "pending" if charge["status"] == "pending" else "failed"


def _failure(charge: Object, *, lost: bool) -> str:
    method = (charge["payment_method_details"] or {}).get("type")
    if lost:
        return FailureCode.RETURNED_BY_BANK if method == "sepa_debit" else FailureCode.CHARGED_BACK
    if charge["status"] != "failed":
        return ""
    reason = (charge["outcome"] or {}).get("reason")
    found = _FAILURES.get(reason or "") or _FAILURES.get(charge["failure_code"] or "")
    return found or (FailureCode.CARD_DECLINED if method == "card" else FailureCode.DECLINED)


def _expected_on(day: date) -> date:
    left = _DEBIT_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def _item(entry: Object) -> PayoutItem:
    source = entry["source"] or ""
    disputed = source.startswith(("du_", "dp_"))
    return PayoutItem(
        kind="dispute" if disputed else _KINDS.get(entry["type"], "other"),
        reference=source or entry["description"] or entry["type"],
        gross_minor=entry["amount"],
        fee_minor=entry["fee"],
        net_minor=entry["net"],
    )


def _saved(method: Object, customer: str, mandate: Object | None) -> SavedMethod:
    kind = method["type"]
    card, debit = method.get("card") or {}, method.get("sepa_debit") or {}
    expiry = date(card["exp_year"], card["exp_month"], 1) if card else None
    label = (
        f"{card['brand'].title()} •••• {card['last4']}"
        if card
        else f"{debit['country']}•• … {debit['last4']}"
        if debit
        else ""
    )
    terms = ((mandate or {}).get("payment_method_details") or {}).get("sepa_debit") or {}
    return SavedMethod(
        id=method["id"],
        customer_id=customer,
        method=method_of({"type": kind}),
        label=label,
        # Usable to the end of its month.
        expires_on=(expiry + timedelta(days=32)).replace(day=1) - timedelta(days=1) if expiry else None,
        mandate_reference=terms.get("reference", ""),
    )
