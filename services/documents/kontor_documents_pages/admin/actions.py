"""What staff do with one document: assign, withdraw, cancel, book money, its link."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.admin.document import DocumentView, document
from kontor_edge.acting import act, new_key, submit
from kontor_edge.edge import pages
from kontor_edge.owners import command
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import Staff, current_staff, page_context, query_view
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()

METHODS = ("transfer", "cash", "card", "paypal", "sepa_debit", "other")
_CHOICES = 20


@router.get("/{document_id}/zuordnen")
async def assign_page(request: Request, document_id: UUID) -> Response:
    """Whose document it is. Suggestions by VAT id or e-mail are shown, never taken by themselves."""
    staff, view, _row = await document(request, document_id)
    query = request.query_params.get("q", "")
    _staff, row = await query_view(request, "customer_choices", of_words=search_patterns(query), many=_CHOICES)
    choices = [loads(choice) for choice in row["choices"] or ()]
    return pages(request).render(
        request, "documents/assign.html", page_context(request, staff, "release", live=False), view=view, doc=view.data, choices=choices,
        q=query, more=len(choices) == _CHOICES,
    )  # fmt: skip


@router.post("/{document_id}/zuordnen")
async def assign(request: Request, document_id: UUID) -> Response:
    await current_staff(request)
    customer_id = (await read_form(request)).text("customer_id")
    return await act(
        request, "documents", "documents:release", "POST", f"/v1/documents/{document_id}/assign",
        json={"customer_id": customer_id}, back=f"/dokumente/{document_id}", good=_("Assigned."),
    )  # fmt: skip


@router.post("/{document_id}/absender")
@router.post("/{document_id}/zeichen")
async def accept(request: Request, document_id: UUID) -> Response:
    """The sender is not the merchant, or the PDF lacks characters, and the document may go all the same."""
    await current_staff(request)
    await read_form(request)
    what, good = {
        "absender": ("seller", _("The sender is accepted for this document.")),
        "zeichen": ("characters", _("The document may go without these characters.")),
    }[request.url.path.rpartition("/")[2]]
    return await act(
        request, "documents", "documents:release", "POST", f"/v1/documents/{document_id}/accept-{what}",
        back=f"/dokumente/{document_id}", good=good,
    )  # fmt: skip


@router.post("/{document_id}/zurueckziehen")
@router.post("/{document_id}/stornieren")
async def close(request: Request, document_id: UUID) -> Response:
    """Taken back (it vanishes), or cancelled (it stays, marked)."""
    await current_staff(request)
    verb, good = {
        "zurueckziehen": ("withdraw", _("Withdrawn: the customer no longer sees the document.")),
        "stornieren": ("cancel", _("Cancelled: nothing is to be paid any more.")),
    }[request.url.path.rpartition("/")[2]]
    return await act(
        request, "documents", "documents:release", "POST", f"/v1/documents/{document_id}/{verb}",
        json={"reason": (await read_form(request)).text("reason", limit=1000)}, back=f"/dokumente/{document_id}", good=good,
    )  # fmt: skip


@router.post("/{document_id}/bezahlt")
async def mark_paid(request: Request, document_id: UUID) -> Response:
    """Everything that is open was received (D16)."""
    await current_staff(request)
    form = await read_form(request)
    wanted = {"method": form.choice("method", METHODS, "transfer"), "reference": form.text("reference", limit=100)}
    booked_on = form.day("booked_on")
    if booked_on:
        wanted["booked_on"] = booked_on.isoformat()
    return await act(
        request, "payments", "payments:book", "POST", f"/v1/documents/{document_id}/mark-paid", json=wanted,
        back=f"/dokumente/{document_id}", good=_("Booked: the document is paid in full."),
    )  # fmt: skip


@router.post("/{document_id}/auszahlung")
async def pay_out(request: Request, document_id: UUID) -> Response:
    """Records that the merchant has paid the remaining credit to the customer."""
    await current_staff(request)
    form = await read_form(request)
    day = form.day("booked_on")
    wanted = {"reference": form.text("reference", limit=100), "booked_on": day.isoformat() if day else None}
    return await act(
        request, "payments", "payments:book", "POST", f"/v1/documents/{document_id}/payouts", json=wanted,
        back=f"/dokumente/{document_id}", good=_("The pay-out is recorded."),
    )  # fmt: skip


@router.get("/{document_id}/buchen")
async def book_page(request: Request, document_id: UUID) -> Response:
    staff, view, _row = await document(request, document_id)
    form = Form.of({"booked_on": staff.today.isoformat(), "method": "transfer", "key": new_key()})
    return _book_page(request, staff, view, form)


@router.post("/{document_id}/buchen")
async def book(request: Request, document_id: UUID) -> Response:
    staff, view, _row = await document(request, document_id)
    form = await read_form(request)
    currency = view.data["currency"]
    amount, day = form.money("amount", currency, required=True), form.day("booked_on", required=True)
    wanted: dict[str, Any] = {
        "currency": currency,
        "method": form.choice("method", METHODS),
        "reference": form.text("reference", limit=100),
    }
    # What was asked back about, not what may have been typed since.
    typed = f"{amount} {day}"
    wanted["confirmed"] = form.value("confirmed") == typed
    if amount is not None and amount <= 0:
        form.error("amount", _("The amount must be more than nothing."))
    answer, status = await submit(
        request, form, "payments", "payments:book", f"/v1/documents/{document_id}/bookings",
        json=wanted | {"amount_minor": amount, "booked_on": str(day)}, key=form.value("key"), names={"amount_minor": "amount"},
    )  # fmt: skip
    if answer is None:
        form.values["confirmed"] = [typed if status == 409 else ""]
        return _book_page(request, staff, view, form, status)
    return pages(request).redirect(f"/dokumente/{document_id}", good=_("Payment booked."))


def _book_page(request: Request, staff: Staff, view: DocumentView, form: Form, status: int = 200) -> Response:
    return pages(request).render(
        request, "documents/book.html", page_context(request, staff, "documents", live=False), status=status,
        view=view, doc=view.data, form=form, methods=METHODS,
    )  # fmt: skip


@router.post("/{document_id}/buchung-stornieren")
async def cancel_booking(request: Request, document_id: UUID) -> Response:
    """A booking by staff or the ERP was wrong: it stays visible with the reason, and counts no more."""
    _staff, view, _row = await document(request, document_id)
    form = await read_form(request)
    payment_id, reason = form.value("payment_id"), form.text("reason", limit=500, required=True)
    here = f"/dokumente/{document_id}"
    if not any(payment["id"] == payment_id for payment in view.payments):
        return pages(request).redirect(here, bad=_("There is no such payment."))
    if not form.ok:
        return pages(request).redirect(here, bad=_("Please say why the booking is cancelled."))
    return await act(
        request, "payments", "payments:book", "POST", f"/v1/payments/{payment_id}/cancel", json={"reason": reason},
        back=here, good=_("The booking is cancelled."),
    )  # fmt: skip


@router.post("/{document_id}/link")
async def link(request: Request, document_id: UUID) -> Response:
    """The address for copying (A9). It is a secret, so it is fetched for this page alone and kept nowhere."""
    staff, view, _row = await document(request, document_id)
    await read_form(request)
    customer_id = view.data["customer_id"]
    answer = await command(
        request, "identity", "customers:edit", "GET", f"/v1/customers/{customer_id}/documents/{document_id}/link"
    )
    return pages(request).render(
        request, "documents/link.html", page_context(request, staff, "documents", live=False), view=view,
        doc=view.data, url=answer.get("url"),
        reason=answer.get("reason"),
    )  # fmt: skip


@router.post("/{document_id}/link/{what}")
async def change_link(request: Request, document_id: UUID, what: Literal["erneuern", "widerrufen"]) -> Response:
    _staff, view, _row = await document(request, document_id)
    await read_form(request)
    command = {"erneuern": "renew", "widerrufen": "revoke"}[what]
    good = (
        _("There is a new link; the old one no longer works.") if command == "renew" else _("The link no longer works.")
    )
    return await act(
        request, "identity", "customers:edit", "POST",
        f"/v1/customers/{view.data['customer_id']}/documents/{document_id}/link/{command}", back=f"/dokumente/{document_id}", good=good,
    )  # fmt: skip
