"""Files of a document: shown, downloaded, hidden from the portal (C3, C12)."""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.acting import act, who
from kontor_admin.documents.document import document
from kontor_admin.owners import owners
from kontor_service.errors import NotFound
from kontor_service.i18n import gettext as _
from kontor_web import read_form

router = APIRouter()

# What a browser may show by itself; everything else is saved.
_SHOWN = {"application/pdf", "image/png", "image/jpeg", "text/plain"}


@router.get("/{document_id}/datei/{file_id}")
async def file(request: Request, document_id: UUID, file_id: UUID) -> Response:
    """The bytes as they came; `?speichern` for saving them."""
    staff, view, _row = await document(request, document_id)
    found = next((f for f in view.data["files"] if f["id"] == str(file_id)), None)
    if found is None:
        raise NotFound(code="file_not_found")
    answer = await owners(request).file("documents", f"/v1/documents/{document_id}/files/{file_id}", staff.merchant_id)
    return bytes_response(answer.content, found["media_type"], found["name"], save="speichern" in request.query_params)


@router.get("/{document_id}/xrechnung")
async def xrechnung(request: Request, document_id: UUID) -> Response:
    staff, view, _row = await document(request, document_id)
    answer = await owners(request).file("documents", f"/v1/documents/{document_id}/xrechnung", staff.merchant_id)
    name = f"{view.data['number'] or document_id}-xrechnung.xml"
    return bytes_response(answer.content, "application/xml", name, save=True)


def bytes_response(content: bytes, media_type: str, name: str, *, save: bool) -> Response:
    """Without a type that the browser could take for a page."""
    kind = media_type if media_type in _SHOWN or save else "application/octet-stream"
    disposition = "inline" if kind in _SHOWN and not save else "attachment"
    headers = {
        "content-disposition": f"{disposition}; filename*=UTF-8''{quote(name, safe='')}",
        "cache-control": "private, no-store",
    }
    return Response(content, media_type=kind, headers=headers)


@router.post("/{document_id}/datei/{file_id}/sperre")
async def lock(request: Request, document_id: UUID, file_id: UUID) -> Response:
    staff = await who(request)
    private = (await read_form(request)).flag("private")
    return await act(
        request, staff, "documents", "documents:release", "PATCH", f"/v1/documents/{document_id}/files/{file_id}",
        json={"private": private}, back=f"/dokumente/{document_id}",
        good=_("The file is hidden from the portal.") if private else _("The file is shown in the portal."),
    )  # fmt: skip
