"""Meters in the portal's words, where the words that portal and admin share are not enough."""

from datetime import date, datetime
from typing import Any

from kontor_meters_pages import words
from kontor_meters_pages.portal.meter_view import MeterView
from kontor_service.formats import percent, short_day, zone_of
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader

# What customers may choose; the other reasons are the merchant's.
REASONS = ("move_in", "move_out", "interim", "final")


def face_value(value: str, register: dict[str, Any]) -> str:
    """A reading as it stands on the meter, in the reader's language."""
    return words.reading_value(value, register["digits_after"])


def face_digits(register: dict[str, Any]) -> str:
    """Nulls as the face shows digits: 000000,0"""
    mark = "," if reader().language == "de" else "."
    after = f"{mark}{'0' * register['digits_after']}" if register["digits_after"] else ""
    return "0" * (register["digits_before"] or 6) + after


def digits_said(register: dict[str, Any]) -> str:
    return _("%(before)s digits before and %(after)s after the decimal mark", before=register["digits_before"] or 6,
             after=register["digits_after"])  # fmt: skip


def read_by(source: str) -> str:
    """Who took it, to the customer."""
    return _("read by you") if source == "customer" else words.source_name(source)


def reasons() -> list[tuple[str, str]]:
    """Without a choice it is what the merchant asked for, else a regular one."""
    return [("", words.reason_name("regular")), *((code, words.reason_name(code)) for code in REASONS)]


def way(code: str) -> str:
    """How the sum of a month came about, where it is worth a word beside it."""
    return words.basis_name(code) if code in ("estimated", "partly") else ""


def exchanged_on(day: str) -> str:
    return _("Meter exchanged on %(day)s", day=short_day(day, reader().language))


def change(now: int, then: int) -> str:
    """How much more or less: +4 %, −12 %."""
    share = round((now - then) * 100 / then)
    sign = "+" if share > 0 else "−" if share < 0 else "±"
    return f"{sign}{percent(abs(share), reader().language)}"


def explained(view: MeterView, year: int) -> list[str]:
    """How the amounts of a year came about, as sentences."""
    ways = set(view.used.ways(year))
    kinds = {meter["kind"] for meter in view.chain}
    registers = view.registers.values()
    found = [
        (ways & {"measured", "partly"} and any(r["interval"] for r in registers),
         _("Values come from the meter every 15 minutes and are added up.")),
        (ways & {"read", "estimated"},
         _("Between two readings what was used is spread evenly over the days; their sum is exactly what the meter went.")),
        ("estimated" in ways, _("Estimated months rest on a reading that nobody took, or on readings far apart; they are hatched.")),
        (len(view.chain) > 1, _("When the meter was exchanged, the end of the old one and the start of the new one were joined.")),
        ("gas" in kinds and any(r["gas_periods"] for r in registers),
         _("Gas is counted in m³ and stated in kWh: m³ × gas condition number × calorific value of the time.")),
        (any(r["factor"] != "1" for r in registers), _("The meter counts behind a transformer: its figures are multiplied by its factor.")),
    ]  # fmt: skip
    return [text for told, text in found if told]


def business_day(instant: str) -> date:
    """The day at the merchant of an instant (ISO 8601)."""
    return datetime.fromisoformat(instant).astimezone(zone_of(reader().zone)).date()


GLOBALS: dict[str, Any] = words.GLOBALS | {
    "reasons": reasons, "face_value": face_value, "face_digits": face_digits, "digits_said": digits_said,
    "business_day": business_day, "change": change, "read_by": read_by,
}  # fmt: skip
