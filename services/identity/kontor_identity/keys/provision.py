"""Where the keys come from: the settings; in development, where they may be missing, made once and kept in the database."""

import secrets
from collections.abc import Callable

from pydantic import SecretStr

from kontor_identity.keys.derived import SecretKeys
from kontor_identity.keys.signing import SigningKeys, new_seed
from kontor_identity.settings import Settings
from kontor_service.database import Database

_DEVELOPMENT_KEY_ID = "development"


async def signing_keys(settings: Settings, db: Database) -> SigningKeys:
    return SigningKeys(*await _keys(db, "signing", settings.signing_keys, settings.signing_key_id, new_seed))


async def secret_keys(settings: Settings, db: Database) -> SecretKeys:
    return SecretKeys(*await _keys(db, "secret", settings.secret_keys, settings.secret_key_id, secrets.token_urlsafe))


async def _keys(
    db: Database, name: str, given: dict[str, SecretStr], current: str, make: Callable[[], str]
) -> tuple[dict[str, str], str]:
    if given:
        return {key_id: secret.get_secret_value() for key_id, secret in given.items()}, current
    async with db.connection() as connection:
        await connection.execute(
            "INSERT INTO server_key (name, secret) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, make()
        )
        kept = await connection.fetchval("SELECT secret FROM server_key WHERE name = $1", name)
    return {_DEVELOPMENT_KEY_ID: kept}, _DEVELOPMENT_KEY_ID
