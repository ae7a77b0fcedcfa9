"""Providers' keys, encrypted at rest (AES-128-CBC with HMAC, as Fernet specifies), after the id of the key that did it."""

import base64
import hashlib
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet
from pydantic import SecretStr


class CredentialKeys:
    """The `current` one encrypts; the others open what they encrypted, until it has been encrypted anew."""

    def __init__(self, keys: Mapping[str, SecretStr], current: str) -> None:
        self._ciphers = {key_id: _cipher(key) for key_id, key in keys.items()}
        self.current = current

    def seal(self, credentials: dict[str, str]) -> str:
        return f"{self.current}.{self._ciphers[self.current].encrypt(json.dumps(credentials).encode()).decode()}"

    def unseal(self, sealed: str) -> dict[str, str]:
        """Raises KeyError for a key that is no longer there, cryptography.fernet.InvalidToken for another one."""
        key_id, _, token = sealed.partition(".")
        opened: dict[str, str] = json.loads(self._ciphers[key_id].decrypt(token.encode()))
        return opened

    def is_outdated(self, sealed: str) -> bool:
        """Whether a former key has encrypted it that is still there."""
        key_id = sealed.partition(".")[0]
        return key_id != self.current and key_id in self._ciphers


def _cipher(key: SecretStr) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.get_secret_value().encode()).digest()))
