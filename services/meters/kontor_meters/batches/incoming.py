"""A body of readings and 15-minute values from another system; the same use case behind HTTP and bus."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, FastAPI, Request
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_bus.ingest import IngestMessage, Refused
from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.formats.csv_readings import csv_body
from kontor_meters.batches.formats.items import MOST_BYTES, Body, BodyBroken, json_body, unpacked
from kontor_meters.batches.models import Batch, BatchNotFound, ParkedItem
from kontor_meters.batches.pipeline import lines
from kontor_meters.batches.pipeline.prepare import Prepared
from kontor_meters.batches.pipeline.store import prepared_of, store_prepared
from kontor_meters.copies import zone_of
from kontor_service.bodies import takes
from kontor_service.commands import command_result
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.paging import Page, page_of
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/incoming-readings", tags=["incoming readings"])
Submitter = Annotated[Principal, Depends(require("meters:submit"))]
# Of an answer; all are kept with the batch.
_PROBLEMS = 1_000
# Named to a sender on the bus; all are told by GET /v1/incoming-readings/{id}.
_NAMED = 20
_CSV, _JSON = "text/csv", "application/json"


@router.post("")
@takes(MOST_BYTES)
async def submit(request: Request, principal: Submitter) -> dict[str, Any]:
    """JSON or CSV, plain or gzip, at most 32 MiB. What is wrong with single items is in the answer; the rest is stored.

    The same body again changes nothing; what was refused then is tried again.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    deps, body = request.app.state.batches, await request.body()
    if not body:
        raise BodyBroken(N_("There was nothing in the request."))
    return await _accept(deps, principal.merchant, body, media_type, source="http", by=principal.subject)


@router.get("/parked")
async def parked(request: Request, principal: Submitter, paging: Page) -> dict[str, Any]:
    """What waits for a meter that is not known yet. `next` is the following page's `after`, null at the end."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        rows, following = await page_of(session, ParkedItem, paging)
    shown = {"id": True, "batch_id": True, "line": True, "kind": True, "meter": True, "parked_at": True}
    return {"parked": [row.model_dump(mode="json", include=shown) for row in rows], "next": following}


@router.get("/{batch_id}")
async def status(request: Request, batch_id: UUID, principal: Submitter) -> dict[str, Any]:
    return await _answer(request.app.state.batches, principal.merchant, batch_id)


async def accept(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    """From the bus. A body of which a part was refused comes back to the sender with what was wrong; the rest is stored."""
    deps, body = app.state.batches, message.body
    answer = await _accept(deps, merchant_id, body, message.content_type, source="bus", by=message.sender)
    if not answer["refused"]:
        return
    problems = [p for p in answer["problems"] if p["outcome"] == "refused"]
    reasons = "; ".join(f"{p['field']}: {p['code']} ({p['detail']})" for p in problems[:_NAMED])
    more = "; …" if len(problems) > _NAMED else ""
    raise Refused(
        f"batch {answer['id']}: {answer['refused']} of {answer['total']} refused, the rest is stored. {reasons}{more}"
    )


async def _accept(
    deps: Dependencies, merchant_id: UUID, content: bytes, media_type: str, *, source: str, by: str
) -> dict[str, Any]:
    """Stores what holds, parks what waits for a meter, and says of the rest what is wrong. Raises BodyBroken, TooLarge."""
    digest = hashlib.sha256(content).hexdigest()
    async with deps.slots, _in_order(deps, merchant_id) as before:
        async with deps.db.transaction(merchant_id) as session:
            zone = await zone_of(session, merchant_id)
            earlier = await _same(session, digest)
            problems = await lines.page(session, earlier) if earlier and earlier.refused else ()
        if earlier is not None and not earlier.refused:
            return await _answer(deps, merchant_id, earlier.id)
        again = {row.line for row in problems if row.outcome == "refused"} if earlier else None
        body = await asyncio.to_thread(_parsed, content, media_type, zone, again)
        now = deps.clock.now()
        batch = Batch(
            id=uuid7(), merchant_id=merchant_id, kind=body.kind, source=source, state="done", content_sha256=digest,
            started_at=now, started_by=by, told_at=now,
        )  # fmt: skip
        async with deps.db.transaction(merchant_id) as session:
            prepared = await prepared_of(deps, session, batch, body)
        if before is not None:
            await before.wait()
        batch_id = await _store(deps, batch, prepared, again=earlier is not None)
    return await _answer(deps, merchant_id, batch_id)


@asynccontextmanager
async def _in_order(deps: Dependencies, merchant_id: UUID) -> AsyncIterator[asyncio.Event | None]:
    """Bodies of one merchant are read and checked side by side, and stored in the order in which they came.

    Answers what to wait for before storing.
    """
    before, mine = deps.last.get(merchant_id), asyncio.Event()
    deps.last[merchant_id] = mine
    try:
        yield before
    finally:
        mine.set()
        if deps.last[merchant_id] is mine:
            del deps.last[merchant_id]


def _parsed(content: bytes, media_type: str, zone: Any, again: Collection[int] | None) -> Body:
    """By what the sender calls it, or by what it looks like; of a repeated body only the readings that were refused.

    Raises BodyBroken, FileUnreadable, ColumnsMissing, TooLarge.
    """
    plain = unpacked(content)
    is_csv = media_type == _CSV or (media_type != _JSON and plain.lstrip()[:1] != b"{")
    body = csv_body(plain, zone) if is_csv else json_body(plain)
    if again is not None:
        body.readings = [item for item in body.readings if item.line in again]
    return body


async def _same(session: AsyncSession, digest: str, *, lock: bool = False) -> Batch | None:
    """The batch that brought the same body."""
    query = select(Batch).where(Batch.content_sha256 == digest, Batch.source != "csv")
    query = query.with_for_update() if lock else query
    return (await session.exec(query.execution_options(populate_existing=True))).first()


async def _store(deps: Dependencies, batch: Batch, prepared: Prepared, *, again: bool) -> UUID:
    async with deps.db.transaction(batch.merchant_id) as session:
        now = deps.clock.now()
        # Concurrent ones with the same body wait for each other here.
        claim = insert(Batch).values(batch.model_dump()).on_conflict_do_nothing().returning(Batch)
        row = (await session.execute(claim)).scalar()
        if row is None:
            row = await _same(session, batch.content_sha256, lock=True)
            assert row is not None
            if not again:
                # Another request with the same body was quicker.
                return row.id
        # What is tried again must not undo what came since.
        result = await store_prepared(session, row, prepared, now, correct=not again)
        if again:
            # The rest of the repeated body is where it was.
            result.ends["duplicates"] = max(0, row.refused - result.ends.total() + result.ends["duplicates"])
            row.refused = 0
            await lines.forget(session, row)
            row.touch()
        else:
            row.total = prepared.total
        await result.record_in(session, row)
        row.finished_at = now
        await lines.tell(session, row, now)
        return row.id


async def _answer(deps: Dependencies, merchant_id: UUID, batch_id: UUID) -> dict[str, Any]:
    """What became of it. Raises BatchNotFound."""
    async with deps.db.transaction(merchant_id) as session:
        row = await session.get(Batch, batch_id)
        if row is None or row.source == "csv":
            raise BatchNotFound
        found = [lines.spoken(line) for line in await lines.page(session, row, 0, _PROBLEMS)]
        problems = [
            {"index": p["line"], **{k: p[k] for k in ("outcome", "code", "field", "params", "detail")}} for p in found
        ]
        counts = row.model_dump(include={"total", "stored", "duplicates", "corrected", "parked", "refused"})
        return command_result(await lines.batch_state(session, row), status="processed", **counts, problems=problems)
