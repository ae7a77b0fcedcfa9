"""Providers' keys at rest: which key encrypted them, and how it is replaced."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from kontor_payments.connections.credentials import CredentialKeys
from kontor_payments.connections.service import Providers
from kontor_payments.settings import Settings

OLD, NEW = SecretStr("o" * 32), SecretStr("n" * 32)
KEYS = {"api_key": "sk", "webhook_secret": "wh"}


def test_what_a_former_key_encrypted_can_be_read_and_is_outdated() -> None:
    before, after = CredentialKeys({"1": OLD}, "1"), CredentialKeys({"1": OLD, "2": NEW}, "2")
    sealed = before.seal(KEYS)
    assert sealed.startswith("1.")
    assert (after.unseal(sealed), after.is_outdated(sealed)) == (KEYS, True)
    assert not after.is_outdated(after.seal(KEYS))
    with pytest.raises(KeyError):
        CredentialKeys({"2": NEW}, "2").unseal(sealed)


def test_an_id_names_one_key() -> None:
    needed: dict[str, Any] = {
        "database_url": "postgresql://x",
        "bus_url": "postgresql://x",
        "environment": "development",
        "service_secret": "s",
    }
    with pytest.raises(ValidationError, match="credential_key_id"):
        Settings(**needed, former_credential_keys={"1": OLD})
    assert Settings(**needed, credential_key_id="2", former_credential_keys={"1": OLD}).credential_keys.current == "2"


async def test_the_next_start_encrypts_everything_with_the_new_key(world: Any) -> None:
    connection = await world.app.state.dependencies.providers.connect(world.merchant, "sandbox")
    settings: Settings = world.app.state.settings
    keys = settings.credential_keys.unseal(connection.credentials)
    former = {settings.credential_key_id: settings.credential_key}
    rotated = settings.model_copy(
        update={"credential_key": NEW, "credential_key_id": "2", "former_credential_keys": former}
    )
    providers = Providers(rotated, world.app.state.db)
    await providers.reseal()
    found = await providers.by_id(world.merchant, connection.id)
    assert CredentialKeys({"2": NEW}, "2").unseal(found.credentials) == keys
    # Back again, for the tests that share the app.
    former = {"2": NEW}
    back = settings.model_copy(update={"former_credential_keys": former})
    await Providers(back, world.app.state.db).reseal()
    await providers.close()
