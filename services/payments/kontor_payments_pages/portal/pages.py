"""The way to pay: a panel at the side where scripts run, a page of its own where they don't."""

from uuid import UUID

import segno
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kontor.payments.v1.payments_pb2_codes import PaymentMethod, ReceivableState
from kontor_edge.edge import edge_of, pages
from kontor_edge.portal import Slug, page_context, query_view
from kontor_payments_pages.portal.commands import checkout_state, start_checkout, transfer_details
from kontor_payments_pages.portal.receivable_view import ReceivableView, of_record
from kontor_service.errors import NotFound, Problem, Unavailable
from kontor_service.formats import day
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False, prefix="/{slug}/dokumente/{document_id}")

_WAIT_FOR_PAYMENT = 1.0
# The customer has done their part; the copy may not have heard of it yet.
_FINISHED = frozenset({"completed", "approved"})
# Which checkout this browser left for. The provider's address says nothing we would believe.
_CHECKOUT_COOKIE = "__Host-kontor-checkout"
_CHECKOUT_SECONDS = 3600


@router.get("/bezahlen")
async def choose(request: Request, slug: Slug, document_id: UUID) -> Response:
    view = await _view(request, slug, document_id)
    if not view.payable:
        return pages(request).redirect(_address(slug, document_id), info=_not_payable(view))
    return _choice(request, slug, view, Form.of({"method": view.methods[0]}))


@router.post("/bezahlen")
async def pay(request: Request, slug: Slug, document_id: UUID) -> Response:
    view = await _view(request, slug, document_id)
    form = await read_form(request)
    if not view.payable:
        return pages(request).redirect(_address(slug, document_id), info=_not_payable(view))
    method = form.choice("method", view.methods)
    if not form.ok:
        return _choice(request, slug, view, form, status=422)
    if method == PaymentMethod.TRANSFER:
        return pages(request).redirect(f"{_address(slug, document_id)}/ueberweisung")
    return await _to_provider(request, slug, view, method, form)


async def _to_provider(request: Request, slug: str, view: ReceivableView, method: str, form: Form) -> Response:
    edge, address = edge_of(request), _address(slug, UUID(view.entry["id"]))
    try:
        checkout = await start_checkout(request, UUID(view.entry["id"]), method=method, language=view.session["language"],
            return_url=f"{edge.settings.portal_url}{address}/zurueck",
        )  # fmt: skip
    except Unavailable:
        form.problem = _("Paying is not possible right now. Nothing was charged; please try again in a few minutes.")
        return _choice(request, slug, view, form, status=503)
    except Problem as problem:
        form.take(problem)
        return _choice(request, slug, view, form, status=problem.status)
    if "redirect_url" not in checkout:
        return edge.pages.redirect(address, info=_settled(checkout["status"]))
    response = RedirectResponse(checkout["redirect_url"], 303)
    response.set_cookie(
        _CHECKOUT_COOKIE,
        checkout["checkout_id"],
        max_age=_CHECKOUT_SECONDS,
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/zurueck")
async def back(request: Request, slug: Slug, document_id: UUID) -> Response:
    """Where the provider sends the customer: payments is asked what became of it, and its fact waited for. The document says
    thanks, and what happens next."""
    address, thanks, over = _address(slug, document_id), None, None
    try:
        checkout = UUID(request.cookies.get(_CHECKOUT_COOKIE, ""))
        if await checkout_state(request, checkout) in _FINISHED:
            heard = await _payment_heard(request, slug, document_id)
            over = _over() if heard is not None and _is_over(heard) else None
            thanks = None if over else _thanks(heard)
    except (ValueError, Problem):
        # Without an answer the page shows what the copy knows, and learns the rest while it is open.
        return pages(request).redirect(address)
    response = pages(request).redirect(address, good=thanks, warn=over)
    response.delete_cookie(_CHECKOUT_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return response


async def _payment_heard(request: Request, slug: str, document_id: UUID) -> ReceivableView | None:
    """The document once it is no longer to be paid; None where that takes longer."""

    async def look() -> ReceivableView | None:
        view = await _view(request, slug, document_id)
        return None if view.payable else view

    return await edge_of(request).changes.until({f"document:{document_id}"}, look, timeout=_WAIT_FOR_PAYMENT)


def _is_over(view: ReceivableView) -> bool:
    """Whether nothing is asked for any more, whatever was paid."""
    return view.payment is not None and view.payment["state"] == ReceivableState.CANCELLED


def _over() -> str:
    return _("While you were paying, the document was changed or withdrawn. What you have paid is paid back to you.")


def _thanks(view: ReceivableView | None) -> str:
    """When the payment is booked, and that a mail confirms it."""
    if view is not None and view.entry["status"] == ReceivableState.PAID:
        return _("Thank you! Your payment has arrived and is booked. We confirm it by e-mail.")
    expected = view.payment["expected_on"] if view is not None and view.payment else None
    if expected:
        return _(
            "Thank you! Your payment is on its way; we expect it by %(day)s, book it then and confirm it by e-mail.",
            day=day(expected, reader().language),
        )
    return _(
        "Thank you! As soon as your payment has arrived, it is booked; you see it here, and we confirm it by e-mail."
    )


@router.get("/ueberweisung")
async def transfer(request: Request, slug: Slug, document_id: UUID) -> Response:
    view = await _view(request, slug, document_id)
    details = await transfer_details(request, document_id)
    code = segno.make(details["epc"].encode(), error="m", boost_error=False, micro=False) if details["epc"] else None
    return pages(request).render(
        request, "transfer.html", request.state.page_context, slug=slug, view=view, transfer=details,
        code=code.svg_data_uri(scale=4, border=4, light="#fff") if code else None,
    )  # fmt: skip


def _choice(request: Request, slug: str, view: ReceivableView, form: Form, status: int = 200) -> Response:
    return pages(request).render(
        request, "pay.html", request.state.page_context, status=status, slug=slug, view=view, form=form,
        provider_methods=[code for code in view.methods if code != PaymentMethod.TRANSFER],
    )  # fmt: skip


async def _view(request: Request, slug: str, document_id: UUID) -> ReceivableView:
    record = await query_view(request, "document", asked=document_id)
    if record["document"] is None:
        raise NotFound
    request.state.page_context = page_context(record, "documents")
    return ReceivableView(**of_record(record))


def _not_payable(view: ReceivableView) -> str:
    status = view.entry["status"] or ""
    return _settled("already_paid" if status == ReceivableState.PAID else status)


def _settled(status: str) -> str:
    if status == "already_paid":
        return _("This has already been paid. Nothing was charged again.")
    if status == ReceivableState.ON_ITS_WAY:
        return _("Your payment is on its way. You do not need to do anything else.")
    return _("This cannot be paid here.")


def _address(slug: str, document_id: UUID) -> str:
    return f"/{slug}/dokumente/{document_id}"
