"""Payouts, for tests of the admin."""

from typing import Any
from uuid import uuid4

from admin_shop import NOW, Shop

from kontor.payments.v1 import payments_pb2 as pb

TREES = {
    "enabled": True, "basis": "fees", "step": 500, "partner": "Waldemarie", "since": "2026-11-01", "counted": 12345,
    "set_up_at": None, "square_metres": 24,
}  # fmt: skip
ACCOUNTS = dict.fromkeys(("clearing", "debtor", "fees", "transit", "other"), "1361") | {"fee_tax_key": "94"}
DATEV = {"set_up": False, "settings": {}, "usual": {"SKR03": ACCOUNTS, "SKR04": ACCOUNTS}}


def payout(shop: Shop, payment: pb.PaymentSnapshot, **values: Any) -> pb.PayoutSnapshot:
    share = pb.PayoutShare(
        payment_id=payment.payment.id,
        document_id=payment.payment.document_id,
        document_number="RE-1",
        amount_minor=11900,
    )
    item = pb.PayoutItem(
        kind="payment", reference="ch_1", gross_minor=11900, fee_minor=203, net_minor=11697, shares=[share]
    )
    fee = pb.PayoutItem(kind="fee", reference="Stripe Billing", gross_minor=-500, net_minor=-500)
    state: dict[str, Any] = {
        "id": str(uuid4()), "merchant_id": str(shop.merchant_id), "epoch": 1, "version": 1, "provider": "stripe",
        "provider_reference": "po_77", "currency": "EUR", "amount_minor": 11197, "state": "in_transit",
        "arrives_on": "2026-12-01", "gross_minor": 11900, "fee_minor": 703, "items": [item, fee], "recorded_at": NOW,
    } | values  # fmt: skip
    return pb.PayoutSnapshot(payout=pb.Payout(**state))


async def known(shop: Shop, **values: Any) -> tuple[pb.PayoutSnapshot, pb.PaymentSnapshot]:
    invoice = shop.document("RE-1")
    paid = shop.payment(invoice.document.id, payout_id="po_77", provider="stripe")
    told = payout(shop, paid, **values)
    await shop.told(invoice, paid, told)
    return told, paid


async def payout_pages(shop: Shop, document_id: str) -> list[str]:
    """A payout with a payment and a fee, what is counted for trees, and the pages about them."""
    paid = shop.payment(document_id, payout_id="po_77", provider="stripe")
    await shop.told(paid, payout(shop, paid))
    shop.owners.answers["GET", "/v1/settings/trees"] = TREES
    shop.owners.answers["GET", "/v1/settings/datev"] = DATEV
    here = "/zahlungen/auszahlungen"
    return [here, f"{here}/po_77", f"{here}/datev", "/zahlungen/erwartet", "/zahlungen/baeume"]
