"""API keys over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field, field_validator

from kontor_identity.access.rights import API_KEY_SCOPES, unknown_scopes
from kontor_identity.api_keys.service import create_key, revoke_key
from kontor_identity.dependencies import Deps
from kontor_identity.fields import Input, Name
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require
from kontor_service.validation import wrong

router = APIRouter(prefix="/v1/api-keys", tags=["api keys"])

Editor = Annotated[Principal, Depends(require("api_keys:edit"))]


class KeyNew(Input):
    name: Name
    scopes: Annotated[list[str], Field(min_length=1, max_length=len(API_KEY_SCOPES))]

    @field_validator("scopes")
    @classmethod
    def scopes_exist(cls, value: list[str]) -> list[str]:
        if unknown_scopes(value):
            raise wrong(
                "scope_unknown",
                N_("One of these is expected here: %(expected)s"),
                expected=", ".join(sorted(API_KEY_SCOPES)),
            )
        return value


@router.post("", status_code=201)
async def post_key(wanted: KeyNew, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await create_key(deps, editor.merchant, wanted.name, wanted.scopes, editor.subject)


@router.delete("/{key_id}")
async def delete_key(key_id: UUID, deps: Deps, editor: Editor) -> dict[str, Any]:
    return await revoke_key(deps, editor.merchant, key_id)
