"""A CSV file as a table: its encoding, separator and headings are found out. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from kontor_meters.batches.formats.columns import COLUMNS, Column, folded, known_as
from kontor_service.errors import Invalid, TooLarge
from kontor_service.i18n import N_

MOST_LINES = 200_000
_LONGEST_LINE = 20_000
_SEPARATORS = ";\t,"


FileUnreadable = Invalid.named(
    "file_unreadable", N_("This is no CSV file. Please save it as CSV (UTF-8) and try again.")
)
ColumnsMissing = Invalid.named(
    "columns_missing", N_("The first line does not name the columns that are needed. The template shows them.")
)


class Row(NamedTuple):
    """`line` of the file, from 1; `cells` as they are; `values` by the column's name, without blanks around them."""

    line: int
    cells: list[str]
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: where each column stands. A heading that is not understood has none."""

    headings: list[str]
    columns: dict[str, int]
    rows: list[Row]


def decoded(content: bytes, known: Mapping[str, Column] = {}) -> str:
    """UTF-8 and UTF-16, with or without byte order mark, else what spreadsheets of Windows, DOS and old Macs write: that
    of which the first line names the most columns. A NUL, which nothing can store, becomes a sign that stands for no value.
    Raises FileUnreadable."""
    text = _text(content, known)
    if text is None:
        raise FileUnreadable(N_("The file's encoding is not known: save it as UTF-8."), field="file")
    return text.replace("\0", "\ufffd").removeprefix("\ufeff")


def _text(content: bytes, known: Mapping[str, Column]) -> str | None:
    unicode = _unicode(content)
    with suppress(UnicodeDecodeError):
        return content.decode(unicode)
    if unicode != "utf-8-sig":
        return None
    texts = [content.decode(encoding, errors="replace") for encoding in ("cp1252", "cp850", "mac_roman")]
    best = max(texts, key=lambda text: _columns_named(_first_line(text), known))
    return None if best is texts[0] and "\ufffd" in best else best


def _unicode(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    low, high = content[:200:2].count(0), content[1:200:2].count(0)
    # One NUL alone is a fault in a text.
    if max(low, high) * 8 <= len(content[:200]):
        return "utf-8-sig"
    return "utf-16-le" if high > low else "utf-16-be"


def table(content: bytes, kind: str) -> Table:
    """Raises FileUnreadable, ColumnsMissing (with the missing headings), TooLarge."""
    known = known_as(COLUMNS[kind])
    said, text = _said(decoded(content, known))
    first = _first_line(text)
    separator = said or max(_SEPARATORS, key=lambda sign: (_understood(first, sign, known), first.count(sign)))
    lines = _lines(text, separator)
    _, headings = next(lines, (0, []))
    columns = _columns(headings, known)
    _check(COLUMNS[kind], columns, headings)
    rows: list[Row] = []
    for line, cells in lines:
        if len(rows) >= MOST_LINES:
            raise TooLarge(
                N_("At most %(most)s lines are accepted."), code="too_many_lines", field="file", most=MOST_LINES
            )
        rows.append(Row(line, cells, {name: cells[i].strip() for name, i in columns.items() if i < len(cells)}))
    return Table(headings, columns, rows)


def _said(text: str) -> tuple[str, str]:
    """The line with which spreadsheets name their separator."""
    if text[:4].lower() != "sep=" or text[4:5] not in _SEPARATORS:
        return "", text
    # The line stays as an empty one, so that lines keep their numbers.
    return text[4], text[5:]


def _first_line(text: str) -> str:
    return re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]


def _columns_named(first: str, known: Mapping[str, Column]) -> int:
    return max(_understood(first, sign, known) for sign in _SEPARATORS)


def _understood(first: str, separator: str, known: Mapping[str, Column]) -> int:
    return sum(folded(heading) in known for heading in first.split(separator))


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Number of the line at which each row begins, and its cells; blank ones are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    before = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileUnreadable(
                N_("Line %(line)s cannot be read: %(reason)s"), field="file", line=reader.line_num, reason=error
            ) from error
        if cells is None:
            return
        line, before = before + 1, reader.line_num
        if sum(map(len, cells)) > _LONGEST_LINE:
            raise FileUnreadable(
                N_("Line %(line)s is too long. Is a quotation mark not closed?"), field="file", line=line
            )
        if any(cell.strip() for cell in cells):
            yield line, cells


def _columns(headings: Sequence[str], known: dict[str, Column]) -> dict[str, int]:
    """Column → its place. A heading that is exactly a column's own goes before one that only means the same."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        column = known.get(folded(heading))
        if column is not None:
            found.setdefault(column.name, place)
    return found


def _check(columns: Sequence[Column], found: dict[str, int], headings: Sequence[str]) -> None:
    missing = [column.german for column in columns if column.required and column.name not in found]
    if "value" in found and not found.keys() & {"taken_on", "start"}:
        missing.append("Ablesedatum")
    if missing:
        seen = ", ".join(heading.strip()[:40] for heading in headings[:12])
        raise ColumnsMissing(
            N_("The first line needs these columns: %(missing)s. The file has: %(seen)s"),
            field="file",
            missing=", ".join(missing),
            seen=seen,
        )
