"""What the use cases work with, put together once at start."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from kontor_identity.keys.derived import SecretKeys
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


def _dependencies(request: Request) -> Dependencies:
    deps: Dependencies = request.app.state.dependencies
    return deps


Deps = Annotated[Dependencies, Depends(_dependencies)]
