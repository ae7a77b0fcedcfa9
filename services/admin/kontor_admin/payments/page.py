"""GET /zahlungen"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.paging import Keyset, slice_of
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import page_context, query_view
from kontor_service.i18n import gettext as _

router = APIRouter(prefix="/zahlungen")

STATES = ("succeeded", "pending", "failed", "refunded")


@router.get("")
async def payments(request: Request) -> Response:
    query = request.query_params
    keyset = Keyset.of(request, ("time",), "time")
    state = query.get("state")
    staff, row = await query_view(
        request, f"payments_by_time_{keyset.direction}", of_state=state if state in STATES else None,
        of_words=search_patterns(query.get("q", "")), **keyset.arguments,
    )  # fmt: skip
    page = slice_of(row, keyset)
    return pages(request).render(
        request, "payments/list.html", page_context(request, staff, "payments"), staff=staff, page=page, q=query.get("q", ""),
        states=[("", _("Every state")), ("succeeded", _("Received")), ("pending", _("On its way")), ("failed", _("Failed")),
                ("refunded", _("Paid back"))],
        filtered=bool(query.get("q") or query.get("state")), next=page.query(request, after=page.after),
        previous=page.query(request, before=page.before),
    )  # fmt: skip
