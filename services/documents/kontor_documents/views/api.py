"""Content, files and history of documents, for edges and for staff."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import text

from kontor_documents import history, queries
from kontor_documents.dependencies import Dependencies, Deps
from kontor_documents.errors import DocumentNotFound, FileNotFound
from kontor_documents.models import Document, DocumentFile
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["views"])

# An edge has decided by its own copy who may see what, and asks with a token of its own.
Staff = Annotated[Principal, Depends(require("service", "documents:release"))]

_KNOWS_CONTENT = text(
    "SELECT 1 FROM document WHERE content_sha256 = :sha256"
    " UNION ALL SELECT 1 FROM document_revision WHERE content_sha256 = :sha256 LIMIT 1"
)


@router.get("/v1/content/{sha256}")
async def content(deps: Deps, sha256: str, principal: Staff) -> Response:
    """The immutable content as DocumentData in JSON. 404 unless a document of the token's merchant says this or,
    before it was amended, said it."""
    async with deps.db.transaction(principal.merchant) as session:
        if (await session.execute(_KNOWS_CONTENT, {"sha256": sha256})).first() is None:
            raise DocumentNotFound
    return Response(await deps.files.get(sha256), media_type="application/json")


@router.get("/v1/documents/{document_id}/pdf")
async def pdf(deps: Deps, document_id: UUID, principal: Staff) -> Response:
    _, files = await _document(deps, document_id, principal)
    return await _answer(deps, next((file for file in files if file.role == "pdf"), None))


@router.get("/v1/documents/{document_id}/files/{file_id}")
async def file(deps: Deps, document_id: UUID, file_id: UUID, principal: Staff) -> Response:
    _, files = await _document(deps, document_id, principal)
    return await _answer(deps, next((file for file in files if file.id == file_id), None))


@router.get("/v1/documents/{document_id}/history")
async def story(deps: Deps, document_id: UUID, principal: Staff) -> dict[str, Any]:
    """What happened to the document, and whether the chain of hashes holds."""
    async with deps.db.transaction(principal.merchant) as session:
        await queries.found(session, document_id)
        chain = await history.entries(session, document_id)
    return {
        "intact": history.intact(chain),
        "entries": [
            entry.model_dump(mode="json", include={"number", "fact", "at", "actor", "detail"}) for entry in chain
        ],
    }


@router.get("/v1/documents/{document_id}/report")
async def report(deps: Deps, document_id: UUID, principal: Staff) -> Response:
    """The report of the official rules kept with an invoice that Kontor issued. 404 where there is none."""
    async with deps.db.transaction(principal.merchant) as session:
        document = await queries.found(session, document_id)
    if document.report_sha256 is None:
        raise DocumentNotFound(N_("There is no report on this document."), code="report_not_found")
    return Response(await deps.files.get(document.report_sha256), media_type="application/json")


async def _document(deps: Dependencies, document_id: UUID, principal: Principal) -> tuple[Document, list[DocumentFile]]:
    async with deps.db.transaction(principal.merchant) as session:
        document = await queries.found(session, document_id)
        return document, await queries.files_of(session, document_id)


async def _answer(deps: Dependencies, found: DocumentFile | None) -> Response:
    if found is None:
        raise FileNotFound
    return download(await deps.files.get(found.sha256), found.media_type, found.name)


def download(content: bytes, media_type: str, name: str) -> Response:
    """The bytes, to be saved under this name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=media_type, headers=headers)
