"""Providers' keys, encrypted at rest (AES-128-CBC with HMAC, as Fernet specifies)."""

import base64
import hashlib
import json

from cryptography.fernet import Fernet
from pydantic import SecretStr


def _cipher(key: SecretStr) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.get_secret_value().encode()).digest()))


def seal(key: SecretStr, credentials: dict[str, str]) -> str:
    return _cipher(key).encrypt(json.dumps(credentials).encode()).decode()


def unseal(key: SecretStr, sealed: str) -> dict[str, str]:
    """Raises cryptography.fernet.InvalidToken under another key."""
    opened: dict[str, str] = json.loads(_cipher(key).decrypt(sealed.encode()))
    return opened
