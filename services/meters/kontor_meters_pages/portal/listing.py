"""A customer's meters: what may be asked of the list, and a page of it for JSON and HTML alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import Request

from kontor_edge.paging import parse_cursor, parse_uuid, parse_whole
from kontor_edge.portal import query_view
from kontor_edge.sorting import search_patterns

PAGE_SIZE = 100
_LARGEST_PAGE = 200
_BEFORE_ALL = ("", UUID(int=0))


@dataclass(frozen=True, slots=True)
class Wish:
    query: str = ""
    customer: UUID | None = None
    after: tuple[str, UUID] | None = None
    limit: int = PAGE_SIZE
    # A meter, or an invitation: what is still to be read of it.
    only: UUID | None = None


def read_wish(query: Mapping[str, str]) -> Wish:
    """Raises Invalid, naming the parameter."""
    return Wish(
        query=query.get("q", "").strip()[:200],
        customer=parse_uuid(query, "customer"),
        after=parse_cursor(query.get("after")),
        limit=parse_whole(query, "limit", 1, _LARGEST_PAGE) or PAGE_SIZE,
    )


async def meters_page(request: Request, slug: str, wish: Wish) -> asyncpg.Record:
    """Raises what `ask` raises. Sessions of a document's link get none."""
    key, beyond = wish.after or _BEFORE_ALL
    patterns = search_patterns(wish.query)
    return await query_view(
        request,
        "meters",
        of_words=patterns,
        of_customer=wish.customer,
        after_key=key,
        after_id=beyond,
        many=wish.limit,
        only_these=wish.only,
    )


def read_all(texts: Iterable[str] | None) -> list[dict[str, Any]]:
    return [orjson.loads(text) for text in texts or ()]


def may_enter(record: asyncpg.Record) -> bool:
    return "meters:enter" in orjson.loads(record["session"])["rights"]
