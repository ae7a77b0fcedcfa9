"""Sessions over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import Field, model_validator

from kontor_identity.access.rights import EDGE_OF_KIND
from kontor_identity.access.services import CallingService
from kontor_identity.access.tokens import NotAllowed
from kontor_identity.dependencies import Deps
from kontor_identity.fields import Email, Input
from kontor_identity.limits import uniform_time
from kontor_identity.passwords.person import LoginKind
from kontor_identity.sessions.code import mail_code_for_address, mail_code_for_link, start_with_code
from kontor_identity.sessions.own import end_by_hash, end_own_session, own_sessions
from kontor_identity.sessions.password import start_with_password
from kontor_identity.sessions.renew import renew_session
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, ServiceCaller, require

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

Person = Annotated[Principal, Depends(require("account"))]
# By which an account knows the browser; empty where it has none.
Device = Annotated[str, Field(max_length=200)]
Hash = Annotated[str, Field(max_length=64)]


class PasswordLogin(Input):
    slug: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1000)]
    kind: LoginKind
    ip: str = ""
    device: Device = ""


class CodeWanted(Input):
    """For a link's session, or for an address at a merchant."""

    session_hash: Hash | None = None
    slug: Annotated[str, Field(max_length=40)] | None = None
    email: Email | None = None
    ip: str = ""
    device: Device = ""

    @model_validator(mode="after")
    def one_way(self) -> "CodeWanted":
        by_address = self.slug is not None and self.email is not None
        if (self.session_hash is None) != by_address:
            raise ValueError("either session_hash, or slug and email must be given")
        return self


class CodeLogin(Input):
    challenge_id: UUID
    code: Annotated[str, Field(max_length=20)]
    ip: str = ""


class SessionHash(Input):
    session_hash: Hash


@router.post("/password")
async def password_session(body: PasswordLogin, deps: Deps, edge: CallingService) -> dict[str, Any]:
    if EDGE_OF_KIND[body.kind] != edge:
        raise NotAllowed(N_("%(edge)s starts no sessions of this kind."), edge=edge)
    email = body.email.strip().lower()
    started = await start_with_password(
        deps,
        slug=body.slug,
        email=email,
        password=body.password,
        kind=body.kind,
        ip=body.ip,
        device=body.device,
    )
    return started.answer()


@router.post("/code/start", status_code=202)
async def mail_code(body: CodeWanted, deps: Deps, _: CallingService) -> dict[str, str]:
    async with uniform_time(deps.settings.uniform_answer_seconds):
        if body.session_hash is not None:
            challenge_id = await mail_code_for_link(deps, body.session_hash, body.ip)
        else:
            challenge_id = await mail_code_for_address(deps, body.slug or "", body.email or "", body.ip, body.device)
    return {"challenge_id": str(challenge_id)}


@router.post("/code")
async def code_session(body: CodeLogin, deps: Deps, _: CallingService) -> dict[str, Any]:
    return (await start_with_code(deps, body.challenge_id, body.code, body.ip)).answer()


@router.post("/push")
async def push_again(deps: Deps, _: ServiceCaller) -> dict[str, int]:
    """Tells the edges every live session once more, in the background."""
    return {"sessions": await deps.push.forget_answers()}


@router.post("/renew")
async def renew(body: SessionHash, deps: Deps, _: CallingService) -> dict[str, Any]:
    """Called by an edge when a session is used, at most once per quarter of its idle time: the session, prolonged."""
    return {"session": (await renew_session(deps, body.session_hash)).state()}


@router.post("/end", status_code=204)
async def log_out(body: SessionHash, deps: Deps, _: CallingService) -> Response:
    await end_by_hash(deps, body.session_hash)
    return Response(status_code=204)


@router.get("")
async def list_own(deps: Deps, person: Person) -> dict[str, Any]:
    return {"sessions": await own_sessions(deps, person)}


@router.delete("/{session_id}")
async def end_own(session_id: UUID, deps: Deps, person: Person) -> dict[str, bool]:
    return {"pushed": await end_own_session(deps, person, session_id)}
