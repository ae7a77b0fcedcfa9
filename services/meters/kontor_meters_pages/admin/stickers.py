"""The secret link of a meter, by which readings are entered without log-in; and stickers with it as a QR code (G3)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act
from kontor_edge.answers import file_response
from kontor_edge.edge import pages
from kontor_edge.owners import command, send
from kontor_edge.query import loads
from kontor_edge.staff import Staff
from kontor_meters_pages.admin.listing import METERS, with_kinds
from kontor_meters_pages.admin.staff_page import EDIT, OWNER, ask_meters, query_list, render, uuids_of
from kontor_meters_pages.admin.view import meter
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import read_form

router = APIRouter()

# Of one PDF; who has more makes several.
MOST = 300


def _resource(meter_id: str | UUID) -> str:
    return f"meters.meter:{meter_id}"


@router.get("/aufkleber")
async def choose(request: Request) -> Response:
    """`?meter=` (several): those are chosen already. Else the list, with the filters of the meters' list."""
    ids = uuids_of(request.query_params.getlist("meter"))
    if ids:
        staff, row = await ask_meters(request, "meters_chosen", of_customer=None, asked=ids[:MOST], many=MOST)
        entries: list[dict[str, Any]] = [loads(entry) for entry in row["entries"] or ()]
        listing = None
    else:
        staff, listing = await query_list(request, replace(METERS, size=MOST, most=MOST))
        entries = with_kinds(listing).entries
    return render(request, staff, "stickers", tab="stickers", entries=entries, listing=listing, most=MOST)


@router.post("/aufkleber")
async def make(request: Request) -> Response:
    """A PDF of labels. The links in it are secret: they are made for this answer and kept nowhere."""
    form = await read_form(request)
    ids = uuids_of(form.many("meter")[:MOST])
    if not ids:
        return pages(request).redirect("/zaehler/aufkleber", warn=_("Please choose at least one meter."))
    staff, row = await ask_meters(request, "meters_chosen", of_customer=None, asked=ids, many=MOST)
    entries = [loads(entry) for entry in row["entries"] or ()]
    try:
        urls = await _urls(request, staff, [entry["id"] for entry in entries])
        items = [_label(entry, url) for entry in entries if (url := urls.get(entry["id"]))]
        if not items:
            return pages(request).redirect("/zaehler/aufkleber", bad=_("The links of these meters were revoked."))
        answer = await send(
            request, OWNER, EDIT, "POST", "/v1/stickers", json={"merchant": _merchant(staff), "items": items}
        )
    except Problem as problem:
        if problem.status == 401 or problem.status >= 500:
            raise
        return pages(request).redirect("/zaehler/aufkleber", bad=problem.detail)
    return file_response(answer.content, "application/pdf", _("stickers.pdf"), save=True)


async def _urls(request: Request, staff: Staff, ids: list[str]) -> dict[str, str]:
    """By meter; without those whose link was revoked."""
    answer = await command(
        request, "identity", EDIT, "POST", "/v1/capability-links", json={"resources": [_resource(one) for one in ids]}
    )
    return {link["resource"].partition(":")[2]: link["url"] for link in answer["links"] if link["url"]}


def _merchant(staff: Staff) -> dict[str, str]:
    accent = staff.merchant.get("accent_color", "")
    return {"name": str(staff.merchant.get("name", ""))} | ({"accent": str(accent)} if accent else {})


def _label(entry: dict[str, Any], url: str) -> dict[str, str]:
    town = " ".join(part for part in (entry["post_code"], entry["city"]) if part)
    place = ", ".join(part for part in (entry["street"], town, entry["detail"] or entry["label"]) if part)
    return {"number": entry["number"], "kind": entry["kind"], "place": place, "url": url}


@router.post("/{meter_id:uuid}/link")
async def link(request: Request, meter_id: UUID) -> Response:
    """The address is a secret: fetched for this page alone and kept nowhere. `renew` makes another one."""
    staff, view = await meter(request, meter_id, 1)
    form = await read_form(request)
    body: dict[str, Any] = {"resources": [_resource(meter_id)]}
    if form.flag("renew"):
        body["renew"] = True
    answer = await command(request, "identity", EDIT, "POST", "/v1/capability-links", json=body)
    return render(request, staff, "link", m=view.data, url=answer["links"][0]["url"], renewed=form.flag("renew"))


@router.post("/{meter_id:uuid}/link/widerrufen")
async def revoke(request: Request, meter_id: UUID) -> Response:
    await meter(request, meter_id, 1)
    await read_form(request)
    return await act(
        request, "identity", EDIT, "POST", "/v1/capability-links/revoke", json={"resources": [_resource(meter_id)]},
        back=f"/zaehler/{meter_id}", good=_("The link no longer works. Stickers with it lead nowhere."),
    )  # fmt: skip
