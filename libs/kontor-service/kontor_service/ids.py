"""Identifiers."""

from uuid import UUID

import uuid_utils


def uuid7() -> UUID:
    """A new UUIDv7 (RFC 9562): unique, and sorted by the time it was made."""
    return UUID(bytes=uuid_utils.uuid7().bytes)
