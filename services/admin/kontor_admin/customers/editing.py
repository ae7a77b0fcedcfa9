"""Creating and changing a customer."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.identity.v1.identity_pb2_codes import CustomerRole
from kontor_admin.customers.listing import customer
from kontor_edge.acting import new_key, submit
from kontor_edge.edge import pages
from kontor_edge.staff import Staff, current_staff, page_context
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import word
from kontor_web import Form, read_form

router = APIRouter()

_ADDRESS = ("line1", "line2", "post_code", "city", "country")
_NAMES = {f"address.{part}": part for part in _ADDRESS}


@router.get("/neu")
async def new_page(request: Request) -> Response:
    staff = await current_staff(request)
    query = request.query_params
    form = Form.of(
        {"number": query.get("nummer", ""), "name": query.get("name", ""), "country": "DE", "kind": "business", "roles": ["customer"],
         "language": staff.merchant.get("language", "de"), "portal_access": "default", "mail_mode": "default", "key": new_key()}
    )  # fmt: skip
    return _page(request, staff, form)


@router.post("/neu")
async def create(request: Request) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    answer, status = await submit(
        request,
        form,
        "identity",
        "customers:edit",
        "/v1/customers",
        json=_wanted(form),
        key=form.value("key"),
        names=_NAMES,
    )
    if answer is not None:
        return pages(request).redirect(f"/kunden/{answer['id']}", good=_("Customer created."))
    return _page(request, staff, form, status=status)


@router.get("/{customer_id:uuid}/bearbeiten")
async def edit_page(request: Request, customer_id: UUID) -> Response:
    staff, view = await customer(request, customer_id)
    address = view.data.get("address") or {}
    form = Form.of({name: view.data[name] for name in _FIELDS} | {part: address.get(part, "") for part in _ADDRESS})
    return _page(request, staff, form, view.data)


@router.post("/{customer_id:uuid}/bearbeiten")
async def edit(request: Request, customer_id: UUID) -> Response:
    staff, view = await customer(request, customer_id)
    form = await read_form(request)
    answer, status = await submit(
        request, form, "identity", "customers:edit", f"/v1/customers/{customer_id}", method="PATCH", json=_wanted(form),
        names=_NAMES,
    )  # fmt: skip
    if answer is not None:
        return pages(request).redirect(f"/kunden/{customer_id}", good=_("Saved."))
    return _page(request, staff, form, view.data, status)


_FIELDS = ("number", "name", "kind", "email", "phone", "vat_id", "language", "roles", "portal_access", "mail_mode")


def _wanted(form: Form) -> dict[str, Any]:
    return {
        "number": form.text("number", required=True, limit=60),
        "name": form.text("name", required=True, limit=200),
        "kind": form.choice("kind", ("business", "consumer")),
        "email": form.email("email"),
        "phone": form.text("phone", limit=40),
        "vat_id": form.text("vat_id", limit=20),
        "language": form.choice("language", ("de", "en")),
        "roles": _roles(form),
        "portal_access": form.choice("portal_access", ("default", "on", "off")),
        "mail_mode": form.choice("mail_mode", ("default", "link", "link_and_files")),
        "address": {part: form.text(part, limit=200) for part in _ADDRESS if part != "country"}
        | {"country": form.text("country", limit=2).upper() or "DE"},
    }


def _roles(form: Form) -> list[str]:
    chosen = [str(role) for role in CustomerRole if form.has("roles", role)]
    if not chosen:
        form.error("roles", _("Please choose at least one."))
    return chosen


def _page(
    request: Request, staff: Staff, form: Form, known: dict[str, Any] | None = None, status: int = 200
) -> Response:
    return pages(request).render(
        request, "customers/edit.html", page_context(request, staff, "customers", live=False), status=status, form=form, known=known,
        access_default=bool(staff.merchant.get("portal_access_default")), attaches=bool(staff.merchant.get("mail_attaches_files")),
        roles=[(str(role), word(CustomerRole, role)) for role in CustomerRole],
    )  # fmt: skip
