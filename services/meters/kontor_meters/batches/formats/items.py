"""What a body contains, before anybody knows whether it is right. Pure."""

import gzip
import io
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

import orjson

from kontor.meters.v1.meters_pb2_codes import LineCode
from kontor_service.errors import Invalid, TooLarge
from kontor_service.i18n import N_

MOST_BYTES = 32 * 1024 * 1024
# What so many bytes may become: a body of zeros grows a thousandfold.
_MOST_UNPACKED = 4 * MOST_BYTES
MOST_ITEMS = 500_000
_MOST_VALUES = 40_000
_LONGEST = 100
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# At the edges of the calendar an hour in another zone is an overflow.
OUR_TIME = range(1900, 2200)


BodyBroken = Invalid.named("body_broken", N_("The request cannot be read."))


class ReadingItem(NamedTuple):
    """`line` is the place in the body, from 0, or the line of the file, from 1. All as it was written."""

    line: int
    meter: str
    obis: str
    # An id, where the sender knows it.
    register: str
    value: str
    # Instant with offset, or a date.
    taken_at: str
    reason: str
    external_id: str


class IntervalItem(NamedTuple):
    """Values of consecutive quarter hours; `null` where there is none."""

    line: int
    meter: str
    obis: str
    register: str
    # When the first quarter hour begins: an instant with offset.
    start: str
    step_minutes: Any
    values: list[Any]
    unit: str


Item = ReadingItem | IntervalItem
_TEXTS = {"readings": ReadingItem._fields[1:], "intervals": ("meter", "obis", "register", "start", "unit")}
_NEEDED = {"readings": ("value", "taken_at"), "intervals": ("start",)}


@dataclass(frozen=True, slots=True)
class LineProblem:
    """What is to be said of one item, and where in it. `count`: so many values of an interval item."""

    line: int
    code: str
    place: str = ""
    # stored, questioned (stored, and staff decide), duplicate, corrected, parked, refused
    outcome: str = "refused"
    # What fills the code's message; "message" where the code has none in the contract.
    values: dict[str, str] = field(default_factory=dict)
    count: int = 1


@dataclass(slots=True)
class Body:
    """`of_file`: items are lines with columns, not members of lists."""

    of_file: bool = False
    readings: list[ReadingItem] = field(default_factory=list)
    intervals: list[IntervalItem] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)

    @classmethod
    def of(cls, items: Sequence[Item | LineProblem], *, of_file: bool) -> "Body":
        """Sorts them by what they are, each kind in its order."""
        return cls(
            of_file,
            [item for item in items if isinstance(item, ReadingItem)],
            [item for item in items if isinstance(item, IntervalItem)],
            [item for item in items if isinstance(item, LineProblem)],
        )

    @property
    def kind(self) -> str:
        return "intervals" if self.intervals and not self.readings else "readings"


def unpacked(body: bytes, most: int = _MOST_UNPACKED) -> bytes:
    """Plain bytes from gzip, which is known by its first two bytes. Raises BodyBroken, TooLarge."""
    if body[:2] != b"\x1f\x8b":
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            plain = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BodyBroken(N_("The gzip cannot be unpacked: %(reason)s"), reason=error) from error
    if len(plain) > most:
        raise TooLarge(
            N_("Unpacked, at most %(megabytes)s MiB are accepted."), code="file_too_large", megabytes=most // 1024**2
        )
    return plain


def json_body(body: bytes) -> Body:
    """Raises BodyBroken where it is no JSON or has neither list; what is wrong with single items is in `problems`."""
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BodyBroken(N_("This is no JSON: %(reason)s"), code="json_broken", reason=error) from error
    if not isinstance(parsed, dict) or not (parsed.keys() & {"readings", "intervals"}):
        raise BodyBroken(N_("An object with a list `readings`, a list `intervals` or both is expected."))
    lists = {name: parsed.get(name) or [] for name in ("readings", "intervals")}
    for name, entries in lists.items():
        if not isinstance(entries, list):
            raise BodyBroken(N_("A list is expected here, for example []."), field=name)
        if len(entries) > MOST_ITEMS:
            raise TooLarge(
                N_("At most %(most)s entries are accepted here."), code="too_many_items", field=name, most=MOST_ITEMS
            )
    found = [_item(name, index, entry) for name, entries in lists.items() for index, entry in enumerate(entries)]
    return Body.of(found, of_file=False)


def _item(name: str, index: int, entry: Any) -> Item | LineProblem:
    place = f"{name}[{index}]"
    if not isinstance(entry, dict):
        return LineProblem(index, LineCode.NOT_AN_OBJECT, place)
    values = entry.get("values") if name == "intervals" else [0]
    if not isinstance(values, list):
        return LineProblem(index, LineCode.NOT_A_LIST, f"{place}.values")
    if len(values) > _MOST_VALUES:
        return LineProblem(index, LineCode.TOO_MANY_VALUES, f"{place}.values", count=len(values))
    texts = {field: _text(entry.get(field)) for field in _TEXTS[name]}
    wrong = next((field for field, text in texts.items() if text is None), "")
    missing = next((field for field in _NEEDED[name] if not texts[field]), "")
    if not texts["meter"] and not texts["register"]:
        missing = "meter"
    if wrong or missing:
        code = LineCode.NOT_A_TEXT if wrong else LineCode.MISSING
        return LineProblem(index, code, f"{place}.{wrong or missing}", count=count_known(values))
    if name == "readings":
        return ReadingItem(line=index, **cast(dict[str, str], texts))
    return IntervalItem(
        line=index, step_minutes=entry.get("step_minutes", 15), values=values, **cast(dict[str, str], texts)
    )


def _text(value: Any) -> str | None:
    """Numbers are taken as they are written; None for what is no short text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip() if is_short(value) else None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return repr(value)
    return None


def is_short(text: str) -> bool:
    """And without control characters: they mean nothing here, and a database takes no NUL."""
    return len(text) <= _LONGEST and _CONTROL.search(text) is None


def count_known(values: Iterable[Any]) -> int:
    return sum(value is not None for value in values)


def instant(text: str) -> datetime | None:
    """ISO 8601; naive where no offset is given, None where it is none or not of our time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in OUR_TIME else None
