"""Orders and what becomes of their money. Amounts are PayPal's: decimals as text."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from kontor_provider_doubles.behaviour import behaviour_of
from kontor_provider_doubles.paypal.apps import new_id
from kontor_provider_doubles.paypal.calls import Call, rfc3339
from kontor_provider_doubles.paypal.errors import missing, unprocessable
from kontor_provider_doubles.paypal.shapes import Money, OrderRequest, PurchaseUnit, RefundRequest, plain
from kontor_provider_doubles.store import Object, shown

# https://developer.paypal.com/api/rest/reference/currency-codes/
CURRENCIES = frozenset(
    "AUD BRL CAD CNY CZK DKK EUR HKD HUF ILS JPY MYR MXN TWD NZD NOK PHP PLN GBP SGD SEK CHF THB USD".split()
)
WHOLE = frozenset({"HUF", "JPY", "TWD"})
APPROVAL_TIME = timedelta(hours=3)
# What becomes of an approved order when it is captured.
Capture = Literal["completed", "review", "echeck", "denied_later", "declined", "instrument_declined", "restricted"]
_PENDING = {"review": "PENDING_REVIEW", "echeck": "ECHECK", "denied_later": "PENDING_REVIEW"}
_FIXED_FEE, _FEE_RATE = Decimal("0.39"), Decimal("0.0299")


def create(call: Call, wanted: OrderRequest) -> Object:
    """With a saved method it is captured at once. Raises PayPalError."""
    for number, unit in enumerate(wanted.purchase_units):
        check_amount(unit.amount, f"/purchase_units/{number}/amount")
        if unit.payee and unit.payee.merchant_id != call.caller.account:
            raise unprocessable("PAYEE_ACCOUNT_INVALID")
    wallet = wanted.payment_source.paypal if wanted.payment_source else None
    saved = call.store.get(call.caller.space, "token", wallet.vault_id) if wallet and wallet.vault_id else None
    if wallet and wallet.vault_id and saved is None:
        raise unprocessable("TOKEN_ID_NOT_FOUND")
    if saved:
        outcome = saved["_hidden"]["outcome"]
        if outcome in ("instrument_declined", "restricted"):
            raise unprocessable("INSTRUMENT_DECLINED" if outcome == "instrument_declined" else "PAYER_CANNOT_PAY")
        _once(call, wanted.purchase_units[0].invoice_id)
    order = _new(call, wanted)
    if saved:
        order["_hidden"]["outcome"] = saved["_hidden"]["outcome"]
        add_capture(call, order)
    return order


def check_amount(amount: Money, field: str) -> None:
    value, code = Decimal(amount.value), amount.currency_code
    if code not in CURRENCIES:
        raise unprocessable("INVALID_CURRENCY_CODE", field=f"{field}/currency_code")
    if value <= 0:
        raise unprocessable("CANNOT_BE_ZERO_OR_NEGATIVE", field=f"{field}/value")
    if code in WHOLE and "." in amount.value:
        raise unprocessable("DECIMALS_NOT_SUPPORTED", field=f"{field}/value")
    if len(amount.value.partition(".")[2]) > 2:
        raise unprocessable("DECIMAL_PRECISION", field=f"{field}/value")


def _new(call: Call, wanted: OrderRequest) -> Object:
    wallet = wanted.payment_source.paypal if wanted.payment_source else None
    context = plain(wallet.experience_context) if wallet and wallet.experience_context else {}
    order_id = new_id()
    page = {
        "href": f"{call.base}/checkoutnow?token={order_id}",
        "rel": "payer-action" if wallet else "approve",
        "method": "GET",
    }
    own = {"href": f"{call.base}/v2/checkout/orders/{order_id}", "rel": "self", "method": "GET"}
    return call.add(
        "order", id=order_id, intent=wanted.intent,
        status="PAYER_ACTION_REQUIRED" if wallet else "CREATED",
        purchase_units=[_unit(call, unit) for unit in wanted.purchase_units],
        payment_source={"paypal": {}} if wallet else {},
        links=[own, page], _hidden={"context": context, "outcome": "completed"},
    )  # fmt: skip


def _unit(call: Call, unit: PurchaseUnit) -> Object:
    payee = {"email_address": f"{call.caller.account.lower()}@haendler.example", "merchant_id": call.caller.account}
    return plain(unit) | {"payee": payee}


def approve(call: Call, order: Object, outcome: Capture) -> None:
    """The payer agrees on PayPal's page."""
    order["status"] = "APPROVED"
    order["_hidden"]["outcome"] = outcome
    call.save(order)
    call.emit("CHECKOUT.ORDER.APPROVED", "order", order)


