"""Rows of a CSV file as items, the same that a body in JSON has. Pure."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_meters.batches.formats.columns import REASONS, folded
from kontor_meters.batches.formats.csv_table import Row, Table, table
from kontor_meters.batches.formats.csv_values import decimal_sign, instant, number, offset
from kontor_meters.batches.formats.items import Body, IntervalItem, LineProblem, ReadingItem, is_short
from kontor_meters.times import at_merchant


def csv_body(content: bytes, zone: ZoneInfo) -> Body:
    """Local times are the merchant's. Raises FileUnreadable, ColumnsMissing, TooLarge."""
    return body_of(table(content, "readings"), zone)


def body_of(rows: Table, zone: ZoneInfo) -> Body:
    """With a column `start` each row is the value of a quarter hour, else a reading."""
    sign = decimal_sign(row.values.get("value", "") for row in rows.rows)
    if "start" not in rows.columns:
        return Body.of([_reading(row, sign, zone) for row in rows.rows], of_file=True)
    hours = _Hours(zone)
    return Body.of([_interval(row, sign, hours) for row in rows.rows], of_file=True)


def _reading(row: Row, sign: str, zone: ZoneInfo) -> ReadingItem | LineProblem:
    value = row.values.get
    if problem := _broken(row, ("meter", "value", "taken_on")):
        return problem
    at = _told(row, "taken_on")
    if at is None:
        return LineProblem(row.line, LineCode.NOT_A_DATE, "taken_on")
    if isinstance(at, datetime) and at.tzinfo is None:
        at = at_merchant(at, zone)
    if at is None:
        return LineProblem(row.line, LineCode.NO_SUCH_TIME, "time" if value("time") else "taken_on")
    counted = number(value("value", ""), sign)
    if counted is None:
        return LineProblem(row.line, FindingCode.NOT_A_NUMBER, "value")
    reason = REASONS.get(folded(value("reason", "")), "") if value("reason") else "regular"
    if not reason:
        return LineProblem(row.line, LineCode.REASON, "reason")
    return ReadingItem(
        row.line, value("meter", ""), value("obis", ""), "", format(counted, "f"), at.isoformat(), reason,
        value("external_id", ""),
    )  # fmt: skip


def _interval(row: Row, sign: str, hours: "_Hours") -> IntervalItem | LineProblem:
    value = row.values.get
    if problem := _broken(row, ("meter", "start", "value")):
        return problem
    told, key = _told(row, "start"), (value("meter", ""), value("obis", ""))
    if not isinstance(told, datetime):
        return LineProblem(row.line, LineCode.NO_INSTANT, "start")
    start = hours.at(key, told)
    if start is None:
        return LineProblem(row.line, LineCode.NO_SUCH_TIME, "time" if value("time") else "start")
    counted = number(value("value", ""), sign)
    if counted is None:
        return LineProblem(row.line, FindingCode.NOT_A_NUMBER, "value")
    written: list[object] = [format(counted, "f")]
    return IntervalItem(row.line, *key, "", start.isoformat(), 15, written, value("unit", ""))


def _broken(row: Row, needed: tuple[str, ...]) -> LineProblem | None:
    missing = next((name for name in needed if not row.values.get(name)), "")
    if missing:
        return LineProblem(row.line, LineCode.MISSING, missing)
    long = next((name for name, text in row.values.items() if not is_short(text)), "")
    if long:
        return LineProblem(row.line, LineCode.NOT_A_TEXT, long)
    if row.values.get("offset") and offset(row.values["offset"]) is None:
        return LineProblem(row.line, LineCode.CHOICE, "offset", values={"choices": "+01:00, +02:00, UTC, MEZ, MESZ"})
    return None


def _told(row: Row, name: str) -> date | datetime | None:
    """The date or time in this column, combined with the row's columns for time and UTC offset."""
    at, zone = instant(row.values.get(name, ""), row.values.get("time", "")), row.values.get("offset")
    return at.replace(tzinfo=offset(zone)) if zone and isinstance(at, datetime) and at.tzinfo is None else at


class _Hours:
    """Local times of a file. In autumn an hour comes twice: the second time it is named, it is the second one."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._named: set[tuple[tuple[str, str], datetime]] = set()

    def at(self, key: tuple[str, str], start: datetime) -> datetime | None:
        """None for a time that is skipped in spring."""
        if start.tzinfo is not None:
            return start
        first, second = at_merchant(start, self._zone), at_merchant(start, self._zone, second=True)
        if first == second:
            return first
        if (key, start) in self._named:
            return second
        self._named.add((key, start))
        return first
