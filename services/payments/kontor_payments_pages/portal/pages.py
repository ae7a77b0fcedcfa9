"""The way to pay one document or several: a panel at the side where scripts run, a page of its own where they don't."""

from collections.abc import Sequence
from uuid import UUID

import segno
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.payments.v1.payments_pb2_codes import PaymentMethod, ReceivableState
from kontor_edge.edge import edge_of, pages
from kontor_edge.portal import Slug, current_reader
from kontor_payments_pages.portal.commands import checkout_state, start_checkout, transfer_details
from kontor_payments_pages.portal.returning import (
    FINISHED,
    forget,
    is_over,
    left_for,
    over,
    payment_heard,
    settled,
    thanks,
    to_provider,
)
from kontor_payments_pages.portal.to_pay import ToPay, to_pay
from kontor_service.errors import Problem, Unavailable
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False, prefix="/{slug}")


@router.get("/dokumente/{document_id}/bezahlen")
async def choose(request: Request, slug: Slug, document_id: UUID) -> Response:
    return await _choose(request, slug, [document_id])


@router.get("/bezahlen")
async def choose_several(request: Request, slug: Slug) -> Response:
    """`?document=` (several)."""
    await current_reader(request)
    ids = _uuids(request.query_params.getlist("document"))
    if not ids:
        return pages(request).redirect(f"/{slug}/zahlungen", warn=_("Please choose at least one document."))
    return await _choose(request, slug, ids)


async def _choose(request: Request, slug: str, ids: Sequence[UUID]) -> Response:
    found = await to_pay(request, ids)
    if not found.payable:
        return pages(request).redirect(_address(slug, ids), info=_not_payable(found))
    return _choice(request, slug, ids, found, Form.of({"method": found.preferred}))


@router.post("/dokumente/{document_id}/bezahlen")
async def pay(request: Request, slug: Slug, document_id: UUID) -> Response:
    """The form names the documents that are ticked; without, it is this one."""
    return await _pay(request, slug, [document_id])


@router.post("/bezahlen")
async def pay_several(request: Request, slug: Slug) -> Response:
    return await _pay(request, slug, [])


async def _pay(request: Request, slug: str, asked: Sequence[UUID]) -> Response:
    form = await read_form(request)
    ids = list(dict.fromkeys([*asked, *_uuids(form.many("asked"))]))
    ticked = _uuids(form.many("document"))
    found = await to_pay(request, ids, ticked or ids)
    if form.flag("asked") and not ticked:
        form.error("document", _("Please choose at least one document."))
    if form.flag("recalculate"):
        return _choice(request, slug, ids, found, Form.of({"method": form.value("method")}))
    if form.ok and not found.payable:
        return pages(request).redirect(_address(slug, ids), info=_not_payable(found))
    method = form.choice("method", found.methods)
    amount = chosen_amount(form, found)
    if not form.ok:
        return _choice(request, slug, ids, found, form, status=422)
    if method == PaymentMethod.TRANSFER:
        return pages(request).redirect(_transfer_address(slug, found))
    return await _to_provider(request, slug, ids, found, form, method, amount)


def chosen_amount(form: Form, found: ToPay) -> int | None:
    """None: all of it."""
    amount = form.money("amount", found.currency)
    if amount is None or amount == found.sum_minor or form.value("amount") == form.value("amount_shown"):
        return None
    if len(found.chosen) > 1:
        form.error("amount", _("A part can be paid of one document at a time."))
    return amount


async def _to_provider(
    request: Request, slug: str, ids: Sequence[UUID], found: ToPay, form: Form, method: str, amount: int | None
) -> Response:  # fmt: skip
    edge, chosen = edge_of(request), [UUID(id) for id in found.ids]
    try:
        checkout = await start_checkout(request, chosen, method=method, language=found.first.session["language"],
            return_url=f"{edge.settings.portal_url}{_back(slug, chosen)}", amount_minor=amount,
        )  # fmt: skip
    except Unavailable:
        form.problem = _("Paying is not possible right now. Nothing was charged; please try again in a few minutes.")
        return _choice(request, slug, ids, found, form, status=503)
    except Problem as problem:
        form.take(problem, {"amount_minor": "amount", "method": "method"})
        return _choice(request, slug, ids, found, form, status=problem.status)
    if "redirect_url" not in checkout:
        return edge.pages.redirect(_address(slug, chosen), info=settled(checkout["status"]))
    return to_provider(checkout)


