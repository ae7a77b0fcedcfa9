"""The list: what may be asked of it, and one page of it for JSON and HTML alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import Request

from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_documents_pages.portal.copy import SORTS
from kontor_documents_pages.portal.words import TYPES
from kontor_edge.paging import parse_cursor, parse_uuid, parse_whole
from kontor_edge.portal import query_view
from kontor_edge.sorting import search_patterns
from kontor_service.errors import Invalid

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
        status=_one_of(query, "status", tuple(ReceivableState)),
        year=parse_whole(query, "year", 1900, 9999),
        query=query.get("q", "").strip()[:200],
        customer=parse_uuid(query, "customer"),
        sort=sort,
        order=_one_of(query, "order", ("asc", "desc")) or "desc",
        after=parse_cursor(query.get("after")),
        limit=parse_whole(query, "limit", 1, _LARGEST_PAGE) or PAGE_SIZE,
    )


async def list_page(request: Request, slug: str, wish: Wish) -> asyncpg.Record:
    """One page. Sessions of a document link get no entries here: `thread` has theirs. Raises what `ask` raises."""
    key, beyond = wish.after or _BEFORE_ALL[wish.order]
    return await query_view(
        request, f"documents_by_{wish.sort}_{wish.order}", of_type=wish.type, of_status=wish.status, of_year=wish.year,
        of_words=search_patterns(wish.query), of_customer=wish.customer, after_key=key, after_id=beyond, many=wish.limit,
    )  # fmt: skip


def _one_of(query: Mapping[str, str], name: str, options: Any) -> str | None:
    value = query.get(name) or None
    if value is not None and value not in options:
        raise Invalid(f"{name}: one of {', '.join(options)}", field=name)
    return value
