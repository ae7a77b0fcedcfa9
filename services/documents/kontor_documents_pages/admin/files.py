"""Files of a document: shown, downloaded, hidden from the portal (C3, C12)."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.admin.document import document
from kontor_edge.acting import act
from kontor_edge.answers import file_response
from kontor_edge.owners import fetch_as_edge
from kontor_edge.staff import current_staff
from kontor_service.errors import NotFound
from kontor_service.i18n import gettext as _
from kontor_web import read_form

router = APIRouter()


@router.get("/{document_id}/datei/{file_id}")
async def file(request: Request, document_id: UUID, file_id: UUID) -> Response:
    """The bytes as they came; `?speichern` for saving them."""
    staff, view, _row = await document(request, document_id)
    found = next((f for f in view.data["files"] if f["id"] == str(file_id)), None)
    if found is None:
        raise NotFound(code="file_not_found")
    answer = await fetch_as_edge(
        request, "documents", f"/v1/documents/{document_id}/files/{file_id}", staff.merchant_id
    )
    return file_response(answer.content, found["media_type"], found["name"], save="speichern" in request.query_params)


@router.post("/{document_id}/datei/{file_id}/sperre")
async def lock(request: Request, document_id: UUID, file_id: UUID) -> Response:
    await current_staff(request)
    private = (await read_form(request)).flag("private")
    return await act(
        request, "documents", "documents:release", "PATCH", f"/v1/documents/{document_id}/files/{file_id}",
        json={"private": private}, back=f"/dokumente/{document_id}",
        good=_("The file is hidden from the portal.") if private else _("The file is shown in the portal."),
    )  # fmt: skip
