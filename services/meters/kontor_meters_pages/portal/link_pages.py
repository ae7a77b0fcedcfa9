"""The write-only link of a sticker or a mail: whoever holds it may enter readings, and is shown nothing of the past.

No session, no cookie: the address is the secret. It stands in no other address, and a page of it sends no Referer.
"""

from contextlib import aclosing
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import ask_identity
from kontor_edge.portal import merchant_of, public_page_context
from kontor_edge.query import call_view, loads_all
from kontor_meters_pages.entering import Entry
from kontor_meters_pages.portal.entering import enter, to_enter
from kontor_meters_pages.portal.entry_pages import entry_title
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.errors import Forbidden, Gone, NotFound, Problem
from kontor_web import Form
from kontor_web.forms import read_secret_form

router = APIRouter(include_in_schema=False)

# Two photos just as a phone takes them.
_LARGEST_FORM = 48 * MEBIBYTE
_MOST_PHOTOS = 100


@router.get("/z/{token}")
async def link_page(request: Request, token: str) -> Response:
    try:
        record = await _linked(request, token)
    except (Gone, NotFound, Forbidden) as problem:
        return await _over(request, problem)
    form = Form.of({"day": record["today"].isoformat(), "key": str(uuid4())})
    return _page(request, record, Entry(_meters(record), form, record["today"], secret=True))


@router.post("/z/{token}")
@takes(_LARGEST_FORM, from_anybody=True)
async def send(request: Request, token: str) -> Response:
    try:
        record = await _linked(request, token)
    except (Gone, NotFound, Forbidden) as problem:
        return await _over(request, problem)
    async with aclosing(await read_secret_form(request, max_files=_MOST_PHOTOS)) as form:
        found = Entry(_meters(record, form), form, record["today"], secret=True)
        status = await enter(request, found, token)
    return _page(request, record, found, status)


async def _linked(request: Request, token: str) -> asyncpg.Record:
    """Raises what identity says of the link: Gone, NotFound, Forbidden where the portal is off, TooMany; and Forbidden
    where it is off for the customer alone."""
    request.state.page_context = public_page_context(request, None)
    known = await ask_identity(request, "/v1/links/inspect", token=token)
    kind, _sep, resource = (known.get("resource") or "").removeprefix("meters.").partition(":")
    if not resource:
        raise NotFound
    edge = edge_of(request)
    record = await call_view(
        request,
        "linked_meters",
        asked_slug=known["slug"],
        at=edge.clock.now(),
        asked_aggregate=kind,
        asked=UUID(resource),
    )
    if record is None:
        raise NotFound
    if record["closed"]:
        raise Forbidden(slug=known["slug"])
    request.state.page_context = public_page_context(request, orjson.loads(record["merchant"]))
    return record


def _meters(record: asyncpg.Record, form: Form | None = None) -> list[dict[str, Any]]:
    return to_enter(loads_all(record["faces"]), {str(meter) for meter in record["waiting"] or ()}, form)


def _page(request: Request, record: asyncpg.Record, found: Entry, status: int = 200) -> Response:
    merchant: dict[str, Any] = orjson.loads(record["merchant"])
    if not found.meters:
        return pages(request).render(request, "meters/link_done.html", request.state.page_context, merchant=merchant)
    return pages(request).render(
        request, "meters/entry.html", request.state.page_context, status=status, slug=None, entry=found, form=found.form,
        merchant=merchant, allowed=True, title=entry_title(found),
        back=None, next=None, action="", names={}, due_on=record["due_on"],
    )  # fmt: skip


async def _over(request: Request, problem: Problem) -> Response:
    """Why the link takes no readings, whose it is where identity could tell, and the way on."""
    merchant = await merchant_of(request, problem)
    return pages(request).render(
        request, "meters/link_over.html", public_page_context(request, merchant), status=problem.status, merchant=merchant,
        unknown=problem.status == 404, closed=isinstance(problem, Forbidden),
    )  # fmt: skip
