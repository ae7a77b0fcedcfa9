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
from kontor_service.errors import NotFound
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

    async def opened(self, text: str, purpose: Purpose, lookup: str, unknown: type[NotFound]) -> tuple[UUID, UUID]:
        """Id and merchant of a genuine token, the merchant by the SQL function `lookup`. Any other text raises `unknown`."""
        try:
            token = self.secrets.read(text)
        except TokenUnreadable as error:
            raise unknown from error
        genuine = self.secrets.genuine(token, purpose)
        merchant_id = await self.db.pool.fetchval(f"SELECT {lookup}($1)", token.id) if genuine else None
        if merchant_id is None:
            raise unknown
        return token.id, merchant_id


def _dependencies(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.dependencies
    return deps


Deps = Annotated[Dependencies, Depends(_dependencies)]
