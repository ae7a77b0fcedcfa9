"""Mails over HTTP: as they would go out, as they went out, once more."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from kontor.identity.v1.identity_pb2 import Merchant
from kontor_notifications.copies import queries as copies
from kontor_notifications.events import mail_state
from kontor_notifications.mails import finished
from kontor_notifications.mails.resend import resend
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require
from kontor_service.validation import Line, Text

router = APIRouter(prefix="/v1/mails")
Sender = Annotated[Principal, Depends(require("mails:resend"))]


class Sharing(BaseModel):
    """What staff chose for sharing a document by hand; empty: as usual."""

    model_config = ConfigDict(extra="forbid")

    document_id: UUID
    recipient: Line = Field(default="", max_length=254, pattern=r"^$|^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+$")
    subject: Line = Field(default="", max_length=200)
    text: Text = Field(default="", max_length=10_000)


class Again(BaseModel):
    """What is corrected; left out, it stays as it was."""

    model_config = ConfigDict(extra="forbid")

    recipient: Line | None = Field(default=None, max_length=254)
    subject: Line = Field(default="", max_length=200)
    text: Text = Field(default="", max_length=10_000)


@router.post("/preview")
async def preview(request: Request, principal: Sender, sharing: Sharing) -> dict[str, Any]:
    """{mails: [{recipient, name, language, subject, text, html}]}; 422 template_invalid names field and placeholder."""
    state = request.app.state
    choice = {f"share_{name}": getattr(sharing, name) for name in ("recipient", "subject", "text")}
    async with state.db.transaction(principal.merchant) as session:
        mails = await finished.preview_sharing(
            session, state.settings, state.queue, principal.merchant, sharing.document_id, choice
        )
    return {"mails": mails}


@router.get("/{mail_id}")
async def look(request: Request, principal: Sender, mail_id: UUID) -> dict[str, Any]:
    """As it went out, and what may be corrected before it goes again."""
    state = request.app.state
    async with state.db.transaction(principal.merchant) as session:
        found = await finished.as_it_went(session, mail_id)
        merchant = await copies.get(session, Merchant, principal.merchant)
    return found | {"html": await finished.with_logo(state.owners, merchant, found["html"])}


@router.post("/{mail_id}/resend", status_code=202)
async def send_again(request: Request, principal: Sender, mail_id: UUID, again: Again | None = None) -> dict[str, Any]:
    """Queues the mail once more; the result is the new mail."""
    state, wanted = request.app.state, again or Again()
    async with state.db.transaction(principal.merchant) as session:
        mail = await resend(
            session, state.settings, state.queue, mail_id, wanted.recipient, wanted.subject, wanted.text
        )
        return command_result(mail_state(mail))
