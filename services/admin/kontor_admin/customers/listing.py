"""The list of customers, and one customer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.paging import Keyset, capped, slice_of
from kontor_edge.query import loads, loads_all
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.errors import NotFound
from kontor_service.i18n import gettext as _
from kontor_web import Column

router = APIRouter()

SORTS = ("name", "number")


class CustomerMissing(NotFound):
    code, title = "customer_not_found", "There is no such customer"


@dataclass(frozen=True)
class CustomerView:
    data: dict[str, Any]
    owed: list[dict[str, Any]]
    link: dict[str, Any] | None
    latest: list[dict[str, Any]]
    documents: int
    panels: dict[str, Any]

    @property
    def contacts(self) -> list[dict[str, Any]]:
        return list(self.data["contacts"])


@router.get("")
async def customers(request: Request) -> Response:
    query = request.query_params.get("q", "")
    keyset = Keyset.of(request, SORTS, "name", "asc")
    staff, row = await query_view(
        request, f"customers_by_{keyset.sort}_{keyset.direction}", of_words=search_patterns(query), **keyset.arguments
    )
    page = slice_of(row, keyset)
    columns = [
        Column("name", _("Name"), sortable=True), Column("number", _("Number"), sortable=True), Column("email", _("E-mail")),
        Column("access", _("Portal access")),
    ]  # fmt: skip
    return pages(request).render(
        request, "customers/list.html", page_context(request, staff, "customers"), staff=staff, page=page,
        keyset=keyset, columns=columns, q=query,
        total=capped(row["total"]), next=page.query(request, after=page.after), previous=page.query(request, before=page.before),
    )  # fmt: skip


async def customer(request: Request, customer_id: UUID) -> tuple[Staff, CustomerView]:
    """Raises CustomerMissing for one that does not exist or is another merchant's."""
    staff, row = await query_view(request, "customer", asked=customer_id)
    if row["customer"] is None:
        raise CustomerMissing()
    return staff, CustomerView(
        loads(row["customer"]),
        loads(row["owed"], []),
        loads(row["link"]),
        loads_all(row["latest"]),
        row["documents"],
        loads(row.get("panels"), {}),
    )


@router.get("/{customer_id:uuid}")
async def show(request: Request, customer_id: UUID) -> Response:
    staff, view = await customer(request, customer_id)
    return pages(request).render(
        request, "customers/customer.html", page_context(request, staff, "customers"), staff=staff, view=view, c=view.data,
        no_link=why_no_link(staff.merchant, view), documents=capped(view.documents),
    )  # fmt: skip


def why_no_link(merchant: dict[str, Any], view: CustomerView) -> str | None:
    """Why this customer has no address to copy (A9), as a code; None where it has one. Pure."""
    if not merchant.get("portal_enabled"):
        return "portal_off"
    access = view.data["portal_access"]
    if access == "off" or (access in ("", "default") and not merchant.get("portal_access_default")):
        return "customer_off"
    return "revoked" if view.link and view.link["revoked"] else None
