"""Lists page by page: where a page begins, and what the query of an address says."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from asyncpg import Record

from kontor_edge.feature import COUNT_CAP
from kontor_service.errors import Invalid
from kontor_service.i18n import N_
from kontor_web.forms import Form

if TYPE_CHECKING:
    from kontor_edge.lists import ListQuery

_LOWEST = UUID(int=0)
_HIGHEST = UUID(int=2**128 - 1)
# Sorts behind every key.
_LAST = "\U0010ffff"


def cursor_arguments(place: tuple[str, UUID] | None, direction: str, size: int) -> dict[str, Any]:
    """Of a list's function: the row after which fetching begins, or what lies before all rows, and how many are wanted."""
    key, identity = place or (("", _LOWEST) if direction == "asc" else (_LAST, _HIGHEST))
    return {"after_key": key, "after_id": identity, "many": size}


def slice_of(row: Record, place: "ListQuery") -> tuple[list[Any], str | None, str | None]:
    """A page's entries, and the cursors for the pages after and before it (None where there is none). From the columns
    `entries, keys, ids`, which hold one row more than a page where there is more."""
    rows = list(zip(row["entries"] or (), row["keys"] or (), row["ids"] or (), strict=True))
    more = len(rows) > place.size
    rows = rows[: place.size]
    if place.before:
        rows.reverse()
    if not rows:
        return [], None, None
    last, first = cursor(rows[-1][1], rows[-1][2]), cursor(rows[0][1], rows[0][2])
    behind = last if more or place.before else None
    ahead = first if (place.before and more) or (place.after and not place.before) else None
    return [orjson.loads(entry) for entry, _key, _id in rows], behind, ahead


def capped(count: int) -> str:
    """Nobody counts further than that: 1000+"""
    return f"{COUNT_CAP}+" if count >= COUNT_CAP else str(count)


def next_cursor(record: Record) -> str | None:
    """Where the page after this one begins; None on the last one. From the columns `more, last_key, last_id`."""
    return cursor(record["last_key"], record["last_id"]) if record["more"] else None


def cursor(key: str, identity: Any) -> str:
    """A row's place in a list, for addresses."""
    return urlsafe_b64encode(identity.bytes + key.encode()).decode().rstrip("=")


def parse_cursor(text: str | None) -> tuple[str, UUID] | None:
    if not text:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return raw[16:].decode().replace("\x00", ""), UUID(bytes=raw[:16])
    except ValueError:
        raise Invalid(N_("Please pass this on unchanged, as the answer before gave it."), field="after") from None


def parse_whole(query: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    value = query.get(name)
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 18) or not least <= int(value) <= most:
        raise Invalid(
            N_("A whole number from %(least)s to %(most)s is expected here."), field=name, name=name, least=least, most=most
        )  # fmt: skip
    return int(value)


def parse_uuid(query: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(query[name]) if query.get(name) else None
    except ValueError:
        raise Invalid(
            N_("An id is expected here, for example 01939a5e-6f1c-7c3a-9d2e-2f6a51b6c0de."), field=name, name=name
        ) from None


def parse_day(query: Mapping[str, str], name: str) -> str | None:
    """ISO 8601, from what a person or a program writes: 26.11.2026, 2026-11-26."""
    form = Form.of({name: query.get(name)})
    found = form.day(name)
    if form.errors:
        raise Invalid(N_("Please enter a date, for example 2026-11-26."), field=name)
    return found.isoformat() if found else None
