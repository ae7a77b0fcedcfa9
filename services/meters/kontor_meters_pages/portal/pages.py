"""The list of a customer's meters."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.listing import entries_of, portal_listing
from kontor_edge.portal import Slug, customer_names, page_context
from kontor_edge.query import loads_all
from kontor_meters_pages.portal.listing import METERS, may_enter
from kontor_service.i18n import gettext as _

router = APIRouter(include_in_schema=False)

# Fewer are seen at a glance.
_SEARCHED = 8


@router.get("/{slug}/zaehler")
async def meters(request: Request, slug: Slug) -> Response:
    listing = await portal_listing(request, METERS)
    record, query = listing.row, listing.query
    context = page_context(record, "meters", live=f"/{slug}/live?about=meters")
    found, invitations = entries_of(listing), loads_all(record["invitations"])
    customers = listing.fact("customers", [])
    return pages(request).render(
        request, "meters/list.html", context, slug=slug, listing=listing, meters=found, invitations=invitations,
        waiting={meter for invitation in invitations for meter in invitation["waiting"]}, today=record["today"].isoformat(),
        allowed=may_enter(record), customers=customers,
        searchable=len(found) >= _SEARCHED or customers or query.words or query.after,
        names=customer_names(customers),
        customer_options=[("", _("All customers")), *((c["id"], f"{c['name']} ({c['number']})") for c in customers)],
    )  # fmt: skip
