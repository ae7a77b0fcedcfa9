"""Use cases of API keys."""

import secrets
from typing import Any
from uuid import UUID

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import record
from kontor_identity.access.tokens import hash_of
from kontor_identity.dependencies import Dependencies
from kontor_identity.models import ApiKey
from kontor_identity.system_time import now
from kontor_service.commands import command_result
from kontor_service.errors import NotFound
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7

# Secret scanners and people recognise it by this.
_PREFIX = "kontor_"
_SHOWN = len(_PREFIX) + 6


class KeyMissing(NotFound):
    title = N_("There is no such API key.")


async def create_key(
    deps: Dependencies, merchant_id: UUID, name: str, scopes: list[str], creator: str
) -> dict[str, Any]:
    """`key` in the answer is the only time that the secret is shown."""
    secret = _PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        id=uuid7(), merchant_id=merchant_id, name=name, prefix=secret[:_SHOWN], hash=hash_of(secret),
        scopes=sorted(set(scopes)), created_by=creator, created_at=now(),
    )  # fmt: skip
    async with deps.db.transaction(merchant_id) as session:
        session.add(key)
        record(session, pb.ApiKeyCreated(api_key=state_of(pb.ApiKey, key)))
    return command_result(state_of(pb.ApiKey, key), key=secret)


async def revoke_key(deps: Dependencies, merchant_id: UUID, key_id: UUID) -> dict[str, Any]:
    """The key stops working at once. Raises KeyMissing."""
    async with deps.db.transaction(merchant_id) as session:
        key = await session.get(ApiKey, key_id, with_for_update=True)
        if key is None:
            raise KeyMissing
        if key.revoked_at is None:
            key.revoked_at = now()
            key.touch()
            await session.flush()
            record(session, pb.ApiKeyRevoked(api_key=state_of(pb.ApiKey, key)))
    return command_result(state_of(pb.ApiKey, key))
