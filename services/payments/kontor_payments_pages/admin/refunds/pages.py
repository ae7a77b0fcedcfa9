"""A payment's page, and the form by which its money goes back."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.payments.v1.payments_pb2_codes import RefundReason
from kontor_edge.acting import new_key, submit
from kontor_edge.edge import pages
from kontor_edge.staff import Staff, current_staff, page_context
from kontor_payments_pages.admin.refunds.view import PaymentView, payment_view, story
from kontor_service.errors import Forbidden
from kontor_service.formats import typed
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word
from kontor_web import Form, read_form

router = APIRouter(prefix="/zahlungen/{payment_id:uuid}")

# What staff may say; the other reasons are Kontor's own.
REASONS = (
    RefundReason.RETURNED, RefundReason.WITHDRAWN, RefundReason.DEFECT, RefundReason.NOT_SUPPLIED, RefundReason.WRONG_AMOUNT,
    RefundReason.OVERPAID, RefundReason.GOODWILL, RefundReason.OTHER,
)  # fmt: skip


@router.get("")
async def payment(request: Request, payment_id: UUID) -> Response:
    staff, view = await payment_view(request, payment_id)
    return pages(request).render(
        request,
        "refunds/payment.html",
        page_context(request, staff, "payments"),
        staff=staff,
        view=view,
        story=story(view),
    )


@router.get("/erstatten")
async def refund_page(request: Request, payment_id: UUID) -> Response:
    staff, view = await payment_view(request, payment_id)
    left = typed(view.payment["left_minor"], view.payment["currency"], staff.language)
    overpaid = bool(view.receivable and view.receivable["overpaid_minor"])
    reason = RefundReason.OVERPAID if overpaid or view.payment["failure"] else RefundReason.RETURNED
    return _refund_page(request, staff, view, Form.of({"amount": left, "reason": reason, "key": new_key()}))


@router.post("/erstatten")
async def refund(request: Request, payment_id: UUID) -> Response:
    if not (await current_staff(request)).may("payments:book"):
        raise Forbidden(_("Your role does not include booking payments."))
    staff, view = await payment_view(request, payment_id)
    form = await read_form(request)
    amount = form.money("amount", view.payment["currency"], required=True)
    if amount is not None and amount <= 0:
        form.error("amount", _("The amount must be more than nothing."))
    wanted: dict[str, Any] = {
        "amount_minor": amount,
        "reason": form.choice("reason", REASONS),
        "note": form.text("note", limit=500, lines=True),
        "credit_note": form.flag("credit_note"),
        "reference": form.text("reference", limit=100),
        "by_hand": view.by_hand or form.flag("by_hand"),
    }
    answer, status = await submit(
        request, form, "payments", "payments:book", f"/v1/payments/{payment_id}/refund", json=wanted, key=form.value("key"),
        names={"amount_minor": "amount", "credit_note": "credit_note", "by_hand": "by_hand"},
    )  # fmt: skip
    if answer is None:
        return _refund_page(request, staff, view, form, status)
    done = _("The money is on its way back.") if not wanted["by_hand"] else _("The refund is recorded.")
    return pages(request).redirect(f"/zahlungen/{payment_id}", good=done)


def _refund_page(request: Request, staff: Staff, view: PaymentView, form: Form, status: int = 200) -> Response:
    return pages(request).render(
        request, "refunds/refund.html", page_context(request, staff, "payments", live=False), status=status, view=view, form=form,
        reasons=[(code, word(RefundReason, code)) for code in REASONS],
    )  # fmt: skip
