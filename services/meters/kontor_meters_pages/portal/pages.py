"""The list of a customer's meters."""

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.paging import next_cursor
from kontor_edge.portal import Slug, page_context
from kontor_edge.query import loads_all
from kontor_meters_pages.portal.listing import may_enter, meters_page, read_wish
from kontor_service.i18n import gettext as _
from kontor_web import Column

router = APIRouter(include_in_schema=False)

# Fewer are seen at a glance.
_SEARCHED = 8


@router.get("/{slug}/zaehler")
async def meters(request: Request, slug: Slug) -> Response:
    wish = read_wish(request.query_params)
    record = await meters_page(request, slug, wish)
    context = page_context(record, "meters", live=f"/{slug}/live?about=meters")
    found, invitations = loads_all(record["entries"]), loads_all(record["invitations"])
    customers = orjson.loads(record["customers"] or "[]")
    return pages(request).render(
        request, "meters/list.html", context, slug=slug, wish=wish, meters=found, invitations=invitations, columns=_columns(),
        waiting={meter for invitation in invitations for meter in invitation["waiting"]}, today=record["today"].isoformat(),
        allowed=may_enter(record), next=next_cursor(record), customers=customers,
        searchable=len(found) >= _SEARCHED or customers or wish.query or wish.after,
        names={c["id"]: c["name"] for c in customers},
        customer_options=[("", _("All customers")), *((c["id"], f"{c['name']} ({c['number']})") for c in customers)],
    )  # fmt: skip


def _columns() -> list[Column]:
    return [
        Column("number", _("Meter")),
        Column("place", _("Place")),
        Column("last", _("Last reading"), num=True),
        Column("state", _("Status")),
    ]
