"""The screen on which a customer enters readings, of one meter or of forty."""

from contextlib import aclosing
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.listing import portal_listing
from kontor_edge.paging import next_cursor, parse_uuid
from kontor_edge.portal import Slug, customer_names, page_context
from kontor_edge.query import loads, loads_all
from kontor_meters_pages.entering import Entry
from kontor_meters_pages.portal.entering import by_hand, enter, to_enter
from kontor_meters_pages.portal.listing import METERS, may_enter
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.errors import Forbidden, NotFound
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False)

# Ten photos just as a phone takes them, or hundreds that were shrunk.
_LARGEST_FORM = 256 * MEBIBYTE


@router.get("/{slug}/zaehler/melden")
async def entry(request: Request, slug: Slug) -> Response:
    """`?meter=`, `?invitation=`, `?customer=` narrow it to one meter, to what is asked for, to one customer."""
    record = await _record(request)
    meters = _chosen(request, record)
    if not meters and "invitation" in request.query_params:
        return pages(request).redirect(f"/{slug}/zaehler", info=_("All readings that were asked for are there."))
    form = Form.of({"day": record["today"].isoformat(), "key": str(uuid4())})
    return _page(request, slug, record, Entry(meters, form, record["today"]))


@router.post("/{slug}/zaehler/melden")
@takes(_LARGEST_FORM)
async def send(request: Request, slug: Slug) -> Response:
    record = await _record(request)
    if not may_enter(record):
        raise Forbidden
    async with aclosing(await read_form(request, max_files=METERS.size)) as form:
        found = Entry(_chosen(request, record, form), form, record["today"])
        status = await enter(request, found)
    return _page(request, slug, record, found, status)


async def _record(request: Request) -> asyncpg.Record:
    listing = await portal_listing(request, METERS)
    record = listing.row
    request.state.page_context = page_context(record, "meters")
    if listing.query.values["meter"] and not record["entries"]:
        raise NotFound
    return record


def _chosen(request: Request, record: asyncpg.Record, form: Form | None = None) -> list[dict[str, Any]]:
    meters = [meter for meter in loads_all(record["entries"]) if not _over(meter, record)]
    invitation = parse_uuid(request.query_params, "invitation")
    if invitation is None:
        return meters if "meter" in request.query_params else by_hand(meters)
    asked = next((one for one in loads_all(record["invitations"]) if one["id"] == str(invitation)), None)
    return to_enter(meters, set(asked["waiting"]) if asked else set(), form)


def _over(meter: dict[str, Any], record: asyncpg.Record) -> bool:
    until = meter["in_use_to"]
    return until is not None and until <= record["today"].isoformat()


def entry_title(found: Entry) -> str:
    return _("Enter your reading") if len(found.meters) == 1 else _("Submit readings")


def _page(request: Request, slug: str, record: asyncpg.Record, found: Entry, status: int = 200) -> Response:
    merchant = orjson.loads(record["merchant"])
    return pages(request).render(
        request, "meters/entry.html", request.state.page_context, status=status, slug=slug, entry=found, form=found.form,
        merchant=merchant, allowed=may_enter(record), title=entry_title(found), back=f"/{slug}/zaehler",
        names=customer_names(loads(record["customers"], [])),
        next=next_cursor(record), action=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    )  # fmt: skip
