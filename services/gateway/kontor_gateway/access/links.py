"""The secret link: a page with one button, and what the button does.

Looking at the page uses nothing up: mail scanners look. The token goes into a session cookie and never into a later address.
"""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_edge.edge import pages
from kontor_edge.owners import ask_identity
from kontor_edge.portal import merchant_of, public_page_context, query_portal
from kontor_edge.query import call_view
from kontor_edge.sessions import begin_session, session_hash
from kontor_service.bodies import FEW_BYTES, takes
from kontor_service.errors import Forbidden, Gone, NotFound, Problem
from kontor_service.vocabulary import word
from kontor_web import read_form

router = APIRouter(include_in_schema=False)


@router.get("/l/{token}")
async def link_page(request: Request, token: str) -> Response:
    """In the merchant's colours where identity can say whose link it is; it works without."""
    try:
        known = await ask_identity(request, "/v1/links/inspect", with_ip=False, token=token)
    except (Gone, NotFound, Forbidden) as problem:
        return await _over(request, problem)
    except Problem:
        known = {}
    merchant = await query_portal(request, known["slug"]) if known else None
    context, kind = public_page_context(request, merchant), ""
    if known.get("document_id"):
        document = UUID(known["document_id"])
        record = await call_view(request, "linked_type", asked_slug=known["slug"], asked_document=document)
        kind = word(DocumentType, record[0]) if record and record[0] else ""
    return pages(request).render(request, "link.html", context, kind=kind)


@router.post("/l/{token}")
@takes(FEW_BYTES, from_anybody=True)
async def open_link(request: Request, token: str) -> Response:
    public_page_context(request, None)
    await read_form(request)
    try:
        started = await ask_identity(request, "/v1/sessions/link", token=token)
    except (Gone, NotFound, Forbidden) as problem:
        return await _over(request, problem)
    slug, document = started["session"]["slug"], started["session"]["document_id"]
    response = pages(request).redirect(f"/{slug}/dokumente/{document}{_within(request)}" if document else f"/{slug}")
    if await _sees_it_anyway(request, slug, document):
        await ask_identity(request, "/v1/sessions/end", with_ip=False, session_hash=started["session"]["hash"])
        return response
    return await begin_session(request, response, started)


def _within(request: Request) -> str:
    """What of the document the link is about: a mail links to what went along with it, too."""
    try:
        return f"/zusatz/{UUID(request.query_params.get('zusatz', ''))}"
    except ValueError:
        return ""


@router.post("/l/{token}/neu")
@takes(FEW_BYTES, from_anybody=True)
async def fresh_link(request: Request, token: str) -> Response:
    """The answer is the same whether there is somebody to mail it to or not."""
    context = public_page_context(request, None)
    await read_form(request)
    await ask_identity(request, "/v1/links/request-new", with_ip=False, token=token)
    return pages(request).render(request, "link_mailed.html", context)


async def _over(request: Request, problem: Problem) -> Response:
    """Why a link opens nothing, whose it was, and the way on."""
    merchant = await merchant_of(request, problem)
    template = "link_unknown.html" if isinstance(problem, NotFound) else "link_expired.html"
    return pages(request).render(
        request, template, public_page_context(request, merchant), status=problem.status, merchant=merchant,
        closed=isinstance(problem, Forbidden), can_request_new=bool(problem.params.get("can_request_new")),
        request_path=request.url.path,
    )  # fmt: skip


async def _sees_it_anyway(request: Request, slug: str, document: str | None) -> bool:
    """Somebody who is logged in keeps the wider session they have."""
    known = session_hash(request, slug)
    if not known:
        return False
    record = await call_view(
        request,
        "session_covers",
        asked_hash=known,
        asked_slug=slug,
        asked_document=UUID(document) if document else None,
    )
    return bool(record and record[0])