def capture(call: Call, order: Object) -> Object:
    """Raises PayPalError with the issue for which no money was taken."""
    if order["status"] == "COMPLETED":
        raise unprocessable("ORDER_ALREADY_CAPTURED")
    if order["status"] != "APPROVED":
        raise unprocessable("ORDER_NOT_APPROVED")
    outcome = order["_hidden"]["outcome"]
    if outcome == "instrument_declined":
        # The payer is to choose another way to pay; the order waits for that.
        order["status"] = "PAYER_ACTION_REQUIRED"
        call.save(order)
        raise unprocessable("INSTRUMENT_DECLINED")
    if outcome == "restricted":
        raise unprocessable("PAYER_ACCOUNT_RESTRICTED")
    _once(call, order["purchase_units"][0].get("invoice_id"))
    add_capture(call, order)
    return order


def add_capture(call: Call, order: Object) -> None:
    unit, outcome = order["purchase_units"][0], order["_hidden"]["outcome"]
    capture_id = new_id()
    status = "PENDING" if outcome in _PENDING else "DECLINED" if outcome == "declined" else "COMPLETED"
    links = [
        {"href": f"{call.base}/v2/payments/captures/{capture_id}", "rel": "self", "method": "GET"},
        {"href": f"{call.base}/v2/payments/captures/{capture_id}/refund", "rel": "refund", "method": "POST"},
        {"href": f"{call.base}/v2/checkout/orders/{order['id']}", "rel": "up", "method": "GET"},
    ]
    made = call.add(
        "capture", id=capture_id, status=status, amount=unit["amount"], final_capture=True, links=links,
        custom_id=unit.get("custom_id", ""), invoice_id=unit.get("invoice_id", ""),
        payee=unit["payee"], supplementary_data={"related_ids": {"order_id": order["id"]}},
        _hidden={"order": order["id"], "outcome": outcome,
                 "settle_at": call.now.timestamp() + behaviour_of(call.store, call.caller.account).settle_after_seconds},
    )  # fmt: skip
    if status == "PENDING":
        made["status_details"] = {"reason": _PENDING[outcome]}
    if status == "COMPLETED":
        made["seller_receivable_breakdown"] = _breakdown(unit["amount"])
    call.save(made)
    order["status"] = "COMPLETED"
    call.save(order)
    event = {"PENDING": "PENDING", "DECLINED": "DENIED", "COMPLETED": "COMPLETED"}[status]
    call.emit(f"PAYMENT.CAPTURE.{event}", "capture", made)


def settle(call: Call, capture: Object, *, completed: bool) -> None:
    """Money on its way arrives, or PayPal refuses it."""
    if capture["status"] != "PENDING":
        raise unprocessable("CAPTURE_NOT_PENDING")
    capture["status"] = "COMPLETED" if completed else "DECLINED"
    capture.pop("status_details", None)
    if completed:
        capture["seller_receivable_breakdown"] = _breakdown(capture["amount"])
    call.save(capture)
    call.emit(f"PAYMENT.CAPTURE.{'COMPLETED' if completed else 'DENIED'}", "capture", capture)


