"""The portal's pages of documents."""

from typing import Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents_pages import content as content_view
from kontor_documents_pages.filters import check_days
from kontor_documents_pages.portal.beside import beside
from kontor_documents_pages.portal.chosen_view import chosen_view, keep_view
from kontor_documents_pages.portal.conversation.pages import new_form
from kontor_documents_pages.portal.conversation.view import conversation_of
from kontor_documents_pages.portal.conversation.writer import known_writer
from kontor_documents_pages.portal.document_view import document_view
from kontor_documents_pages.portal.draft_standing import draft_standing
from kontor_documents_pages.portal.listing import (
    DOCUMENTS,
    choices,
    columns,
    customer_names,
    type_links,
    type_title,
)
from kontor_documents_pages.portal.quotes.pages import quote_page
from kontor_documents_pages.portal.rows import count_new, rows, undecided
from kontor_edge.edge import edge_of, pages
from kontor_edge.listing import portal_listing
from kontor_edge.portal import Slug, page_context, query_view
from kontor_edge.portal import customer_names as names_by_id
from kontor_service.errors import NotFound
from kontor_web.forms import Form

router = APIRouter(include_in_schema=False)

_WAIT_FOR_NEW_DOCUMENT = 1.0


@router.get("/{slug}")
async def overview(request: Request, slug: Slug) -> Response:
    record = await query_view(request, "overview")
    session = orjson.loads(record["session"])
    if session["document_id"]:
        return pages(request).redirect(f"/{slug}/dokumente/{session['document_id']}")
    context = page_context(record, "overview", live=f"/{slug}/live")
    customers = orjson.loads(record["customers"] or "[]")
    names = names_by_id(customers)
    return pages(request).render(
        request, "overview.html", context, slug=slug, session=session, columns=columns(), names=names,
        owed=orjson.loads(record["owed"] or "[]"), due=rows(slug, record["due"], names),
        latest=rows(slug, record["latest"], names), customers=customers, undecided=undecided(record["latest"]),
    )  # fmt: skip


@router.get("/{slug}/dokumente")
async def documents(request: Request, slug: Slug) -> Response:
    listing = await portal_listing(request, DOCUMENTS, Form.of(request.query_params))
    if not _all_documents(listing.row):
        return await _thread_page(request, slug)
    counted = listing.row["new_count"]
    count = count_new(listing.entries) if counted is None else counted
    context = page_context(listing.row, "documents", live=f"/{slug}/live", count=count)
    listing.choices |= choices(listing)
    check_days(listing)
    return pages(request).render(
        request, "documents.html", context, slug=slug, listing=listing,
        rows=rows(slug, listing.entries, customer_names(listing)), types=type_links(slug, listing),
        title=type_title(listing.query.values["type"]),
    )  # fmt: skip


async def _thread_page(request: Request, slug: str) -> Response:
    """What a document's link opens, and the way to all documents."""
    record = await query_view(request, "thread")
    context = page_context(record, "documents", live=f"/{slug}/live")
    return pages(request).render(
        request,
        "thread.html",
        context,
        slug=slug,
        rows=rows(slug, record["entries"]),
        columns=columns(),
    )


@router.get("/{slug}/dokumente/{document_id}")
async def document(request: Request, slug: Slug, document_id: UUID) -> Response:
    record = await _document(request, slug, document_id)
    if record["document"] is None:
        return await _withdrawn(request, document_id)
    standing = await draft_standing(request, record)
    if document_view(record).entry["type"] == DocumentType.QUOTE:
        return quote_page(request, slug, record, standing=standing)
    context = page_context(record, "documents", live=f"/{slug}/live?document={document_id}")
    view = document_view(record, standing)
    # What is still being fetched comes into the open page by itself; a PDF in its place would never give way to it.
    fetching = view.content is None and bool(view.details["content_sha256"])
    structured = fetching or _has_text(view.content)
    show_pdf = view.pdf is not None and (chosen_view(request, view.merchant) == "pdf" or not structured)
    response = pages(request).render(
        request,
        "document.html",
        context,
        slug=slug,
        view=view,
        parts=content_view,
        **beside(slug, record, view),
        show_pdf=show_pdf,
        structured=structured,
        talk=conversation_of(record, edge_of(request).clock.now(), known_writer(request, record)),
        comment_form=new_form(),
    )
    keep_view(request, response)
    return response


async def _document(request: Request, slug: str, document_id: UUID) -> asyncpg.Record:
    """A link can be faster than the fact it leads to: then the page waits for it a moment."""
    record = await query_view(request, "document", asked=document_id)
    if _lacks_content(record):
        details, edge = orjson.loads(record["document"]), edge_of(request)
        merchant = UUID(orjson.loads(record["merchant"])["id"])
        if await edge.content.fetch(edge.views, merchant, details["content_sha256"]):
            return await query_view(request, "document", asked=document_id)
    if record["document"] is not None or orjson.loads(record["session"])["document_id"] != str(document_id):
        return record

    async def look() -> asyncpg.Record | None:
        again = await query_view(request, "document", asked=document_id)
        return again if again["document"] is not None else None

    topics = {f"document:{document_id}"}
    return await edge_of(request).changes.until(topics, look, timeout=_WAIT_FOR_NEW_DOCUMENT) or record


async def _withdrawn(request: Request, document_id: UUID) -> Response:
    """Says so to whoever could open the document before. Raises NotFound for everybody else."""
    record = await query_view(request, "withdrawn_document", asked=document_id)
    if not record["withdrawn"]:
        raise NotFound
    context = page_context(record, "documents")
    return pages(request).render(
        request, "portal/withdrawn.html", context, status=410, merchant=orjson.loads(record["merchant"])
    )


def _lacks_content(record: asyncpg.Record) -> bool:
    """Of a preview's draft nothing was fetched before: customers do not see it yet. A quote is nothing without its lines."""
    if record["document"] is None or record["content"] is not None:
        return False
    is_preview = orjson.loads(record["session"])["kind"] == "preview"
    return bool(is_preview or orjson.loads(record["entry"])["type"] == DocumentType.QUOTE)


def _all_documents(record: asyncpg.Record) -> bool:
    """A document link's session sees no list, but its document and what belongs to it."""
    return orjson.loads(record["session"])["document_id"] is None


def _has_text(content: dict[str, Any] | None) -> bool:
    return bool(content and (content.get("lines") or content.get("introduction")))
