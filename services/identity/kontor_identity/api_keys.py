"""API keys for systems (B13): shown once, kept as a hash, scoped, revocable."""

import secrets
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field, FutureDatetime, field_validator

from kontor.identity.v1 import identity_pb2 as pb
from kontor.identity.v1.identity_pb2_codes import SecurityEventKind
from kontor_bus import record
from kontor_identity.access.rights import API_KEY_SCOPES
from kontor_identity.access.tokens import hash_of
from kontor_identity.dependencies import Deps
from kontor_identity.fields import Input, Name
from kontor_identity.models import ApiKey
from kontor_identity.security_log import by, note
from kontor_identity.system_time import now
from kontor_service.commands import command_result
from kontor_service.errors import NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal, require
from kontor_service.validation import wrong

router = APIRouter(prefix="/v1/api-keys", tags=["api keys"])

Editor = Annotated[Principal, Depends(require("api_keys:edit"))]

# Secret scanners and people recognise it by this.
_PREFIX = "kontor_"
_SHOWN = len(_PREFIX) + 6


class KeyNew(Input):
    name: Name
    scopes: Annotated[list[str], Field(min_length=1, max_length=len(API_KEY_SCOPES))]

    # From then on it is refused; without, it is good until it is revoked.
    expires_at: FutureDatetime | None = None

    @field_validator("scopes")
    @classmethod
    def scopes_exist(cls, value: list[str]) -> list[str]:
        if not API_KEY_SCOPES.issuperset(value):
            raise wrong(
                "scope_unknown",
                N_("One of these is expected here: %(expected)s"),
                expected=", ".join(sorted(API_KEY_SCOPES)),
            )
        return value


@router.post("", status_code=201)
async def create_key(wanted: KeyNew, deps: Deps, editor: Editor) -> dict[str, Any]:
    """`key` in the answer is the only time that the secret is shown."""
    secret = _PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        id=uuid7(), merchant_id=editor.merchant, name=wanted.name, prefix=secret[:_SHOWN], hash=hash_of(secret),
        scopes=sorted(set(wanted.scopes)), created_by=editor.subject, created_at=now(),
        expires_at=wanted.expires_at,
    )  # fmt: skip
    async with deps.db.transaction(editor.merchant) as session:
        session.add(key)
        note(session, editor.merchant, SecurityEventKind.KEY_CREATED, actor=by(editor), about=key.name)
        record(session, pb.ApiKeyCreated(api_key=state_of(pb.ApiKey, key)))
    return command_result(state_of(pb.ApiKey, key), key=secret)


@router.delete("/{key_id}")
async def revoke_key(key_id: UUID, deps: Deps, editor: Editor) -> dict[str, Any]:
    """The key stops working at once. Raises NotFound."""
    async with deps.db.transaction(editor.merchant) as session:
        key = await session.get(ApiKey, key_id, with_for_update=True)
        if key is None:
            raise NotFound(N_("There is no such API key."))
        if key.revoked_at is None:
            key.revoked_at = now()
            key.touch()
            await session.flush()
            note(session, editor.merchant, SecurityEventKind.KEY_REVOKED, actor=by(editor), about=key.name)
            record(session, pb.ApiKeyRevoked(api_key=state_of(pb.ApiKey, key)))
    return command_result(state_of(pb.ApiKey, key))
