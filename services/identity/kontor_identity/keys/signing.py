"""Signing service tokens: EdDSA (RFC 8037) with Ed25519 keys, published as a key set (RFC 7517)."""

import base64
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_ALGORITHM = "EdDSA"
_SEED_BYTES = 32


class KeyUnusable(ValueError):
    """A key in the settings is not what it must be."""


class SigningKeys:
    """One key signs, all are published: a token signed before a rotation can still be verified."""

    def __init__(self, seeds: Mapping[str, str], current: str) -> None:
        """`seeds`: 32 bytes in base64 by key id. Raises KeyUnusable."""
        self._keys = {key_id: _private_key(key_id, seed) for key_id, seed in seeds.items()}
        self._current = current

    def sign(self, claims: Mapping[str, Any]) -> str:
        return jwt.encode(dict(claims), self._keys[self._current], algorithm=_ALGORITHM, headers={"kid": self._current})

    def public(self, key_id: str) -> Ed25519PublicKey:
        """Raises KeyError for a key that is not ours."""
        return self._keys[key_id].public_key()

    def key_set(self) -> dict[str, list[dict[str, str]]]:
        return {"keys": [_as_jwk(key_id, key.public_key()) for key_id, key in self._keys.items()]}


def new_seed() -> str:
    """A fresh key, as the settings take it."""
    key = Ed25519PrivateKey.generate()
    return base64.b64encode(key.private_bytes_raw()).decode()


def _private_key(key_id: str, seed: str) -> Ed25519PrivateKey:
    try:
        raw = base64.b64decode(seed, validate=True)
    except ValueError as error:
        raise KeyUnusable(f"signing key {key_id}: not base64") from error
    if len(raw) != _SEED_BYTES:
        raise KeyUnusable(f"signing key {key_id}: {_SEED_BYTES} bytes are needed, not {len(raw)}")
    return Ed25519PrivateKey.from_private_bytes(raw)


def _as_jwk(key_id: str, key: Ed25519PublicKey) -> dict[str, str]:
    x = base64.urlsafe_b64encode(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": key_id, "alg": _ALGORITHM, "use": "sig"}
