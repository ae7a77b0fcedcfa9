"""The portal's documents as JSON: the same functions as the pages, under the same session cookie."""

from uuid import UUID

import asyncpg
import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.portal.answers import Document, Documents, Overview, Session
from kontor_documents_pages.portal.copy import COUNT_CAP
from kontor_documents_pages.portal.document_view import DocumentView, document_view
from kontor_documents_pages.portal.listing import ENTRIES
from kontor_documents_pages.portal.quotes_api import totals_of
from kontor_edge.answers import json_answer
from kontor_edge.described import answers
from kontor_edge.listing import portal_listing
from kontor_edge.portal import query_view
from kontor_service.errors import NotFound

router = APIRouter(prefix="/api/portal/v1/{slug}", tags=["portal"])


@router.get(
    "/documents",
    summary="Documents, page by page",
    openapi_extra={"parameters": ENTRIES.parameters},
    **answers(Documents),
)
async def documents(request: Request, slug: str) -> Response:
    """`documents`, `next` (cursor or null), `counts` by type (at most `count_cap`). Sessions of a document's link see that
    document and its related ones, all on one page."""
    listing = await portal_listing(request, ENTRIES)
    record = listing.row
    if orjson.loads(record["session"])["document_id"]:
        thread = await query_view(request, "thread")
        return json_answer(request, _list(thread["entries"], None, None))
    return json_answer(request, _list(record["entries"], listing.after, record["counts"]))


def _list(entries: list[str] | None, following: str | None, counts: str | None) -> bytes:
    cursor = f'"{following}"' if following else "null"
    rows = ",".join(entries or ())
    return f'{{"documents":[{rows}],"next":{cursor},"counts":{counts or "{}"},"count_cap":{COUNT_CAP}}}'.encode()


@router.get("/documents/{document_id}", summary="One document", **answers(Document))
async def document(request: Request, slug: str, document_id: UUID) -> Response:
    """The entry of the list and, besides, `details`, `payment_details`, `content` (lines and parties as in EN 16931; null
    until fetched) and `related`. `may` says what can be done with it; of a quote, `version` is what an acceptance
    names, `selection` what is chosen, and `forward_to` the colleagues whom a reader who may not accept it can ask to."""
    record = await query_view(request, "document", asked=document_id)
    if record["document"] is None:
        raise NotFound
    return json_answer(request, _document(record))


def _document(record: asyncpg.Record) -> bytes:
    view = document_view(record)
    # Files that cannot be downloaded are not named.
    details = record["document"] if view.printable else orjson.dumps(view.details | {"files": []}).decode()
    parts = {
        "details": details,
        "payment_details": record["payment"],
        "content": _content(record, view),
        "customer": record["customer"],
        "related": f"[{','.join(record['related'] or ())}]",
    }
    more = ",".join(f'"{name}":{text or "null"}' for name, text in parts.items())
    return f"{record['entry'][:-1]},{more},{_deciding(view)}}}".encode()


def _content(record: asyncpg.Record, view: DocumentView) -> str | None:
    """The content without attachments that the reader cannot open; those that are only linked stay."""
    attachments = (view.content or {}).get("attachments") or []
    openable = {file["sha256"] for file in view.attachments}
    left = [one for one in attachments if one.get("url") or one.get("sha256") in openable]
    if len(left) == len(attachments):
        text: str | None = record["content"]
        return text
    return orjson.dumps({**(view.content or {}), "attachments": left}).decode()


def _deciding(view: DocumentView) -> str:
    """What may be done with it and, of a quote, what is chosen."""
    chosen = view.details["selection"]
    selection = totals_of({**chosen, "currency": view.currency}) if chosen else None
    return orjson.dumps({"selection": selection, "may": view.may, "forward_to": view.forward_to})[1:-1].decode()


@router.get("/overview", summary="What is open and what came last", **answers(Overview))
async def overview(request: Request, slug: str) -> Response:
    """`owed` per customer and currency, `due` (soonest first) and `latest` entries, and the `customers` of this log-in."""
    record = await query_view(request, "overview")
    body = (
        f'{{"owed":{record["owed"] or "[]"},"due":[{",".join(record["due"] or ())}],'
        f'"latest":[{",".join(record["latest"] or ())}],"customers":{record["customers"] or "[]"}}}'
    )
    return json_answer(request, body.encode())


@router.get("/session", summary="Whose session this is", **answers(Session))
async def session(request: Request, slug: str) -> Response:
    """Name, language, rights, customers; `document_id` where a document's link opened it; `sections`: what there is for them."""
    record = await query_view(request, "reader")
    return json_answer(request, f'{{"session":{record["session"]},"merchant":{record["merchant"]}}}'.encode())