@router.get("/dokumente/{document_id}/zurueck")
async def back(request: Request, slug: Slug, document_id: UUID) -> Response:
    return await _came_back(request, slug, [document_id])


@router.get("/zahlungen/zurueck")
async def back_from_several(request: Request, slug: Slug) -> Response:
    """`?document=` (several)."""
    await current_reader(request)
    return await _came_back(request, slug, _uuids(request.query_params.getlist("document")))


async def _came_back(request: Request, slug: str, ids: Sequence[UUID]) -> Response:
    """Where the provider sends the customer: payments is asked what became of it, and its fact waited for. The document says
    thanks, and what happens next."""
    address, said, warned = _address(slug, ids), None, None
    try:
        if await checkout_state(request, left_for(request)) in FINISHED:
            heard = await payment_heard(request, ids)
            warned = over() if heard is not None and is_over(heard) else None
            said = None if warned else thanks(heard)
    except (ValueError, Problem):
        # Without an answer the page shows what the copy knows, and learns the rest while it is open.
        return pages(request).redirect(address)
    return forget(pages(request).redirect(address, good=said, warn=warned))


@router.get("/dokumente/{document_id}/ueberweisung")
async def transfer(request: Request, slug: Slug, document_id: UUID) -> Response:
    return await _transfer(request, slug, [document_id])


@router.get("/bezahlen/ueberweisung")
async def transfer_for_several(request: Request, slug: Slug) -> Response:
    """`?document=` (several)."""
    return await _transfer(request, slug, _uuids(request.query_params.getlist("document")))


async def _transfer(request: Request, slug: str, ids: Sequence[UUID]) -> Response:
    found = await to_pay(request, ids)
    details = await transfer_details(request, ids)
    return pages(request).render(
        request, "transfer.html", request.state.page_context, slug=slug, found=found, transfer=details,
        code=qr_code(details["epc"]), back=_address(slug, ids),
    )  # fmt: skip


def qr_code(epc: str | None) -> str | None:
    """As an address for an image."""
    if not epc:
        return None
    code = segno.make(epc.encode(), error="m", boost_error=False, micro=False)
    return code.svg_data_uri(scale=4, border=4, light="#fff")


def _choice(
    request: Request, slug: str, ids: Sequence[UUID], found: ToPay, form: Form, status: int = 200
) -> Response:  # fmt: skip
    action = f"/{slug}/dokumente/{ids[0]}/bezahlen" if len(ids) == 1 else f"/{slug}/bezahlen"
    return pages(request).render(
        request, "pay.html", request.state.page_context, status=status, slug=slug, found=found, form=form,
        asked=ids, action=action, back=_address(slug, ids),
    )  # fmt: skip


def _not_payable(found: ToPay) -> str:
    status = next((view.entry["status"] for view in found.chosen if not view.payable), "") or ""
    return settled("already_paid" if status == ReceivableState.PAID else status)


def _uuids(texts: Sequence[str]) -> list[UUID]:
    """Those that are ids; what somebody typed into the address is not."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _address(slug: str, ids: Sequence[UUID]) -> str:
    """Where the customer was before."""
    return f"/{slug}/dokumente/{ids[0]}" if len(ids) == 1 else f"/{slug}/zahlungen"


def _query(ids: Sequence[object]) -> str:
    return "&".join(f"document={id}" for id in ids)


def _back(slug: str, ids: Sequence[UUID]) -> str:
    return f"{_address(slug, ids)}/zurueck" + (f"?{_query(ids)}" if len(ids) > 1 else "")


def _transfer_address(slug: str, found: ToPay) -> str:
    if len(found.ids) == 1:
        return f"/{slug}/dokumente/{found.ids[0]}/ueberweisung"
    return f"/{slug}/bezahlen/ueberweisung?{_query(found.ids)}"
