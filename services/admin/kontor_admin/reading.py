"""One question to the copy per page: a SQL function that takes the session and answers with its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
from asyncpg import Record
from fastapi import Request

from kontor_admin.staff import Staff, session_hash, staff_of
from kontor_service.errors import Invalid

PAGE_SIZE = 50
_LOWEST = UUID(int=0)
_HIGHEST = UUID(int=2**128 - 1)
# Sorts behind every key.
_LAST = "\U0010ffff"


async def ask(request: Request, function: str, *arguments: Any) -> tuple[Staff, Record]:
    """The answer of `live.<function>(session, now, …)`. Raises NotLoggedIn, IdentitySilent."""
    asked_hash = session_hash(request)
    marks = ", ".join(f"${n}" for n in range(1, len(arguments) + 3))
    row = await request.app.state.db.pool.fetchrow(
        f"SELECT * FROM live.{function}({marks})",
        asked_hash, request.app.state.clock.now(), *arguments,
    )  # fmt: skip
    staff = staff_of(asked_hash, row)
    request.state.staff = staff
    assert row is not None
    return staff, row


def loads(value: str | None, otherwise: Any = None) -> Any:
    return orjson.loads(value) if value else otherwise


@dataclass(frozen=True)
class Keyset:
    """Where in a list: after or before one of its rows, in one order."""

    sort: str
    order: str
    after: str = ""
    before: str = ""
    size: int = PAGE_SIZE

    @classmethod
    def of(cls, request: Request, sorts: Sequence[str], default: str, order: str = "desc") -> "Keyset":
        """From the query: sort, order, after, before. What is not known there is the default."""
        query = request.query_params
        sort = query.get("sort", default)
        asked = query.get("order", order)
        return cls(
            sort if sort in sorts else default, asked if asked in ("asc", "desc") else order,
            query.get("after", ""), query.get("before", ""),
        )  # fmt: skip

    def sized(self, size: int) -> "Keyset":
        return replace(self, size=size)

    @property
    def direction(self) -> str:
        """The order in which rows are fetched: a page before another is read backwards."""
        if not self.before:
            return self.order
        return "asc" if self.order == "desc" else "desc"

    @property
    def start(self) -> tuple[str, UUID]:
        """The row after which fetching begins. Raises Invalid for a cursor that is none of ours."""
        cursor = self.before or self.after
        if not cursor:
            return ("", _LOWEST) if self.direction == "asc" else (_LAST, _HIGHEST)
        identity, _, key = cursor.partition(".")
        try:
            return key, UUID(identity)
        except ValueError:
            raise Invalid("This is no place in the list", field="after") from None


@dataclass(frozen=True)
class Slice:
    """One page of a list, with the cursors of its neighbours (None where there is none)."""

    entries: list[dict[str, Any]]
    after: str | None
    before: str | None

    def query(self, request: Request, **change: str | None) -> str | None:
        """The present address with one cursor; None without one."""
        if not any(change.values()):
            return None
        kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("after", "before")]
        return "?" + urlencode(kept + [(k, v) for k, v in change.items() if v])


def slice_of(row: Record, keyset: Keyset) -> Slice:
    """From the columns `entries, keys, ids`, which hold one row more than a page where there is more."""
    rows = list(zip(row["entries"] or (), row["keys"] or (), row["ids"] or (), strict=True))
    more = len(rows) > keyset.size
    rows = rows[: keyset.size]
    if keyset.before:
        rows.reverse()
    if not rows:
        return Slice([], None, None)

    def cursor(at: int) -> str:
        return f"{rows[at][2]}.{rows[at][1]}"

    behind = cursor(-1) if more or keyset.before else None
    ahead = cursor(0) if (keyset.before and more) or (keyset.after and not keyset.before) else None
    return Slice([orjson.loads(entry) for entry, _key, _id in rows], behind, ahead)