def refund(call: Call, capture: Object, wanted: RefundRequest, status: str = "COMPLETED") -> Object:
    """Raises PayPalError for more than is left."""
    amount = capture["amount"]
    left = Decimal(amount["value"]) - refunded(call, capture)
    if capture["status"] not in ("COMPLETED", "PARTIALLY_REFUNDED"):
        raise unprocessable("CAPTURE_FULLY_REFUNDED" if capture["status"] == "REFUNDED" else "REFUND_NOT_ALLOWED")
    if wanted.amount:
        check_amount(wanted.amount, "/amount")
        if wanted.amount.currency_code != amount["currency_code"]:
            raise unprocessable("REFUND_CAPTURE_CURRENCY_MISMATCH")
    value = Decimal(wanted.amount.value) if wanted.amount else left
    if value > left:
        raise unprocessable("REFUND_AMOUNT_EXCEEDED")
    refund_id = new_id()
    links = [
        {"href": f"{call.base}/v2/payments/refunds/{refund_id}", "rel": "self", "method": "GET"},
        {"href": f"{call.base}/v2/payments/captures/{capture['id']}", "rel": "up", "method": "GET"},
    ]
    made = call.add(
        "refund", id=refund_id, status=status, amount={**amount, "value": str(value)}, links=links,
        payer=capture["payee"], **({"custom_id": wanted.custom_id} if wanted.custom_id else {}), _hidden={"capture": capture["id"]},
    )  # fmt: skip
    capture["status"] = "REFUNDED" if value == left else "PARTIALLY_REFUNDED"
    call.save(capture)
    if status == "COMPLETED":
        call.emit("PAYMENT.CAPTURE.REFUNDED", "refund", made)
    return made


def end_refund(call: Call, one: Object, status: str) -> None:
    """A refund that was pending has arrived, or failed: then the money is back with the merchant."""
    one["status"] = status
    call.save(one)
    if status == "FAILED":
        capture = call.get("capture", one["_hidden"]["capture"])
        capture["status"] = "PARTIALLY_REFUNDED" if refunded(call, capture) else "COMPLETED"
        call.save(capture)
    call.emit("PAYMENT.CAPTURE.REFUNDED" if status == "COMPLETED" else "PAYMENT.REFUND.FAILED", "refund", one)


def refunded(call: Call, capture: Object) -> Decimal:
    mine = [one for one in call.all("refund") if one["_hidden"]["capture"] == capture["id"]]
    return sum(
        (Decimal(one["amount"]["value"]) for one in mine if one["status"] in ("COMPLETED", "PENDING")), Decimal(0)
    )


def with_payments(call: Call, order: Object) -> Object:
    """As the API shows it, with captures and refunds."""
    captures = [one for one in call.all("capture") if one["_hidden"]["order"] == order["id"]]
    ids = {one["id"] for one in captures}
    refunds = [one for one in call.all("refund") if one["_hidden"]["capture"] in ids]
    told = shown(order)
    if captures:
        payments: dict[str, Any] = {"captures": [shown(one) for one in captures]}
        if refunds:
            payments["refunds"] = [shown(one) for one in refunds]
        told["purchase_units"] = [order["purchase_units"][0] | {"payments": payments}, *order["purchase_units"][1:]]
    return told


def get(call: Call, order_id: str) -> Object:
    """An order that nobody approved in time is gone."""
    order = call.get("order", order_id)
    if order["status"] != "COMPLETED" and order["create_time"] < rfc3339(call.now - APPROVAL_TIME):
        raise missing()
    return order


def _once(call: Call, invoice_id: str | None) -> None:
    """As the account's setting "block accidental payments" does."""
    if invoice_id and any(one["invoice_id"] == invoice_id for one in call.all("capture")):
        raise unprocessable("DUPLICATE_INVOICE_ID")


def _breakdown(amount: Object) -> Object:
    gross, code = Decimal(amount["value"]), amount["currency_code"]
    places = Decimal(1) if code in WHOLE else Decimal("0.01")
    fee = (gross * _FEE_RATE + _FIXED_FEE).quantize(places)
    return {
        "gross_amount": amount,
        "paypal_fee": {"currency_code": code, "value": str(fee)},
        "net_amount": {"currency_code": code, "value": str(gross - fee)},
    }
