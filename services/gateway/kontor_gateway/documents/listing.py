"""The list: what may be asked of it, and one page of it for JSON and HTML alike."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import Request

from kontor_gateway.documents.copy import SORTS
from kontor_gateway.documents.words import STATUS, TYPES
from kontor_gateway.reading.ask import ask
from kontor_service.errors import Invalid
from kontor_views.sorting import search_patterns

PAGE_SIZE = 20
_LARGEST_PAGE = 100
# What lies before the first row in either order. The highest sign of a key is a letter, so "~" is above all.
_BEFORE_ALL = {"asc": ("", UUID(int=0)), "desc": ("~", UUID(int=2**128 - 1))}


@dataclass(frozen=True, slots=True)
class Wish:
    """A page of the list as asked for. Empty values ask for everything."""

    type: str | None = None
    status: str | None = None
    year: int | None = None
    query: str = ""
    customer: UUID | None = None
    sort: str = "date"
    order: str = "desc"
    after: tuple[str, UUID] | None = None
    limit: int = PAGE_SIZE

    @property
    def narrowed(self) -> bool:
        return bool(self.status or self.year or self.query or self.customer)


def read_wish(query: Mapping[str, str]) -> Wish:
    """Raises Invalid, naming the parameter."""
    sort = _one_of(query, "sort", SORTS) or "date"
    return Wish(
        type=_one_of(query, "type", TYPES),
        status=_one_of(query, "status", STATUS),
        year=_whole(query, "year", 1900, 9999),
        query=query.get("q", "").strip()[:200],
        customer=_uuid(query, "customer"),
        sort=sort,
        order=_one_of(query, "order", ("asc", "desc")) or "desc",
        after=_cursor(query.get("after")),
        limit=_whole(query, "limit", 1, _LARGEST_PAGE) or PAGE_SIZE,
    )


async def list_page(request: Request, slug: str, wish: Wish) -> asyncpg.Record:
    """One page. Sessions of a document link get no entries here: `thread` has theirs. Raises what `ask` raises."""
    key, beyond = wish.after or _BEFORE_ALL[wish.order]
    return await ask(
        request, slug, f"documents_by_{wish.sort}_{wish.order}", wish.type, wish.status, wish.year,
        search_patterns(wish.query), wish.customer, key, beyond, wish.limit,
    )  # fmt: skip


def next_cursor(record: asyncpg.Record) -> str | None:
    """Where the page after this one begins; None on the last one."""
    if not record["more"]:
        return None
    return urlsafe_b64encode(record["last_id"].bytes + record["last_key"].encode()).decode().rstrip("=")


def _cursor(text: str | None) -> tuple[str, UUID] | None:
    if not text:
        return None
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return raw[16:].decode().replace("\x00", ""), UUID(bytes=raw[:16])
    except ValueError:
        raise Invalid("after: take it from the answer before, unchanged", field="after") from None


def _one_of(query: Mapping[str, str], name: str, options: Any) -> str | None:
    value = query.get(name) or None
    if value is not None and value not in options:
        raise Invalid(f"{name}: one of {', '.join(options)}", field=name)
    return value


def _whole(query: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    value = query.get(name)
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or not least <= int(value) <= most:
        raise Invalid(f"{name}: a whole number from {least} to {most}", field=name)
    return int(value)


def _uuid(query: Mapping[str, str], name: str) -> UUID | None:
    try:
        return UUID(query[name]) if query.get(name) else None
    except ValueError:
        raise Invalid(f"{name}: not an id", field=name) from None
