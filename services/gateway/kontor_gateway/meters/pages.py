"""The list of a customer's meters."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_gateway.edge import edge_of
from kontor_gateway.meters.listing import may_enter, meters_page, read_all, read_wish
from kontor_gateway.reading.look import look_of
from kontor_gateway.reading.query import next_cursor
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speak
from kontor_web import Column

router = APIRouter(include_in_schema=False)

Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$")]
# Fewer are seen at a glance.
_SEARCHED = 8


@router.get("/{slug}/zaehler")
async def meters(request: Request, slug: Slug) -> Response:
    wish = read_wish(request.query_params)
    record = await meters_page(request, slug, wish)
    look = look_of(record, "meters", live=f"/{slug}/live?about=meters")
    speak(look.language, look.time_zone)
    found, invitations = read_all(record["entries"]), read_all(record["invitations"])
    customers = orjson.loads(record["customers"] or "[]")
    return edge_of(request).pages.render(
        request, "meters/list.html", look, slug=slug, wish=wish, meters=found, invitations=invitations, columns=_columns(),
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
