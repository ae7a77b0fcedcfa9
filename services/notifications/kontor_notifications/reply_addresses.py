"""The address that a mail is answered to: it says which mail, so which document and whom, and proves that it is ours.

`antwort+<key id>-<mail id><mac>@domain`, where the mac is an HMAC-SHA-256 over the mail's id with a key from the settings:
nothing is stored, and nobody can make an address of their own. In lower-case base32, because some mail servers change the case.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from kontor_notifications.settings import Settings

# 80 bits: out of reach of guessing over SMTP, and the whole fits into the 64 characters of a local part (RFC 5321).
_MAC_BYTES = 10
_PURPOSE = b"kontor\0reply\0"


class NotOurs(ValueError):
    """An address that this installation did not make."""


class ReplyAddresses:
    """Made with the current key, verified with every key in the settings."""

    def __init__(self, settings: Settings) -> None:
        self._name, _, self._domain = settings.intake_address.casefold().rpartition("@")
        self._keys = {key_id: secret.get_secret_value().encode() for key_id, secret in settings.reply_keys.items()}
        self._current = settings.reply_key_id

    @property
    def used(self) -> bool:
        """Whether replies are taken in at all."""
        return bool(self._name)

    def of(self, mail_id: UUID) -> str:
        token = base64.b32encode(mail_id.bytes + self._mac(self._current, mail_id)).decode().lower().rstrip("=")
        return f"{self._name}+{self._current}-{token}@{self._domain}"

    def extension(self, address: str) -> str | None:
        """What stands behind the plus; empty for the plain address, None for an address of somebody else's."""
        local, _, domain = address.casefold().rpartition("@")
        name, _, extension = local.partition("+")
        return extension if domain == self._domain and name == self._name else None

    def mail_id(self, extension: str) -> UUID:
        """The mail that an address of ours was made for. Raises NotOurs."""
        key_id, _, token = extension.partition("-")
        try:
            raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except ValueError as error:
            raise NotOurs from error
        if key_id not in self._keys or len(raw) != 16 + _MAC_BYTES:
            raise NotOurs
        mail_id = UUID(bytes=raw[:16])
        if not hmac.compare_digest(self._mac(key_id, mail_id), raw[16:]):
            raise NotOurs
        return mail_id

    def _mac(self, key_id: str, mail_id: UUID) -> bytes:
        return hmac.digest(self._keys[key_id], _PURPOSE + mail_id.bytes, hashlib.sha256)[:_MAC_BYTES]
