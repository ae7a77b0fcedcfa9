"""GET /{slug}/zahlungsmittel, and what can be done there. The provider's page asks for the details, never this one."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kontor_edge.acting import act, submit
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import command
from kontor_edge.portal import Slug
from kontor_payments_pages.portal.commands import PAY, confirmation
from kontor_payments_pages.portal.methods.view import SavedMethods, saved_methods
from kontor_payments_pages.portal.returning import to_provider
from kontor_payments_pages.portal.to_pay import to_pay
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False, prefix="/{slug}/zahlungsmittel")
confirming = APIRouter(include_in_schema=False, prefix="/{slug}/dokumente")


@router.get("")
async def show(request: Request, slug: Slug) -> Response:
    found = await saved_methods(request)
    return pages(request).render(
        request, "methods/list.html", request.state.page_context, slug=slug, found=found, here=_address(slug)
    )


@router.get("/neu")
async def ask(request: Request, slug: Slug) -> Response:
    """`?method=`: what the customer agrees to, before the provider asks for the details."""
    found = await saved_methods(request)
    form = Form.of(
        {"method": request.query_params.get("method", ""), "customer": request.query_params.get("customer", "")}
    )
    return _terms(request, slug, found, form)


@router.post("/neu")
async def begin(request: Request, slug: Slug) -> Response:
    form = await read_form(request)
    found = await saved_methods(request)
    customer = form.choice("customer", [one["id"] for one in found.customers])
    if not form.flag("agreed"):
        form.error("agreed", _("Please agree first; without that nothing may be charged."))
    back = f"{edge_of(request).settings.portal_url}{_address(slug)}/zurueck"
    body = {
        "customer_id": customer, "method": form.value("method"), "agreed": form.flag("agreed"), "return_url": back,
        "language": found.language,
    }  # fmt: skip
    begun, status = await submit(request, form, "payments", PAY, "/v1/saved-methods", json=body)
    if begun is None:
        return _terms(request, slug, found, form, status)
    return RedirectResponse(begun["redirect_url"], 303)


def _terms(request: Request, slug: str, found: SavedMethods, form: Form, status: int = 200) -> Response:
    option = found.option(form.value("method"))
    if option is None:
        return pages(request).redirect(_address(slug), warn=_("This payment method cannot be saved here right now."))
    return pages(request).render(
        request, "methods/terms.html", request.state.page_context, status=status, slug=slug, found=found, form=form,
        option=option, here=_address(slug),
    )  # fmt: skip


@router.get("/zurueck")
async def back(request: Request, slug: Slug) -> Response:
    """Where the provider sends the customer, whatever they did there."""
    await saved_methods(request, with_options=False)
    try:
        answer = await command(request, "payments", PAY, "POST", "/v1/saved-methods/reconcile")
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return pages(request).redirect(_address(slug), warn=problem.detail)
    if any("snapshot" in one for one in answer["methods"]):
        return pages(request).redirect(_address(slug), good=_("The payment method is saved."))
    return pages(request).redirect(_address(slug), warn=_("Nothing was saved. You can try again at any time."))


@router.post("/{method_id}/standard")
async def make_default(request: Request, slug: Slug, method_id: UUID) -> Response:
    await saved_methods(request, with_options=False)
    await read_form(request)
    return await act(
        request, "payments", PAY, "POST", f"/v1/saved-methods/{method_id}/default", back=_address(slug),
        good=_("This payment method is used from now on."),
    )  # fmt: skip


@router.post("/{method_id}/entfernen")
async def remove(request: Request, slug: Slug, method_id: UUID) -> Response:
    await saved_methods(request, with_options=False)
    await read_form(request)
    return await act(
        request, "payments", PAY, "DELETE", f"/v1/saved-methods/{method_id}", back=_address(slug),
        good=_("The payment method is removed. Nothing is charged to it any more."),
    )  # fmt: skip


@confirming.post("/{document_id}/bestaetigen")
async def confirm(request: Request, slug: Slug, document_id: UUID) -> Response:
    """The customer goes to their bank's page, to confirm what was charged to a saved method."""
    await to_pay(request, [document_id])
    await read_form(request)
    try:
        return to_provider(await confirmation(request, document_id))
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return pages(request).redirect(f"/{slug}/dokumente/{document_id}", warn=problem.detail)


def _address(slug: str) -> str:
    return f"/{slug}/zahlungsmittel"
