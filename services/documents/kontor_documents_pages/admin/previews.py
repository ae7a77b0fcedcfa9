"""A document as its customer, or a contact person, will see it, also before it is shared (A10)."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.admin.document import DocumentMissing, document
from kontor_edge.previews import preview

router = APIRouter()


@router.get("/{document_id}/vorschau")
async def show(request: Request, document_id: UUID, person: UUID | None = None) -> Response:
    """Raises DocumentMissing also for one that is not assigned to a customer: nobody sees it."""
    _staff, view, _row = await document(request, document_id)
    if view.customer is None:
        raise DocumentMissing()
    customer_id = UUID(view.customer["id"])
    return await preview(
        request, back=f"/dokumente/{document_id}", customer_id=customer_id, contact_id=person, document_id=document_id
    )
