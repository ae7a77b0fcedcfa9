"""Files of readings and meters by staff: looked through before anything is stored, then stored in pieces by a job."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Form, Query, Request, UploadFile
from fastapi import File as Part
from fastapi.responses import Response
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.formats.columns import template
from kontor_meters.batches.formats.csv_meters import meters_of
from kontor_meters.batches.formats.csv_readings import body_of
from kontor_meters.batches.formats.csv_table import Table, table
from kontor_meters.batches.formats.items import MOST_BYTES, unpacked
from kontor_meters.batches.models import Batch, BatchNotFound
from kontor_meters.batches.pipeline import lines
from kontor_meters.batches.pipeline.pieces import Piece, forecast, lines_of
from kontor_meters.batches.result import written
from kontor_meters.copies import zone_of
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.commands import command_result
from kontor_service.errors import Conflict
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.models import LARGEST
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/batches", tags=["batches"])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
Reader = Annotated[Principal, Depends(require("meters:edit", "meters:read"))]
Kind = Literal["readings", "meters"]
BatchNotInPreview = Conflict.named("batch_not_in_preview", N_("This file is stored or dropped already."))
_NAME = 200
_PAGE = 200
# So many lines in one transaction: a progress to be seen, and no meter locked for long. Quarter hours of a day belong
# together, and cost little each.
_PIECE = {"readings": 500, "intervals": 10_000, "meters": 100}


@dataclass(frozen=True, slots=True)
class File:
    """A file, understood. `pieces` are what is stored in one transaction each; `total` counts its lines."""

    table: Table
    pieces: list[Piece]
    kind: str

    @property
    def total(self) -> int:
        return len(self.table.rows)

    def after(self, passed: int) -> Piece | None:
        """The first piece after the first `passed` lines; None at the end of the file."""
        for piece in self.pieces:
            if passed <= 0:
                return piece
            passed -= lines_of(piece)
        return None


def _understood(content: bytes, kind: str, zone: ZoneInfo) -> File:
    """`kind` is readings or meters."""
    rows = table(unpacked(content), kind)
    kind = "intervals" if "start" in rows.columns else kind
    found: Sequence[Any] = meters_of(rows)
    if kind != "meters":
        body = body_of(rows, zone)
        found = sorted([*body.readings, *body.intervals, *body.problems], key=lambda item: item.line)
    size = _PIECE[kind]
    return File(rows, [found[start : start + size] for start in range(0, len(found), size)], kind)


async def file_of(deps: Dependencies, batch: Batch, content: bytes = b"") -> File:
    """The batch's file, understood. Raises FileUnreadable, ColumnsMissing, TooLarge."""
    async with deps.db.transaction(batch.merchant_id) as session:
        zone = await zone_of(session, batch.merchant_id)
    content = content or await deps.files.get(batch.content_sha256)
    return await asyncio.to_thread(_understood, content, "meters" if batch.kind == "meters" else "readings", zone)


@router.post("", status_code=201)
@takes(MOST_BYTES + MEBIBYTE)
async def upload(
    request: Request, principal: Editor, file: Annotated[UploadFile, Part()], kind: Annotated[Kind, Form()]
) -> dict[str, Any]:
    """The batch in preview: nothing is stored before /store; counts and lines say what would become of each."""
    deps: Dependencies = request.app.state.batches
    content = await file.read()
    now = deps.clock.now()
    batch = Batch(
        id=uuid7(), merchant_id=principal.merchant, kind=kind, source="csv", state="preview", content_sha256="",
        file_name=(file.filename or "")[-_NAME:], started_at=now,
       started_by=principal.name or principal.subject, told_at=now,
    )  # fmt: skip
    async with deps.slots:
        parsed = await file_of(deps, batch, content)
        batch.kind, batch.total, batch.content_sha256 = (
            parsed.kind,
            parsed.total,
            await deps.files.put(content),
        )
        result = await forecast(deps, batch, parsed.pieces)
    # What would be stored is not stored.
    result.ends.pop("stored", None)
    async with deps.db.transaction(principal.merchant) as session:
        session.add(batch)
        await session.flush()
        await result.record_in(session, batch)
        return command_result(await lines.tell(session, batch, now))


@router.post("/{batch_id}/store")
async def store(request: Request, batch_id: UUID, principal: Editor) -> dict[str, Any]:
    """Starts storing the file of a batch in preview; a job stores its lines."""
    deps: Dependencies = request.app.state.batches
    async with deps.db.transaction(principal.merchant) as session:
        batch = await _in_preview(session, batch_id)
        await lines.forget(session, batch)
        batch.state = "running"
        batch.stored = batch.duplicates = batch.corrected = batch.parked = batch.refused = 0
        batch.touch()
        answer = command_result(await lines.tell(session, batch, deps.clock.now()))
    deps.wake.set()
    return answer


@router.post("/{batch_id}/drop")
async def drop(request: Request, batch_id: UUID, principal: Editor) -> dict[str, Any]:
    deps: Dependencies = request.app.state.batches
    async with deps.db.transaction(principal.merchant) as session:
        batch = await _in_preview(session, batch_id)
        batch.state, batch.finished_at = "dropped", deps.clock.now()
        batch.touch()
        return command_result(await lines.tell(session, batch, deps.clock.now()))


@router.get("/template.csv")
async def template_file(principal: Reader, kind: Annotated[Kind, Query()]) -> Response:
    """The columns with two lines as examples, in the reader's language."""
    return _csv(template(kind, principal.language).encode(), f"kontor-{kind}.csv")


@router.get("/{batch_id}/problems")
async def problems(
    request: Request, batch_id: UUID, principal: Reader, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0
) -> dict[str, Any]:
    """In the order in which they were found, in the reader's language. `next` is the next page's `after`, null at the end."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        rows = await lines.page(session, await _by_id(session, batch_id), after, _PAGE)
    found = [lines.spoken(row) for row in rows]
    return {"problems": found, "next": rows[-1].id if len(rows) == _PAGE else None}


@router.get("/{batch_id}/result.csv")
async def result(request: Request, batch_id: UUID, principal: Reader) -> Response:
    """Every line of the file with what became of it, or in preview what would; in the reader's language."""
    deps: Dependencies = request.app.state.batches
    async with deps.db.transaction(principal.merchant) as session:
        batch = await _by_id(session, batch_id)
        if batch.source != "csv":
            raise BatchNotFound
        problems = await lines.page(session, batch)
    file = await file_of(deps, batch)
    # Of lines that nobody spoke of: those that are through were stored.
    through = file.total if batch.state in ("preview", "done") else batch.passed
    kind = "meters" if batch.kind == "meters" else "readings"
    return _csv(written(file.table, kind, problems, through).encode("utf-8-sig"), f"result-{batch_id}.csv")


async def _by_id(session: AsyncSession, batch_id: UUID, *, lock: bool = False) -> Batch:
    batch = await session.get(Batch, batch_id, with_for_update=lock or None)
    if batch is None:
        raise BatchNotFound
    return batch


async def _in_preview(session: AsyncSession, batch_id: UUID) -> Batch:
    """Raises BatchNotFound, BatchNotInPreview."""
    batch = await _by_id(session, batch_id, lock=True)
    if batch.source != "csv":
        raise BatchNotFound
    if batch.state != "preview":
        raise BatchNotInPreview
    return batch


def _csv(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)
