"""What the use cases work with, put together once at start."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import asyncpg
from fastapi import Depends, Request

from kontor_identity.keys.derived import Purpose, SecretKeys, Token, TokenUnreadable
from kontor_identity.keys.signing import SigningKeys
from kontor_identity.limits import Limits
from kontor_identity.passwords.hashing import Passwords
from kontor_identity.settings import Settings
from kontor_service.database import Database
from kontor_service.errors import Gone, NotFound
from kontor_service.files import Files
from kontor_service.i18n import N_

if TYPE_CHECKING:
    from kontor_identity.sessions.push import SessionPush

LinkUnknown = NotFound.named("link_unknown", N_("There is no such link."))
# `slug` says whose portal it led to, where it led to one.
LinkExpired = Gone.named("link_expired", N_("The link is no longer valid."))


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

    async def look_up(self, text: str, function: str) -> tuple[Token, asyncpg.Record]:
        """A token and what the SQL function answers about its id. Whether it is genuine has not been looked at.

        Raises LinkUnknown where it is no token of ours, or the function answers nothing.
        """
        try:
            token = self.secrets.read(text)
        except TokenUnreadable as error:
            raise LinkUnknown from error
        row = await self.db.pool.fetchrow(f"SELECT * FROM {function}($1)", token.id)
        if row is None or row[0] is None:
            raise LinkUnknown
        return token, row

    def known_device(self, text: str, account: str) -> str:
        """The device from which somebody has logged in to this account before; empty for every other."""
        try:
            token = self.secrets.read(text)
        except TokenUnreadable:
            return ""
        return str(token.id) if self.secrets.genuine(token, Purpose.DEVICE, about=account) else ""


def dependencies_of(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.dependencies
    return deps


Deps = Annotated[Dependencies, Depends(dependencies_of)]
