"""What the use cases work with, put together once at start."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from fastapi import Depends, Request

from kontor_identity.keys.derived import Purpose, SecretKeys, TokenUnreadable
from kontor_identity.keys.signing import SigningKeys
from kontor_identity.limits.buckets import Limits
from kontor_identity.passwords.hashing import Passwords
from kontor_identity.settings import Settings
from kontor_service.database import Database
from kontor_service.files import Files

if TYPE_CHECKING:
    from kontor_identity.sessions.push import SessionPush


@dataclass(frozen=True)
class Dependencies:
    settings: Settings
    db: Database
    files: Files
    signing: SigningKeys
    secrets: SecretKeys
    passwords: Passwords
    limits: Limits
    push: "SessionPush"

    async def opened(self, text: str, purpose: Purpose, lookup: str) -> tuple[UUID, UUID] | None:
        """Id and merchant of a genuine token, the merchant by the SQL function `lookup`; None for any other text."""
        try:
            token = self.secrets.read(text)
        except TokenUnreadable:
            return None
        if not self.secrets.genuine(token, purpose):
            return None
        merchant_id = await self.db.pool.fetchval(f"SELECT {lookup}($1)", token.id)
        return (token.id, merchant_id) if merchant_id else None


def _dependencies(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.dependencies
    return deps


Deps = Annotated[Dependencies, Depends(_dependencies)]
