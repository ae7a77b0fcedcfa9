"""Invitations over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from kontor_identity.access.services import CallingService, Mailer
from kontor_identity.dependencies import Deps
from kontor_identity.fields import Input
from kontor_identity.invitations.service import Inspected, accept_invitation, inspect_invitation, invitation_url

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
async def link_for_the_mail(invitation_id: UUID, deps: Deps, caller: Mailer) -> dict[str, str]:
    return {"url": await invitation_url(deps, caller.merchant_id, invitation_id)}


@router.post("/inspect")
async def inspect(body: InvitationToken, deps: Deps, _: CallingService) -> Inspected:
    return await inspect_invitation(deps, body.token)


@router.post("/accept")
async def accept(body: Acceptance, deps: Deps, _: CallingService) -> dict[str, Any]:
    started = await accept_invitation(deps, body.token, body.password, body.ip, forgotten=body.forgotten)
    await deps.push.now(started.actor.merchant_id)
    return started.answer()
