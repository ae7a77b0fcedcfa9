"""The values of the placeholders about meters and their readings."""

from datetime import datetime

from kontor.meters.v1.meters_pb2 import InvitedMeter, ReadingInvitation
from kontor_notifications import words
from kontor_notifications.rendering.blocks import Entries, Entry, Row, Rows, Values
from kontor_notifications.rendering.facts import Reading
from kontor_notifications.words import Language
from kontor_service.formats import day, number, zone_of

# A property manager may have hundreds: the page behind the link has them all.
_MOST_METERS = 20


def reading_invitation_values(reading_invitation: ReadingInvitation, language: Language) -> Values:
    missing = [meter for meter in reading_invitation.meters if meter.state == "invited"]
    entries = [_entry(meter, language) for meter in missing[:_MOST_METERS]]
    if len(missing) > _MOST_METERS:
        entries.append(Entry(words.LABELS["more"][language].format(count=len(missing) - _MOST_METERS), "", "", ""))
    return {
        "ReadingRequest.title": reading_invitation.title,
        "ReadingRequest.due_date": day(reading_invitation.due_on, language),
        "Meters": Entries(tuple(entries)),
        "Meters.count": str(len(missing)),
    }


def _entry(meter: InvitedMeter, language: Language) -> Entry:
    return Entry(title=words.meter_name(meter.kind, language), details="", amount=meter.number, url="")


def reading_values(reading: Reading, language: Language, zone: str) -> Values:
    # By the day: who gives no time with a reading took it at noon, as far as anybody knows.
    local = datetime.fromisoformat(reading.taken_at).astimezone(zone_of(zone))
    value, taken = number(reading.value, language), day(local.date(), language)
    rows = [("meter", reading.meter_number, False), ("reading", value, True), ("taken_at", taken, False)]
    return {
        "Reading.meter": reading.meter_number,
        "Reading.value": value,
        "Reading.date": taken,
        "Reading.reason": reading.reason,
        "Overview": Rows(tuple(Row(words.LABELS[name][language], text, strong) for name, text, strong in rows if text)),
    }
