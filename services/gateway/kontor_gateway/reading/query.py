"""What addresses of lists say: cursors, ids, numbers. Each raises Invalid, naming the parameter."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from uuid import UUID

import asyncpg

from kontor_service.errors import Invalid


def next_cursor(record: asyncpg.Record) -> str | None:
    """Where the page after this one begins; None on the last one."""
    if not record["more"]:
        return None
    return urlsafe_b64encode(record["last_id"].bytes + record["last_key"].encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> tuple[str, UUID] | None:
    if not text:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return raw[16:].decode().replace("\x00", ""), UUID(bytes=raw[:16])
    except ValueError:
        raise Invalid("after: take it from the answer before, unchanged", field="after") from None


def whole_of(query: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    value = query.get(name)
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
        raise Invalid(f"{name}: a whole number from {least} to {most}", field=name)
    return int(value)


def uuid_of(query: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(query[name]) if query.get(name) else None
    except ValueError:
        raise Invalid(f"{name}: not an id", field=name) from None
