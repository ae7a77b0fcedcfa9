"""The customer's own link (A9): shown for copying, renewed, revoked."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.customers.listing import customer
from kontor_edge.acting import act
from kontor_edge.edge import pages
from kontor_edge.owners import command
from kontor_edge.staff import page_context
from kontor_service.i18n import gettext as _
from kontor_web import read_form

router = APIRouter(prefix="/{customer_id:uuid}/link")


@router.post("")
async def show(request: Request, customer_id: UUID) -> Response:
    """The address is a secret: fetched for this page alone and kept nowhere."""
    staff, view = await customer(request, customer_id)
    await read_form(request)
    answer = await command(request, "identity", "customers:edit", "GET", f"/v1/customers/{customer_id}/link")
    return pages(request).render(
        request, "customers/link.html", page_context(request, staff, "customers", live=False), c=view.data, url=answer.get("url"),
        reason=answer.get("reason"),
    )  # fmt: skip


@router.post("/{what}")
async def change(request: Request, customer_id: UUID, what: Literal["erneuern", "widerrufen"]) -> Response:
    await customer(request, customer_id)
    await read_form(request)
    renew = what == "erneuern"
    return await act(
        request, "identity", "customers:edit", "POST", f"/v1/customers/{customer_id}/link/{'renew' if renew else 'revoke'}",
        back=f"/kunden/{customer_id}",
        good=_("There is a new link; the old one no longer works.") if renew else _("The link no longer works."),
    )  # fmt: skip
