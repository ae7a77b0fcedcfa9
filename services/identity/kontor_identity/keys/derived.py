"""Secrets that are derived instead of stored: links, invitations, resets and mailed codes.

A token is `<key id>.<id>.<mac>`: the mac is HMAC-SHA-256 over purpose, id and generation, with a key from the settings.
Whoever reads the database learns none of them; raising the generation makes the older ones worthless.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

# 160 bits: out of reach of guessing, and a link that still fits into a line.
_MAC_BYTES = 20
_CODE_DIGITS = 8
_LONGEST_TOKEN = 200
_AROUND_ADDRESSES = " \t\r\n\xa0.,;:!?)>]}*'\"“”„‘’«»…"
# Older generations than these are not told from forgeries.
_GENERATIONS_KNOWN = 100


class Purpose(StrEnum):
    """A token made for one purpose is worthless for every other."""

    LINK = "link"
    CAPABILITY = "capability"
    INVITATION = "invitation"
    RESET = "reset"
    PREVIEW = "preview"
    CODE = "code"
    # Where somebody has logged in before; about the account.
    DEVICE = "device"


class TokenUnreadable(ValueError):
    """Not a token of ours, or of a key that is no longer in the settings."""


@dataclass(frozen=True)
class Token:
    """A token taken apart, its mac not yet verified: the generation must be looked up first."""

    key_id: str
    id: UUID
    mac: bytes


class SecretKeys:
    """Derives with the current key, verifies with every key in the settings."""

    def __init__(self, keys: Mapping[str, str], current: str) -> None:
        self._keys = {key_id: secret.encode() for key_id, secret in keys.items()}
        self.current = current

    def token(self, purpose: Purpose, id: UUID, generation: int = 1, about: str = "") -> str:
        mac = self._mac(self.current, purpose, id, generation, about)[:_MAC_BYTES]
        return f"{self.current}.{_encode(id.bytes)}.{_encode(mac)}"

    def read(self, text: str) -> Token:
        """Raises TokenUnreadable. Says nothing about genuineness: that is `genuine`.

        What mail programs and people leave at the end of an address is no part of it: `<https://…>.`
        """
        text = text.rstrip(_AROUND_ADDRESSES)
        key_id, _, rest = text.partition(".")
        id_part, _, mac_part = rest.partition(".")
        if len(text) > _LONGEST_TOKEN or key_id not in self._keys:
            raise TokenUnreadable
        try:
            return Token(key_id, UUID(bytes=_decode(id_part)), _decode(mac_part))
        except ValueError as error:
            raise TokenUnreadable from error

    def genuine(self, token: Token, purpose: Purpose, generation: int = 1, about: str = "") -> bool:
        expected = self._mac(token.key_id, purpose, token.id, generation, about)[:_MAC_BYTES]
        return hmac.compare_digest(expected, token.mac)

    def generation_of(self, token: Token, purpose: Purpose, current: int) -> int | None:
        """The generation up to the `current` one that the token was made for; None if for none of ours."""
        oldest = max(1, current - _GENERATIONS_KNOWN)
        return next((g for g in range(current, oldest - 1, -1) if self.genuine(token, purpose, g)), None)

    def code(self, id: UUID, key_id: str) -> str:
        """The code of a challenge, eight digits; worth something only together with a limit on attempts.

        KeyError where the key is no longer in the settings.
        """
        number = int.from_bytes(self._mac(key_id, Purpose.CODE, id, 1)[:8], "big")
        return f"{number % 10**_CODE_DIGITS:0{_CODE_DIGITS}d}"

    def _mac(self, key_id: str, purpose: Purpose, id: UUID, generation: int, about: str = "") -> bytes:
        message = b"kontor\0" + purpose.encode() + b"\0" + id.bytes + generation.to_bytes(8, "big") + about.encode()
        return hmac.digest(self._keys[key_id], message, hashlib.sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(raw) != text:
        # Two spellings of one token would be two keys for one limit.
        raise ValueError("not in its shortest form")
    return raw
