"""The file as it was, and behind every line what became of it."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from kontor.meters.v1.meters_pb2_codes import LineOutcome
from kontor_meters.batches.formats.columns import COLUMNS
from kontor_meters.batches.formats.csv_table import Table
from kontor_meters.batches.pipeline.lines import described, sentence
from kontor_service.i18n import reader
from kontor_service.vocabulary import word

_HEADINGS = {"de": ("Zeile", "Ergebnis", "Hinweis"), "en": ("Line", "Outcome", "Remark")}
# What spreadsheets would take for a formula; a number with its sign is none.
_FORMULA = re.compile(r"(?![+-][\d.,]+$)[=@+\-\t\r]")


def written(table: Table, kind: str, problems: Sequence[Any], through: int) -> str:
    """With semicolons, as spreadsheets like it. Lines that nothing is told of are stored as far as the file is `through`."""
    by_line: dict[int, list[Any]] = defaultdict(list)
    for one in problems:
        by_line[one.line].append(one)
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow([*map(_as_text, table.headings), *_HEADINGS[reader().language]])
    width = len(table.headings)
    for place, row in enumerate(table.rows):
        of_line = by_line[row.line]
        end = word(LineOutcome, of_line[0].outcome if of_line else "stored") if of_line or place < through else ""
        cells = map(_as_text, (row.cells + [""] * width)[:width])
        writer.writerow([*cells, row.line, end, " ".join(_remark(one, kind) for one in of_line)])
    return text.getvalue()


def _as_text(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _remark(problem: Any, kind: str) -> str:
    column = next((column for column in COLUMNS[kind] if column.name == problem.field), None)
    name = "" if column is None else f"{column.german if reader().language == 'de' else column.english}: "
    return name + sentence(described(problem))
