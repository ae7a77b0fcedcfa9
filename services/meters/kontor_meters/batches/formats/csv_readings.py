"""Rows of a CSV file as items, the same that a body in JSON has. Pure."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_meters.batches.formats.columns import REASONS, folded
from kontor_meters.batches.formats.csv_table import Row, Table, table
from kontor_meters.batches.formats.csv_values import decimal_sign, instant, number
from kontor_meters.batches.formats.items import Body, IntervalItem, LineProblem, ReadingItem, is_short


def csv_body(content: bytes, zone: ZoneInfo) -> Body:
    """Local times are the merchant's. Raises FileUnreadable, ColumnsMissing, TooLarge."""
    return body_of(table(content, "readings"), zone)


def body_of(told: Table, zone: ZoneInfo) -> Body:
    """With a column `start` each row is the value of a quarter hour, else a reading."""
    sign = decimal_sign(row.values.get("value", "") for row in told.rows)
    if "start" not in told.columns:
        return Body.of([_reading(row, sign, zone) for row in told.rows], of_file=True)
    hours = _Hours(zone)
    return Body.of([_interval(row, sign, hours) for row in told.rows], of_file=True)


def _reading(row: Row, sign: str, zone: ZoneInfo) -> ReadingItem | LineProblem:
    value = row.values.get
    if problem := _broken(row, ("meter", "value", "taken_on")):
        return problem
    at = instant(value("taken_on", ""), value("time", ""))
    if at is None:
        return LineProblem(row.line, LineCode.NOT_A_DATE, "taken_on")
    counted = number(value("value", ""), sign)
    if counted is None:
        return LineProblem(row.line, FindingCode.NOT_A_NUMBER, "value")
    reason = REASONS.get(folded(value("reason", "")), "") if value("reason") else "regular"
    if not reason:
        return LineProblem(row.line, LineCode.REASON, "reason")
    return ReadingItem(
        row.line, value("meter", ""), value("obis", ""), "", format(counted, "f"), _iso(at, zone), reason,
        value("external_id", ""),
    )  # fmt: skip


def _interval(row: Row, sign: str, hours: "_Hours") -> IntervalItem | LineProblem:
    value = row.values.get
    if problem := _broken(row, ("meter", "start", "value")):
        return problem
    start = instant(value("start", ""), value("time", ""))
    if not isinstance(start, datetime):
        return LineProblem(row.line, LineCode.NO_INSTANT, "start")
    counted = number(value("value", ""), sign)
    if counted is None:
        return LineProblem(row.line, FindingCode.NOT_A_NUMBER, "value")
    key = (value("meter", ""), value("obis", ""))
    written: list[object] = [format(counted, "f")]
    return IntervalItem(row.line, *key, "", hours.at(key, start).isoformat(), 15, written, value("unit", ""))


def _broken(row: Row, needed: tuple[str, ...]) -> LineProblem | None:
    missing = next((name for name in needed if not row.values.get(name)), "")
    if missing:
        return LineProblem(row.line, LineCode.MISSING, missing)
    long = next((name for name, text in row.values.items() if not is_short(text)), "")
    return LineProblem(row.line, LineCode.NOT_A_TEXT, long) if long else None


def _iso(at: date | datetime, zone: ZoneInfo) -> str:
    if isinstance(at, datetime) and at.tzinfo is None:
        return at.replace(tzinfo=zone).astimezone(UTC).isoformat()
    return at.isoformat()


class _Hours:
    """Local times of a file. In autumn an hour comes twice: the second time it is named, it is the second one."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._named: set[tuple[tuple[str, str], datetime]] = set()

    def at(self, key: tuple[str, str], start: datetime) -> datetime:
        if start.tzinfo is not None:
            return start
        first, second = start.replace(tzinfo=self._zone), start.replace(tzinfo=self._zone, fold=1)
        if first.utcoffset() == second.utcoffset():
            return first.astimezone(UTC)
        if (key, start) in self._named:
            return second.astimezone(UTC)
        self._named.add((key, start))
        return first.astimezone(UTC)
