"""The secret link: a page with one button, and what the button does.

Looking at the page uses nothing up: mail scanners look. The token goes into a session cookie and never into a later address.
"""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_gateway.access.identity import ask_identity, begin
from kontor_gateway.edge import edge_of
from kontor_gateway.reading.ask import ask_public
from kontor_gateway.reading.look import public_look
from kontor_gateway.sessions.cookie import session_hash
from kontor_service.errors import Gone, NotFound, Problem
from kontor_service.vocabulary import word
from kontor_web import read_form

router = APIRouter(include_in_schema=False)


@router.get("/l/{token}")
async def link_page(request: Request, token: str) -> Response:
    """In the merchant's colours where identity can say whose link it is; it works without."""
    try:
        known = await ask_identity(request, "/v1/links/inspect", with_ip=False, token=token)
    except Problem:
        known = {}
    merchant = await ask_public(request, known["slug"]) if known else None
    look, kind = public_look(request, merchant), ""
    if known.get("document_id"):
        asked = (known["slug"], UUID(known["document_id"]))
        record = await edge_of(request).reads.call("SELECT live.linked_type($1, $2)", *asked)
        kind = word(DocumentType, record[0]) if record and record[0] else ""
    return edge_of(request).pages.render(request, "link.html", look, kind=kind)


@router.post("/l/{token}")
async def open_link(request: Request, token: str) -> Response:
    look = public_look(request, None)
    await read_form(request)
    try:
        started = await ask_identity(request, "/v1/sessions/link", token=token)
    except Problem as problem:
        if isinstance(problem, Gone):
            again = bool(problem.extra.get("can_request_new"))
            return edge_of(request).pages.render(
                request, "link_expired.html", look, status=410, can_request_new=again, request_path=request.url.path
            )
        if isinstance(problem, NotFound):
            return edge_of(request).pages.render(request, "link_unknown.html", look, status=404)
        raise
    slug, document = started["session"]["slug"], started["session"]["document_id"]
    response = edge_of(request).pages.redirect(f"/{slug}/dokumente/{document}" if document else f"/{slug}")
    if await _sees_it_anyway(request, slug, document):
        await ask_identity(request, "/v1/sessions/end", with_ip=False, session_hash=started["session"]["hash"])
        return response
    return await begin(request, response, started)


@router.post("/l/{token}/neu")
async def fresh_link(request: Request, token: str) -> Response:
    """The answer is the same whether there is somebody to mail it to or not."""
    look = public_look(request, None)
    await read_form(request)
    await ask_identity(request, "/v1/links/request-new", with_ip=False, token=token)
    return edge_of(request).pages.render(request, "link_mailed.html", look)


async def _sees_it_anyway(request: Request, slug: str, document: str | None) -> bool:
    """Somebody who is logged in keeps the wider session they have."""
    known = session_hash(request, slug)
    if not known:
        return False
    record = await edge_of(request).reads.call("SELECT live.session_covers($1, $2, $3::uuid)", known, slug, document)
    return bool(record and record[0])
