"""The mail log's one command."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from kontor_notifications.events import mail_state
from kontor_notifications.mails.resend import resend
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter()


class Again(BaseModel):
    model_config = ConfigDict(extra="forbid")

    # A corrected address; left out, the same one.
    recipient: str | None = None


@router.post("/v1/mails/{mail_id}/resend", status_code=202)
async def send_again(
    request: Request,
    principal: Annotated[Principal, Depends(require("mails:resend"))],
    mail_id: UUID,
    again: Again | None = None,
) -> dict[str, Any]:
    """Queues the mail once more; the result is the new mail."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        mail = await resend(session, request.app.state.queue, mail_id, again.recipient if again else None)
        return command_result(mail_state(mail))
