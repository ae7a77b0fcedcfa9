"""What is kept and told of single items of a batch, and the batch's state for the bus."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode, LineOutcome
from kontor_bus import record
from kontor_meters.batches.formats.items import IntervalItem, Item, LineProblem
from kontor_meters.batches.models import Batch
from kontor_service.events import state_of
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import say

# Of one batch: as many as a file has lines.
MOST_KEPT = 200_000
_ON_THE_BUS = 20

_INSERT = text("""
INSERT INTO batch_line (merchant_id, batch_id, line, outcome, code, field, details)
SELECT :merchant, :batch, p.* FROM jsonb_to_recordset(CAST(:problems AS jsonb))
    AS p (line bigint, outcome text, code text, field text, details jsonb)
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


async def store(session: AsyncSession, batch: Batch, problems: Sequence[LineProblem]) -> None:
    """In the order of their lines."""
    kept = sorted(problems, key=lambda problem: problem.line)[:MOST_KEPT]
    values = [
        {"line": p.line, "outcome": p.outcome, "code": p.code, "field": p.place, "details": _details(p)} for p in kept
    ]
    if values:
        params = {"merchant": batch.merchant_id, "batch": batch.id, "problems": orjson.dumps(values).decode()}
        await session.execute(_INSERT, params)


def _details(problem: LineProblem) -> dict[str, str]:
    return problem.values | ({"count": str(problem.count)} if problem.count > 1 else {})


async def page(session: AsyncSession, batch: Batch, after: int = 0, most: int = MOST_KEPT) -> Sequence[Any]:
    return (await session.execute(_SELECT, {"batch": batch.id, "after": after, "most": most})).all()


async def forget(session: AsyncSession, batch: Batch) -> None:
    await session.execute(text("DELETE FROM batch_line WHERE batch_id = :batch"), {"batch": batch.id})


async def forget_parked(session: AsyncSession, batch: Batch, items: Sequence[Item]) -> None:
    """They wait no longer."""
    lists = ["intervals" if isinstance(item, IntervalItem) else "readings" for item in items]
    values = {"batch": batch.id, "lines": [item.line for item in items], "lists": lists}
    await session.execute(_FORGET_PARKED, values)


def described(row: Any) -> dict[str, Any]:
    """For the bus: a code with its message, and what fills it."""
    params = dict(row.details)
    known = LineCode.known(row.code) or FindingCode.known(row.code)
    own = params.pop("message", "") or (known.word if known else row.code)
    return {
        "line": row.line, "outcome": row.outcome, "code": row.code, "field": row.field, "message": own, "params": params,
    }  # fmt: skip


def sentence(problem: Mapping[str, Any]) -> str:
    """What was `described`, in the reader's language."""
    params = problem["params"]
    unit = params.get("unit", "").replace("m3", "m³")
    amounts = {name: f"{params[name]} {unit}" for name in ("used", "most") if name in params}
    parts = [say(problem["message"], params | amounts)]
    if "count" in params:
        parts.append(_("This concerns %(count)s values.", count=params["count"]))
    if problem["outcome"] == LineOutcome.QUESTIONED:
        parts.append(_("The value counts once it is checked."))
    return " ".join(parts)


def spoken(row: Any) -> dict[str, Any]:
    """For HTTP: `detail` says it in the reader's language."""
    problem = described(row)
    return problem | {"detail": sentence(problem)}


async def batch_state(session: AsyncSession, row: Batch) -> pb.Batch:
    problems = [pb.LineProblem(**described(line)) for line in await page(session, row, 0, _ON_THE_BUS)]
    return state_of(pb.Batch, row, problems=problems)


async def tell(session: AsyncSession, row: Batch, now: datetime) -> pb.Batch:
    """Records that the batch is now in this state, which is also the answer of a command."""
    row.told_at = now
    await session.flush()
    state = await batch_state(session, row)
    record(session, pb.BatchChanged(batch=state))
    return state
