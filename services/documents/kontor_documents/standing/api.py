"""Standing documents over HTTP: add, change, remove, read a version's file."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from kontor_documents import queries
from kontor_documents.dependencies import Deps
from kontor_documents.standing import service
from kontor_documents.standing.inputs import MOST_BODY_BYTES, StandingDocumentInput
from kontor_documents.standing.on_documents import current
from kontor_documents.views.api import download
from kontor_service.bodies import takes
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["standing documents"])
Editor = Annotated[Principal, Depends(require("standing_documents:edit"))]
# An edge has decided by its own copy who may see what; notifications attaches it to mails.
Reader = Annotated[Principal, Depends(require("service", "documents:release"))]


@router.put("/v1/standing-documents/{standing_document_id}")
@takes(MOST_BODY_BYTES)
async def put(deps: Deps, standing_document_id: UUID, body: StandingDocumentInput, principal: Editor) -> dict[str, Any]:
    """Adds it under the caller's id, or changes it; what customers read differently is a new version."""
    return command_result(await service.put(deps, principal.merchant, standing_document_id, body))


@router.delete("/v1/standing-documents/{standing_document_id}")
async def remove(deps: Deps, standing_document_id: UUID, principal: Editor) -> dict[str, Any]:
    """Those who got it go on reading it."""
    return command_result(await service.remove(deps, principal.merchant, standing_document_id))


@router.get("/v1/standing-documents/versions/{version_id}/file")
async def file(deps: Deps, version_id: UUID, principal: Reader) -> Response:
    """The bytes of any version, also of an old one or of what was removed."""
    version, content = await service.file_of_version(deps, principal.merchant, version_id)
    return download(content, version.media_type, version.name)


@router.get("/v1/documents/{document_id}/standing-documents")
async def of_document(deps: Deps, document_id: UUID, principal: Reader) -> dict[str, Any]:
    """What its customer would get along with it if it were sent now: for the preview of one that waits."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await queries.found(session, document_id)
        return {"standing_documents": await current(session, document)}
