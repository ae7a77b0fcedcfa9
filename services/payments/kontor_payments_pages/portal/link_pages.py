"""A pay link: one or several documents, paid without log-in, and nothing else of the customer.

The address is the secret. It stands in no other address, also not in the one to which the provider sends the payer back: the
browser remembers it for an hour.
"""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.payments.v1.payments_pb2_codes import PaymentMethod, ReceivableState
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import ask_identity, command
from kontor_edge.portal import merchant_of, public_page_context, query_portal
from kontor_payments_pages.portal.commands import PAY_BY_LINK, checkout_state, start_checkout, transfer_details
from kontor_payments_pages.portal.linked import to_pay_by_link
from kontor_payments_pages.portal.pages import chosen_amount, qr_code
from kontor_payments_pages.portal.returning import FINISHED, forget, left_for, settled, thanks, to_provider
from kontor_payments_pages.portal.to_pay import ToPay
from kontor_service.bodies import takes
from kontor_service.errors import Forbidden, Gone, NotFound, Problem, Unavailable
from kontor_service.i18n import gettext as _
from kontor_web import Form
from kontor_web.forms import read_secret_form

router = APIRouter(include_in_schema=False)

_COOKIE = "__Host-kontor-pay-link"
_SECONDS = 3600
_LARGEST_FORM = 64 * 1024


@router.get("/p/zurueck")
async def back(request: Request) -> Response:
    """Where the provider sends the payer."""
    token = request.cookies.get(_COOKIE, "")
    if not token:
        raise NotFound
    said = None
    try:
        if await checkout_state(request, left_for(request), link=token) in FINISHED:
            found = await _linked(request, token)
            said = thanks(found.first)
    except (ValueError, Problem):
        # The page itself says what is known, or why it says nothing any more.
        said = None
    response = pages(request).redirect(f"/p/{token}", good=said)
    response.delete_cookie(_COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return forget(response)


@router.get("/p/{token}")
async def show(request: Request, token: str) -> Response:
    try:
        found = await _linked(request, token)
    except (Gone, NotFound, Forbidden) as problem:
        return await _over(request, problem)
    return _page(request, token, found, Form.of({"method": found.preferred}))


@router.post("/p/{token}")
@takes(_LARGEST_FORM, from_anybody=True)
async def pay(request: Request, token: str) -> Response:
    try:
        found = await _linked(request, token)
    except (Gone, NotFound, Forbidden) as problem:
        return await _over(request, problem)
    form = await read_secret_form(request)
    if not found.payable:
        return _page(request, token, found, form)
    method = form.choice("method", found.methods)
    amount = chosen_amount(form, found)
    if not form.ok:
        return _page(request, token, found, form, 422)
    if method == PaymentMethod.TRANSFER:
        return pages(request).redirect(f"/p/{token}/ueberweisung")
    return await _to_provider(request, token, found, form, method, amount)


async def _to_provider(
    request: Request, token: str, found: ToPay, form: Form, method: str, amount: int | None
) -> Response:  # fmt: skip
    edge = edge_of(request)
    try:
        checkout = await start_checkout(
            request, [UUID(id) for id in found.ids], method=method, language=request.state.page_context.language,
            return_url=f"{edge.settings.portal_url}/p/zurueck", amount_minor=amount, link=token,
        )  # fmt: skip
    except Unavailable:
        form.problem = _("Paying is not possible right now. Nothing was charged; please try again in a few minutes.")
        return _page(request, token, found, form, 503)
    except Problem as problem:
        form.take(problem, {"amount_minor": "amount", "method": "method"})
        return _page(request, token, found, form, problem.status)
    if "redirect_url" not in checkout:
        return edge.pages.redirect(f"/p/{token}", info=settled(checkout["status"]))
    response = to_provider(checkout)
    response.set_cookie(_COOKIE, token, max_age=_SECONDS, path="/", secure=True, httponly=True, samesite="lax")
    return response


@router.get("/p/{token}/ueberweisung")
async def transfer(request: Request, token: str) -> Response:
    try:
        found = await _linked(request, token)
    except (Gone, NotFound, Forbidden) as problem:
        return await _over(request, problem)
    if not found.payable:
        return pages(request).redirect(f"/p/{token}")
    details = await transfer_details(request, [UUID(id) for id in found.ids], link=token)
    return pages(request).render(
        request, "transfer.html", request.state.page_context, slug=None, found=found, transfer=details,
        code=qr_code(details["epc"]), back=f"/p/{token}",
    )  # fmt: skip


async def _linked(request: Request, token: str) -> ToPay:
    """Raises what identity says of the link: Gone, NotFound, Forbidden where the portal is off, TooMany; and Gone where it was
    revoked."""
    request.state.page_context = public_page_context(request, None)
    known = await ask_identity(request, "/v1/links/inspect", token=token)
    if not (known.get("resource") or "").startswith("payments."):
        raise NotFound
    merchant = await query_portal(request, known["slug"])
    if merchant is None:
        raise NotFound
    request.state.page_context = public_page_context(request, merchant)
    try:
        answer = await command(request, "payments", PAY_BY_LINK, "GET", "/v1/pay-link", link=token)
    except Gone as problem:
        raise Gone(slug=known["slug"]) from problem
    return to_pay_by_link(answer["documents"], merchant, request.state.page_context.language)


def _page(request: Request, token: str, found: ToPay, form: Form, status: int = 200) -> Response:
    states: dict[str, Any] = {view.entry["id"]: view.entry["status"] for view in found.views}
    return pages(request).render(
        request, "payments/link.html", request.state.page_context, status=status, slug=None, found=found, form=form,
        action=f"/p/{token}", paid=all(state == ReceivableState.PAID for state in states.values()),
        on_its_way=ReceivableState.ON_ITS_WAY in states.values(),
    )  # fmt: skip


async def _over(request: Request, problem: Problem) -> Response:
    """The page of a link that cannot be paid: it says why, and what to do. It names the merchant if identity knows the link."""
    merchant = await merchant_of(request, problem)
    return pages(request).render(
        request, "payments/link_over.html", public_page_context(request, merchant), status=problem.status,
        merchant=merchant, unknown=problem.status == NotFound.status, closed=isinstance(problem, Forbidden),
    )  # fmt: skip
