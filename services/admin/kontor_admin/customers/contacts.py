"""Contact persons of a customer: who gets which mails, and who may log in (B1, B18)."""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_admin.customers.listing import CustomerMissing, CustomerView, customer
from kontor_edge.acting import act, new_key, submit
from kontor_edge.edge import pages
from kontor_edge.staff import Staff, page_context
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/{customer_id:uuid}/personen")

_FLAGS = ("gets_quotes", "gets_invoices", "gets_reminders", "may_accept")


@router.get("/neu")
async def new_page(request: Request, customer_id: UUID) -> Response:
    staff, view = await customer(request, customer_id)
    form = Form.of({"language": view.data["language"] or "de", "key": new_key()} | dict.fromkeys(_FLAGS, True))
    return _page(request, staff, view, form)


@router.post("/neu")
async def add(request: Request, customer_id: UUID) -> Response:
    """With "grant access" ticked the invitation goes out as well; should that fail, the person is there and one can try again."""
    staff, view = await customer(request, customer_id)
    form = await read_form(request)
    wanted, invite = _wanted(form), form.flag("invite")
    if invite and not wanted["email"]:
        form.error("email", _("An invitation needs an e-mail address."))
    answer, status = await submit(
        request,
        form,
        "identity",
        "customers:edit",
        f"/v1/customers/{customer_id}/contacts",
        json=wanted,
        key=form.value("key"),
    )
    if answer is None:
        return _page(request, staff, view, form, status=status)
    known = {contact["id"] for contact in view.contacts}
    _staff, changed = await customer(request, customer_id)
    fresh = next((contact for contact in changed.contacts if contact["id"] not in known), None)
    if not invite or fresh is None:
        return pages(request).redirect(f"/kunden/{customer_id}", good=_("Saved."))
    return await act(
        request, "identity", "customers:edit", "POST", f"/v1/customers/{customer_id}/contacts/{fresh['id']}/invite",
        back=f"/kunden/{customer_id}", good=_("Saved. The invitation is on its way."),
    )  # fmt: skip


@router.get("/{contact_id}")
async def edit_page(request: Request, customer_id: UUID, contact_id: UUID) -> Response:
    staff, view = await customer(request, customer_id)
    contact = _contact(view, contact_id)
    names = ("name", "function", "email", "phone", "language", "document_types", *_FLAGS)
    return _page(request, staff, view, Form.of({name: contact[name] for name in names}), contact)


@router.post("/{contact_id}")
async def edit(request: Request, customer_id: UUID, contact_id: UUID) -> Response:
    staff, view = await customer(request, customer_id)
    contact = _contact(view, contact_id)
    form = await read_form(request)
    answer, status = await submit(
        request, form, "identity", "customers:edit", f"/v1/customers/{customer_id}/contacts/{contact_id}", method="PATCH",
        json=_wanted(form),
    )  # fmt: skip
    if answer is not None:
        return pages(request).redirect(f"/kunden/{customer_id}", good=_("Saved."))
    return _page(request, staff, view, form, contact, status)


@router.post("/{contact_id}/zugang/{what}")
async def access(
    request: Request, customer_id: UUID, contact_id: UUID, what: Literal["einladen", "entziehen"]
) -> Response:
    """Granting, sending the invitation again, and taking access away, which counts as soon as this answers."""
    await customer(request, customer_id)
    await read_form(request)
    invite = what == "einladen"
    return await act(
        request, "identity", "customers:edit", "POST",
        f"/v1/customers/{customer_id}/contacts/{contact_id}/{'invite' if invite else 'revoke'}", back=f"/kunden/{customer_id}",
        good=_("The invitation is on its way.") if invite else _("Access revoked. Open sessions have ended."),
    )  # fmt: skip


def _contact(view: CustomerView, contact_id: UUID) -> dict[str, Any]:
    for contact in view.contacts:
        if contact["id"] == str(contact_id):
            return contact
    raise CustomerMissing(code="contact_not_found")


def _wanted(form: Form) -> dict[str, Any]:
    return {
        "name": form.text("name", required=True, limit=200),
        "function": form.text("function", limit=200),
        "email": form.email("email"),
        "phone": form.text("phone", limit=40),
        "language": form.choice("language", ("de", "en")),
        "document_types": form.many("document_types", DocumentType),
    } | {flag: form.flag(flag) for flag in _FLAGS}


def _page(
    request: Request, staff: Staff, view: CustomerView, form: Form, known: dict[str, Any] | None = None, status: int = 200
) -> Response:  # fmt: skip
    return pages(request).render(
        request, "customers/contact.html", page_context(request, staff, "customers", live=False), status=status, form=form,
        c=view.data, known=known,
    )  # fmt: skip
