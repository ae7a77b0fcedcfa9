"""Invitations over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from kontor_identity.access.services import CallingService, Mailer
from kontor_identity.fields import Input
from kontor_identity.invitations.service import Inspected, accept_invitation, inspect_invitation, invitation_url
from kontor_identity.parts import Here

router = APIRouter(prefix="/v1/invitations", tags=["invitations"])


class InvitationToken(Input):
    token: str


class Acceptance(InvitationToken):
    # Of the log-in that there is, or the one chosen for a new one.
    password: str
    # There is a log-in, and its password is replaced by this one.
    forgotten: bool = False
    ip: str = ""


@router.post("/{invitation_id}/link")
async def link_for_the_mail(invitation_id: UUID, here: Here, caller: Mailer) -> dict[str, str]:
    return {"url": await invitation_url(here, caller.merchant_id, invitation_id)}


@router.post("/inspect")
async def inspect(body: InvitationToken, here: Here, _: CallingService) -> Inspected:
    return await inspect_invitation(here, body.token)


@router.post("/accept")
async def accept(body: Acceptance, here: Here, _: CallingService) -> dict[str, Any]:
    started = await accept_invitation(here, body.token, body.password, body.ip, forgotten=body.forgotten)
    await here.push.now(started.actor.merchant_id)
    return started.answer()
