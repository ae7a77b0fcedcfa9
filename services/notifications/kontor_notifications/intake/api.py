"""Incoming mails over HTTP, for staff."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from kontor_notifications.intake import tasks
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/incoming-mails")
Assigner = Annotated[Principal, Depends(require("mails:assign"))]


class Assignment(BaseModel):
    model_config = ConfigDict(extra="forbid")

    document_id: UUID


@router.get("/{incoming_mail_id}")
async def look(request: Request, principal: Assigner, incoming_mail_id: UUID) -> dict[str, Any]:
    """{text, whole_text, files: [{name, size}]}"""
    async with request.app.state.db.transaction(principal.merchant) as session:
        return await tasks.content_of(session, incoming_mail_id)


@router.post("/{incoming_mail_id}/assign")
async def assign(request: Request, principal: Assigner, incoming_mail_id: UUID, wanted: Assignment) -> dict[str, Any]:
    """It becomes a comment on this document, in the name of its sender."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        return command_result(await tasks.assign(session, incoming_mail_id, wanted.document_id, principal.subject))


@router.post("/{incoming_mail_id}/discard")
async def discard(request: Request, principal: Assigner, incoming_mail_id: UUID) -> dict[str, Any]:
    """It becomes nothing."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        return command_result(await tasks.discard(session, incoming_mail_id, principal.subject))
