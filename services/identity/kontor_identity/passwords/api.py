"""Passwords over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field

from kontor_identity.access.rights import EDGE_OF_KIND
from kontor_identity.access.services import CallingService
from kontor_identity.access.tokens import NotAllowed
from kontor_identity.challenges import open_challenge
from kontor_identity.dependencies import Deps
from kontor_identity.fields import Email, Input, Language
from kontor_identity.limits import uniform_time
from kontor_identity.passwords.changes import (
    change_language,
    change_password,
    complete_reset,
    end_all_sessions,
    mail_reset,
)
from kontor_identity.passwords.person import LoginKind, confirm_session
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["passwords"])

Person = Annotated[Principal, Depends(require("account"))]


class ResetWanted(Input):
    slug: Annotated[str, Field(max_length=40)] = ""
    email: Email
    kind: LoginKind
    ip: str = ""
    device: Annotated[str, Field(max_length=200)] = ""


class ResetToken(Input):
    token: str


class NewPassword(ResetToken):
    password: str
    ip: str = ""


class PasswordChange(Input):
    old: Annotated[str, Field(max_length=1000)]
    new: str


class Confirmation(Input):
    password: Annotated[str, Field(max_length=1000)]


class LanguageChange(Input):
    language: Language


@router.post("/password-resets", status_code=202)
async def reset(body: ResetWanted, deps: Deps, edge: CallingService) -> dict[str, str]:
    if EDGE_OF_KIND[body.kind] != edge:
        raise NotAllowed(N_("%(edge)s resets no passwords of this kind."), edge=edge)
    async with uniform_time(deps.settings.uniform_answer_seconds):
        await mail_reset(deps, slug=body.slug, email=body.email, kind=body.kind, ip=body.ip, device=body.device)
    return {}


@router.post("/password-resets/inspect")
async def inspect(body: ResetToken, deps: Deps, _: CallingService) -> dict[str, str]:
    """Whether the link still works. Raises LinkUnknown, LinkExpired."""
    await open_challenge(deps, body.token, "password_reset")
    return {}


@router.post("/password-resets/complete")
async def complete(body: NewPassword, deps: Deps, _: CallingService) -> dict[str, Any]:
    started = await complete_reset(deps, body.token, body.password, body.ip)
    await deps.push.now(started.actor.merchant_id)
    return started.answer()


@router.post("/account/password")
async def own_password(body: PasswordChange, deps: Deps, person: Person) -> dict[str, bool]:
    return {"pushed": await change_password(deps, person, body.old, body.new)}


@router.post("/account/confirm", status_code=204)
async def confirm(body: Confirmation, deps: Deps, person: Person) -> None:
    """For what asks for a fresh log-in: the person's next commands have one."""
    await confirm_session(deps, person, body.password)


@router.post("/account/log-out-everywhere")
async def everywhere(deps: Deps, person: Person) -> dict[str, bool]:
    return {"pushed": await end_all_sessions(deps, person)}


@router.post("/account/language")
async def own_language(body: LanguageChange, deps: Deps, person: Person) -> dict[str, bool]:
    return {"pushed": await change_language(deps, person, body.language)}
