"""Payouts, as the admin's pages show them: `brief` without the lines, of which there may be thousands."""

from typing import Any

from kontor.payments.v1 import payments_pb2
from kontor_edge import View
from kontor_edge.sorting import search_words
from kontor_edge.values import KEY, text, whole
from kontor_service.money import from_minor


def _payout(p: Any) -> dict[str, Any]:
    amount = f"{from_minor(p.amount_minor, p.currency):.2f}"
    data = whole(p)
    numbers = [share.document_number for item in p.items for share in item.shares]
    return {
        "reference": p.provider_reference,
        "provider": p.provider,
        "state": p.state,
        "by_day": f"{p.arrives_on}/{p.id}",
        "words": search_words([p.provider_reference, amount, amount.replace(".", ","), *numbers]),
        "brief": text({name: value for name, value in data.items() if name != "items"}),
        "data": data,
    }


PAYOUT = View(
    "payout",
    payments_pb2.PayoutSnapshot,
    {
        "reference": "text", "provider": "text", "state": "text", "by_day": KEY, "words": "text", "brief": "text", "data": "json",
    },
    _payout,
    lambda p: (f"merchant:{p.merchant_id}",),
)  # fmt: skip
VIEWS = (PAYOUT,)
