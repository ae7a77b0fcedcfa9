"""The list of customers, and one customer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, ListColumn, ListPage
from kontor_edge.paging import capped
from kontor_edge.query import loads, loads_all
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.errors import NotFound
from kontor_service.i18n import N_

router = APIRouter()

CUSTOMERS = ListPage(
    "customers", STAFF,
    source="customer c", where="c.merchant_id = r.merchant_id AND NOT c.deleted", id="c.id", entry="c.brief",
    sort="name", order="asc",
    columns=(
        ListColumn("name", N_("Name"), sort="c.by_name"),
        ListColumn("number", N_("Number"), sort="c.by_number", css="nowrap amount"),
        ListColumn("email", N_("E-mail")),
        ListColumn("access", N_("Portal access")),
    ),
    search=("c.words",), hint=N_("Name, number, city, e-mail"),
    facts={"total": ("bigint", """(SELECT count(*) FROM (
            SELECT FROM customer c WHERE c.merchant_id = r.merchant_id AND NOT c.deleted LIMIT {cap}
        ) capped)""")},
)  # fmt: skip


CustomerMissing = NotFound.named("customer_not_found", N_("There is no such customer."))


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
    staff, listing = await staff_listing(request, CUSTOMERS)
    return pages(request).render(
        request, "customers/list.html", page_context(request, staff, "customers"), staff=staff, listing=listing,
        total=capped(listing.row["total"]),
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
