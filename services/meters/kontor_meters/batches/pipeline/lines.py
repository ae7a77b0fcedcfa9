"""What is kept and told of single items of a batch."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.batches.formats.items import IntervalItem, Item, LineProblem
from kontor_meters.batches.sentences import message, sentence

# Of one batch: as many as a file has lines.
MOST_KEPT = 200_000

_INSERT = text("""
INSERT INTO batch_line (merchant_id, batch_id, line, outcome, code, field, details)
SELECT :merchant, :batch, * FROM unnest(
    CAST(:lines AS bigint[]), CAST(:outcomes AS text[]), CAST(:codes AS text[]), CAST(:fields AS text[]), CAST(:details AS jsonb[]))
""")
_SELECT = text("""
SELECT id, line, outcome, code, field, details FROM batch_line
WHERE batch_id = :batch AND id > :after AND code <> '' ORDER BY id LIMIT :most
""")

# A body has two lists, each counted from 0; what stands in a file has no list.
_FORGET_PARKED = text("""
DELETE FROM batch_line l USING unnest(CAST(:lines AS bigint[]), CAST(:lists AS text[])) AS p (line, list)
WHERE l.batch_id = :batch AND l.outcome = 'parked' AND l.line = p.line
  AND (l.field NOT LIKE '%[%' OR l.field LIKE p.list || '[%')
""")


async def store(session: AsyncSession, merchant_id: UUID, batch_id: UUID, problems: Sequence[LineProblem]) -> None:
    """In the order of their lines."""
    kept = sorted(problems, key=lambda problem: problem.line)[:MOST_KEPT]
    if not kept:
        return
    values = {
        "lines": [problem.line for problem in kept],
        "outcomes": [problem.outcome for problem in kept],
        "codes": [problem.code for problem in kept],
        "fields": [problem.place for problem in kept],
        "details": [orjson.dumps(details(problem)).decode() for problem in kept],
    }
    await (await session.connection()).execute(_INSERT, {"merchant": merchant_id, "batch": batch_id, **values})


def details(problem: LineProblem) -> dict[str, str]:
    return problem.values | ({"count": str(problem.count)} if problem.count > 1 else {})


async def page(session: AsyncSession, batch_id: UUID, after: int, most: int) -> list[Any]:
    rows = await (await session.connection()).execute(_SELECT, {"batch": batch_id, "after": after, "most": most})
    return list(rows)


async def forget(session: AsyncSession, batch_id: UUID) -> None:
    await (await session.connection()).execute(
        text("DELETE FROM batch_line WHERE batch_id = :batch"), {"batch": batch_id}
    )


async def forget_parked(session: AsyncSession, batch_id: UUID, items: Sequence[Item]) -> None:
    """They wait no longer."""
    lists = ["intervals" if isinstance(item, IntervalItem) else "readings" for item in items]
    values = {"batch": batch_id, "lines": [item.line for item in items], "lists": lists}
    await (await session.connection()).execute(_FORGET_PARKED, values)


async def all_of(session: AsyncSession, batch_id: UUID) -> dict[int, list[Any]]:
    """By line."""
    found: dict[int, list[Any]] = {}
    for row in await page(session, batch_id, 0, MOST_KEPT):
        found.setdefault(row.line, []).append(row)
    return found


def described(row: Any) -> dict[str, Any]:
    """For the bus: a code with its message, and what fills it."""
    params = dict(row.details)
    own = params.pop("message", "") or message(row.code)
    return {
        "line": row.line, "outcome": row.outcome, "code": row.code, "field": row.field, "message": own, "params": params,
    }  # fmt: skip


def spoken(row: Any) -> dict[str, Any]:
    """The same for HTTP: `detail` says it in the reader's language."""
    told = described(row)
    return told | {"detail": sentence(told)}
