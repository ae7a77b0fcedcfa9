"""The file as it was, and behind every line what became of it."""

import asyncio
import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from kontor.meters.v1.meters_pb2_codes import LineOutcome
from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.files import understood
from kontor_meters.batches.formats.columns import COLUMNS
from kontor_meters.batches.formats.csv_table import Table
from kontor_meters.batches.models import Batch, BatchNotFound
from kontor_meters.batches.pipeline import lines
from kontor_meters.batches.sentences import sentence
from kontor_meters.copies import zone_of
from kontor_service.i18n import reader
from kontor_service.vocabulary import word

_HEADINGS = {"de": ("Zeile", "Ergebnis", "Hinweis"), "en": ("Line", "Outcome", "Remark")}
# What spreadsheets would take for a formula.
_FORMULA = ("=", "@", "\t", "\r")


async def result_file(deps: Dependencies, merchant_id: UUID, batch_id: UUID) -> bytes:
    """UTF-8 with byte order mark, semicolons. In preview what would become of each. Raises BatchNotFound."""
    async with deps.db.transaction(merchant_id) as session:
        batch = await session.get(Batch, batch_id)
        if batch is None or batch.source != "csv":
            raise BatchNotFound
        zone = await zone_of(session, merchant_id)
        told = await lines.all_of(session, batch_id)
    content = await deps.files.get(batch.content_sha256)
    kind = "meters" if batch.kind == "meters" else "readings"
    file = await asyncio.to_thread(understood, content, kind, zone)
    # Of lines that nobody spoke of: those that are through were stored.
    through = file.total if batch.state in ("preview", "done") else batch.passed
    return written(file.table, kind, told, through).encode("utf-8-sig")


def written(table: Table, kind: str, told: Mapping[int, Sequence[Any]], through: int) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([*table.headings, *_HEADINGS[reader().language]])
    width = len(table.headings)
    for place, row in enumerate(table.rows):
        said = told.get(row.line, ())
        end = word(LineOutcome, said[0].outcome if said else "stored") if said or place < through else ""
        cells = [_harmless(cell) for cell in (row.cells + [""] * width)[:width]]
        writer.writerow([*cells, row.line, end, " ".join(_remark(one, kind) for one in said)])
    return text.getvalue()


def _remark(said: Any, kind: str) -> str:
    column = next((column for column in COLUMNS[kind] if column.name == said.field), None)
    name = "" if column is None else f"{column.german if reader().language == 'de' else column.english}: "
    return name + sentence(lines.described(said))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
