"""What people type as a meter's value, what it is taken for, and what follows; pure but for the work it looks into."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_meters.errors import ReadingInvalid
from kontor_meters.models import Register
from kontor_meters.readings.inputs import ReadingInput
from kontor_meters.readings.plausibility import Finding
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork
from kontor_meters.times import at_merchant, taken_at
from kontor_service.events import plain

# What a link's answer may name: nothing that was read before.
_TOLD_TO_LINKS = {
    FindingCode.BEFORE_USE: ("in_use_from",),
    FindingCode.AFTER_USE: ("in_use_to",),
    FindingCode.DIGITS: ("digits_before", "digits_after"),
    FindingCode.AMBIGUOUS: ("read_as", "or"),
}
# What separates groups of digits in German and Swiss texts besides the point: spaces of all widths, apostrophes.
_GROUPS = re.compile("[\\s\u00a0\u2009\u202f'’]")
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+", re.ASCII)
# Twelve digits before the point and six behind it are the most that a register can have.
_MOST_BEFORE, _MOST_AFTER = 13, 7


@dataclass(frozen=True)
class Assessment:
    """`value` is None where nothing can be stored."""

    value: Decimal | None
    findings: list[Finding]

    @property
    def blocked(self) -> bool:
        return self.value is None or any(found.severity == "blocker" for found in self.findings)

    @property
    def told_already(self) -> bool:
        """The same value was read on that day."""
        return any((found.code, found.severity) == (FindingCode.DUPLICATE, "note") for found in self.findings)

    @property
    def doubtful(self) -> bool:
        return any(found.severity == "warning" for found in self.findings)


def instant_of(wanted: ReadingInput, zone: ZoneInfo, now: datetime) -> datetime:
    """Raises ReadingInvalid where the clocks skip the time."""
    if wanted.taken_at is not None:
        local = wanted.taken_at.tzinfo is None
        instant = at_merchant(wanted.taken_at, zone) if local else wanted.taken_at.astimezone(UTC)
        if instant is None:
            raise ReadingInvalid(LineCode.NO_SUCH_TIME.word, code="no_such_time", field="taken_at")
        return instant
    return taken_at(wanted.taken_on, zone, now) if wanted.taken_on else now


def assess(work: ReadingUnitOfWork, register: Register, typed: str, instant: datetime, reason: str) -> Assessment:
    """Where the text can mean two numbers, the one that nothing speaks against is meant; else the reader is told."""
    meant = _possible(candidates(typed), register)
    if not meant:
        return Assessment(None, [Finding(FindingCode.NOT_A_NUMBER, "blocker")])
    assessed = [Assessment(value, work.check(register, value, instant, reason)) for value in meant]
    plausible = [one for one in assessed if not one.doubtful]
    if len(assessed) == 1 or len(plausible) == 1:
        return (plausible or assessed)[0]
    values = {"read_as": plain(meant[0]), "or": plain(meant[1])}
    return replace(assessed[0], findings=[Finding(FindingCode.AMBIGUOUS, "warning", values), *assessed[0].findings])


def for_links(findings: Sequence[Finding]) -> list[Finding]:
    return [
        replace(found, values={name: found.values[name] for name in _TOLD_TO_LINKS.get(found.code, ())})
        for found in findings
    ]


def _possible(values: list[Decimal], register: Register) -> list[Decimal]:
    """ "12.345" is no decimal where the meter shows fewer than three of them."""
    if len(values) == 2 and register.digits_after < 3:
        return values[1:]
    return values


def candidates(typed: str) -> list[Decimal]:
    """What the text can mean, the likelier first; empty where it is no number.

    "12.345,6" and "12345,6" are German, "12345.6" is plain. "12.345" is both: 12.345, or German for 12345.
    """
    text = _GROUPS.sub("", typed)
    if "," in text:
        whole, _, decimals = text.partition(",")
        if "." in whole and _THOUSANDS.fullmatch(whole) is None:
            return []
        return _numbers(f"{whole.replace('.', '')}.{decimals}" if decimals else whole.replace(".", ""))
    if text.count(".") > 1:
        return _numbers(text.replace(".", "")) if _THOUSANDS.fullmatch(text) else []
    if _THOUSANDS.fullmatch(text):
        return _numbers(text, text.replace(".", ""))
    return _numbers(text.removesuffix("."))


def _numbers(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts if _PLAIN.fullmatch(text) and _is_short(text)]


def _is_short(text: str) -> bool:
    whole, _, decimals = text.partition(".")
    return len(whole.lstrip("0")) <= _MOST_BEFORE and len(decimals) <= _MOST_AFTER
