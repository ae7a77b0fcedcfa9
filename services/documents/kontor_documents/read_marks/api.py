"""A customer has a document before their eyes: the edge tells it once a person gives a sign."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from kontor_documents.dependencies import Deps
from kontor_documents.read_marks.service import Seen, mark_read_by_customer
from kontor_documents.release import service as release
from kontor_documents.visibility import locked_for
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["read marks"])
Reader = Annotated[Principal, Depends(require("documents:read", "service"))]


@router.post("/v1/documents/{document_id}/opened")
async def opened(deps: Deps, document_id: UUID, principal: Reader, body: Seen | None = None) -> dict[str, Any]:
    """The first time of anybody counts as the document's; each person's own reading is kept in a mark of theirs, and the
    merchant's comments on the page count as read. Staff who look have no mark."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await locked_for(session, document_id, principal)
        actor = f"{principal.subject} {principal.name}".strip()
        state = await release.opened(deps, session, document.id, actor=actor)
        if not principal.for_customers:
            return command_result(state)
        reader, name = principal.subject, principal.name
        read = await mark_read_by_customer(deps, session, document, body or Seen(), reader=reader, name=name)
        return command_result(state, read=list(map(command_result, read)))
