"""Meter readings: asking for them, reminding of them, and sending back what cannot be right."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document
from kontor.meters.v1.meters_pb2 import (
    InvitedMeter,
    ReadingInvitation,
    ReadingInvitationReminded,
    ReadingInvitationSent,
    ReadingRejected,
)
from kontor.meters.v1.meters_pb2_codes import MeterKind
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_notifications.copies import queries as copies
from kontor_notifications.errors import NoLongerNeeded
from kontor_notifications.kind import MailKind, Occasion
from kontor_notifications.mails.links import CapabilityLink, DocumentLinks
from kontor_notifications.mails.recipients import invoice_recipients
from kontor_notifications.models import Mail
from kontor_notifications.placeholders import BLOCK, Cells, fields_of, overview, word
from kontor_notifications.placeholders.people import CUSTOMER_LINK, link
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Entries, Entry
from kontor_service.formats import day, number, zone_of
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import long

# A property manager may have hundreds of meters: the page behind the link has them all.
_MOST_METERS = 20
# The copy of the request arrives by another queue, as a rule within this time; the mail looks at it when it goes out.
_FOR_THE_COPY = timedelta(seconds=2)


def _invited(event: ReadingInvitationSent | ReadingInvitationReminded) -> Occasion:
    return Occasion(customer_id=event.invitation.customer_id, reference_id=event.invitation.id)


async def _load_invitation(session: AsyncSession, mail: Mail) -> ReadingInvitation:
    """As it stands now: who has answered meanwhile is not asked any more."""
    invitation = await copies.get(session, ReadingInvitation, mail.reference_id or "")
    if invitation.deleted or invitation.state in ("done", "closed") or not _missing(invitation):
        raise NoLongerNeeded(MailError.NOT_NEEDED)
    return invitation


def _missing(invitation: ReadingInvitation) -> list[InvitedMeter]:
    return [meter for meter in invitation.meters if meter.state == "invited"]


def _meter_name(kind: str) -> str:
    return long(MeterKind, kind) if MeterKind.known(kind) else _("Meter")


def _meters(facts: Facts) -> Entries:
    missing = _missing(facts.data)
    entries = [Entry(_meter_name(meter.kind), amount=meter.number) for meter in missing[:_MOST_METERS]]
    if len(missing) > _MOST_METERS:
        entries.append(Entry(_("and %(count)s more", count=len(missing) - _MOST_METERS)))
    return Entries(tuple(entries))


def _sample_invitation(today: date, _document: Document) -> ReadingInvitation:
    return ReadingInvitation(
        title=_("Annual reading %(year)s", year=today.year),
        due_on=(today + timedelta(days=14)).isoformat(),
        meters=[
            InvitedMeter(number="1EMH0012345678", kind="electricity", state="invited"),
            InvitedMeter(number="7ELS2004711", kind="gas", state="invited"),
        ],
    )


_request_field = fields_of("ReadingRequest", "Ablesung")
_REQUEST = (
    CUSTOMER_LINK,
    _request_field("title", N_("What the readings are asked for"), lambda f: f.data.title, "titel"),
    _request_field(
        "due_date",
        N_("Until when they are asked for"),
        lambda f: day(f.data.due_on, f.language),
        "frist",
        "fällig_am",
        "faellig_am",
    ),
    word("Meters", N_("List of the meters whose reading is missing"), _meters, "Zähler", "Zaehler", form=BLOCK),
    fields_of("Meters", "Zähler")("count", N_("Number of meters"), lambda f: str(len(_missing(f.data))), "anzahl"),
    link(N_("Enter the reading")),
)


_request = partial(
    MailKind,
    occasion=_invited,
    recipients=invoice_recipients,
    own_placeholders=_REQUEST,
    load=_load_invitation,
    sample=_sample_invitation,
    links=CapabilityLink("meters.invitation"),
    bulk=True,
    delay=_FOR_THE_COPY,
    logs_unreachable=True,
)


def _rejected(event: ReadingRejected) -> Occasion | None:
    """Only what the customer insisted on: everything else they have not been told is in question."""
    reading = event.reading
    if reading.source != "customer" or not reading.insisted or not reading.customer_id:
        return None
    return Occasion(
        customer_id=reading.customer_id,
        data={
            "meter_number": reading.meter_number,
            "value": reading.value,
            "taken_at": reading.taken_at.ToDatetime(UTC).isoformat(),
            "reason": event.reason,
        },
    )


def _value(facts: Facts) -> str:
    return number(facts.data["value"], facts.language)


def _taken_on(facts: Facts) -> str:
    """By the day: who gives no time with a reading took it at noon, as far as anybody knows."""
    taken_at = datetime.fromisoformat(facts.data["taken_at"])
    return day(taken_at.astimezone(zone_of(facts.zone)).date(), facts.language)


def _cells(facts: Facts) -> list[Cells]:
    return [
        (N_("Meter"), facts.data["meter_number"], False),
        (N_("Reading"), _value(facts), True),
        (N_("Read on"), _taken_on(facts), False),
    ]


def _sample_reading(today: date, _document: Document) -> dict[str, Any]:
    return {
        "meter_number": "1EMH0012345678",
        "value": "1234.5",
        "taken_at": datetime.combine(today - timedelta(days=1), time(12), UTC).isoformat(),
        "reason": _("The reading is lower than last year's."),
    }


_reading = fields_of("Reading", "Zählerstand")
_READING = (
    CUSTOMER_LINK,
    _reading("meter", N_("The meter's number"), lambda f: f.data["meter_number"], "zähler", "zaehler"),
    _reading("value", N_("The reading, as on the meter's face"), _value, "wert", "stand"),
    _reading("date", N_("When it was taken"), _taken_on, "datum"),
    _reading("reason", N_("What your staff wrote when they rejected it"), lambda f: f.data["reason"], "grund"),
    overview(N_("Table of meter, reading and date"), _cells),
)

_HOW = (
    "[Meters]",
    "[PORTAL][Link]",
    N_(
        "It takes a minute and needs no log-in. The link is for these readings only; "
        "please keep it to yourself.[/PORTAL]"
    ),
)

KINDS = (
    _request(
        name="readings_asked",
        label=N_("Reading request"),
        trigger=ReadingInvitationSent,
        words=(
            N_("[ReadingRequest.title]: please take a reading by [ReadingRequest.due_date]"),
            N_("Please let us have the meter reading by [ReadingRequest.due_date]:"),
            *_HOW,
            N_("If you have any questions, simply reply to this email."),
        ),
    ),
    _request(
        name="readings_reminded",
        label=N_("Reminder of a reading request"),
        trigger=ReadingInvitationReminded,
        words=(
            N_("Reminder: [ReadingRequest.title], please take a reading by [ReadingRequest.due_date]"),
            N_("We are still missing a meter reading from you. Please take it by [ReadingRequest.due_date]:"),
            *_HOW,
            N_("If you have sent it in the meantime, please disregard this reminder."),
        ),
    ),
    MailKind(
        name="reading_rejected",
        label=N_("Reading rejected"),
        trigger=ReadingRejected,
        occasion=_rejected,
        recipients=invoice_recipients,
        sample=_sample_reading,
        links=DocumentLinks(renews_customer_link=True),
        logs_unreachable=True,
        own_placeholders=_READING,
        words=(
            N_("Please take another reading: meter [Reading.meter]"),
            N_("Thank you for your meter reading. We have checked it and cannot use it as it is."),
            "[Reading.reason]",
            "[Overview]",
            N_("Please take another reading and let us have it."),
            "[PORTAL][Client.customerportal_url][/PORTAL]",
            N_("If you have any questions, simply reply to this email."),
        ),
    ),
)
