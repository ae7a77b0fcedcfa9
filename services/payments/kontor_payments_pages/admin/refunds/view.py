"""A payment as its page shows it: what the copy knows, and the story of its money."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import Request

from kontor.payments.v1.payments_pb2_codes import DisputeReason, DisputeState, PaymentState, RefundReason, RefundState
from kontor_edge.query import loads
from kontor_edge.staff import Staff, query_view
from kontor_service.errors import NotFound
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word


@dataclass(frozen=True)
class PaymentView:
    """`payment`, `receivable` and `disputes` have the fields of the messages in payments.proto; amounts are minor units. `customer`: the
    customer's name."""

    payment: dict[str, Any]
    receivable: dict[str, Any] | None
    customer: str | None
    disputes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def through_provider(self) -> bool:
        """Whether the money came through a provider."""
        return self.payment["provider"] not in ("erp", "staff", "statement", "transfer")

    @property
    def by_hand(self) -> bool:
        """Whether staff give the money back themselves. That the keys of a provider are deleted is known to the owner alone."""
        return not self.through_provider or self.payment["provider"] == "paylink"

    @property
    def can_be_credited(self) -> bool:
        """A credit note takes off an invoice what was paid for it, not what was too much or for a quote."""
        return self.receivable is not None and not self.receivable["credit_minor"] and not self.payment["failure"]

    @property
    def refunded_minor(self) -> int:
        return sum(one["amount_minor"] for one in self.payment["refunds"] if one["state"] == RefundState.SUCCEEDED)


@dataclass(frozen=True)
class Step:
    """Something that happened to the money: when (ISO 8601), in words, with a remark; `tone` as the story's styles have it."""

    at: str
    text: str
    amount_minor: int
    remark: str = ""
    tone: str = ""


async def payment_view(request: Request, payment_id: UUID) -> tuple[Staff, PaymentView]:
    """Raises NotFound for a payment that is not this merchant's."""
    staff, row = await query_view(request, "payment_page", asked=payment_id)
    payment = loads(row["payment"])
    if payment is None:
        raise NotFound
    return staff, PaymentView(payment, loads(row["receivable"]), row["customer"], loads(row["disputes"], []))


def story(view: PaymentView) -> list[Step]:
    """Newest first."""
    payment = view.payment
    # Of a payment through a provider it is a session or link of the payer's.
    by = "" if view.through_provider else payment["booked_by"]
    found = [Step(payment["created_at"], _("Payment begun"), payment["amount_minor"], by)]
    if payment["settled_at"]:
        arrived = _("Failed") if payment["state"] == PaymentState.FAILED else _("Received")
        tone = "bad" if payment["state"] == PaymentState.FAILED else "good"
        found.append(Step(payment["settled_at"], arrived, payment["amount_minor"], tone=tone))
    for refund in payment["refunds"]:
        found += _of_refund(refund)
    for dispute in view.disputes:
        found += _of_dispute(dispute)
    return sorted(found, key=lambda step: step.at, reverse=True)


def _of_refund(refund: dict[str, Any]) -> list[Step]:
    amount = refund["amount_minor"]
    why = " · ".join(
        filter(None, (word(RefundReason, refund["reason"]), refund["note"], refund["requested_by"]))
    )  # fmt: skip
    found = [Step(refund["requested_at"], _("Refund requested"), amount, why)]
    if refund["ended_at"]:
        failed = refund["state"] == RefundState.FAILED
        text = _("The refund failed") if failed else _("Paid back")
        found.append(Step(refund["ended_at"], text, amount, refund["reference"], "bad" if failed else ""))
    return found


def _of_dispute(dispute: dict[str, Any]) -> list[Step]:
    amount = dispute["amount_minor"]
    found = [Step(dispute["opened_at"], _("Disputed"), amount, word(DisputeReason, dispute["reason"]), "bad")]
    if dispute["decided_at"]:
        won = dispute["state"] == DisputeState.WON
        text = _("The dispute was won") if won else _("The dispute was lost")
        found.append(Step(dispute["decided_at"], text, amount, tone="good" if won else "bad"))
    return found
