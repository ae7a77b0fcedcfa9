"""What staff do with documents, and what the portal reports of them."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents.dependencies import Dependencies, Deps
from kontor_documents.release import service
from kontor_documents.release.hiding import hide_file
from kontor_service.commands import command_result
from kontor_service.errors import Problem
from kontor_service.tokens import Principal, require
from kontor_service.validation import Text

router = APIRouter(tags=["release"])

_MAX_RELEASED_TOGETHER = 500
Releaser = Annotated[Principal, Depends(require("documents:release"))]
Submitter = Annotated[Principal, Depends(require("documents:submit"))]


class Release(BaseModel):
    ids: list[UUID] = Field(min_length=1, max_length=_MAX_RELEASED_TOGETHER)


class Reason(BaseModel):
    reason: Text = Field(default="", max_length=1_000)


class Assignment(BaseModel):
    customer_id: UUID


class FileLock(BaseModel):
    private: bool


@router.post("/v1/releases")
async def release(deps: Deps, body: Release, principal: Releaser) -> dict[str, Any]:
    """Releases documents together; each by itself, so that one that cannot go does not hold up the others."""
    released, refused = [], []
    for document_id in dict.fromkeys(body.ids):
        try:
            state = await service.share(
                deps, principal.merchant, document_id, actor=_actor(principal), choice=service.Share()
            )
        except Problem as problem:
            refused.append({"id": str(document_id), "error": problem.as_dict()})
        else:
            released.append(command_result(state))
    return {"released": released, "refused": refused}


@router.post("/v1/documents/{document_id}/share")
async def share(deps: Deps, document_id: UUID, body: service.Share, principal: Releaser) -> dict[str, Any]:
    return command_result(
        await service.share(deps, principal.merchant, document_id, actor=_actor(principal), choice=body)
    )


@router.post("/v1/documents/{document_id}/withdraw")
@router.post("/v1/documents/{document_id}/cancel")
async def close(request: Request, deps: Deps, document_id: UUID, body: Reason, principal: Releaser) -> dict[str, Any]:
    return await _act(deps, principal, service.close, document_id, cancelled=_cancels(request), reason=body.reason)


@router.post("/v1/documents/by-external-id/{external_id:path}/withdraw")
@router.post("/v1/documents/by-external-id/{external_id:path}/cancel")
async def close_by_external_id(
    request: Request, deps: Deps, external_id: str, body: Reason, principal: Submitter
) -> dict[str, Any]:
    """The ERP takes a document back, or has cancelled it (Storno, C26)."""
    use_case = service.close_by_external_id
    return await _act(deps, principal, use_case, external_id, cancelled=_cancels(request), reason=body.reason)


def _cancels(request: Request) -> bool:
    return request.url.path.endswith("/cancel")


@router.post("/v1/documents/{document_id}/assign")
async def assign(deps: Deps, document_id: UUID, body: Assignment, principal: Releaser) -> dict[str, Any]:
    return await _act(deps, principal, service.assign, document_id, body.customer_id)


@router.post("/v1/documents/{document_id}/accept-seller")
async def accept_seller(deps: Deps, document_id: UUID, principal: Releaser) -> dict[str, Any]:
    return await _act(deps, principal, service.accept, document_id, "seller")


@router.post("/v1/documents/{document_id}/accept-characters")
async def accept_characters(deps: Deps, document_id: UUID, principal: Releaser) -> dict[str, Any]:
    return await _act(deps, principal, service.accept, document_id, "characters")


@router.patch("/v1/documents/{document_id}/files/{file_id}")
async def hide(deps: Deps, document_id: UUID, file_id: UUID, body: FileLock, principal: Releaser) -> dict[str, Any]:
    return command_result(
        await hide_file(deps, principal.merchant, document_id, file_id, private=body.private, actor=_actor(principal))
    )


async def _act(
    deps: Dependencies, principal: Principal, use_case: Callable[..., Awaitable[pb.Document]], *what: Any, **how: Any
) -> dict[str, Any]:
    async with deps.db.transaction(principal.merchant) as session:
        return command_result(await use_case(deps, session, *what, actor=_actor(principal), **how))


def _actor(principal: Principal) -> str:
    return f"{principal.subject} {principal.name}".strip()
