"""Domain → contract: one function per aggregate, and the events that carry it."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from google.protobuf.message import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters.models import InvitedMeter, Meter, Reading, ReadingInvitation, ReadingRequest, Register
from kontor_service.commands import command_result
from kontor_service.events import instant

Fact = TypeVar("Fact", bound=Message)


def meter_state(row: Meter, registers: Sequence[Register]) -> pb.Meter:
    return pb.Meter(
        id=str(row.id),
        merchant_id=str(row.merchant_id),
        epoch=row.epoch,
        version=row.version,
        deleted=row.deleted,
        number=row.number,
        market_location_id=row.market_location_id,
        kind=row.kind,
        place=pb.Place(
            street=row.street, post_code=row.post_code, city=row.city, country=row.country, detail=row.place_detail
        ),
        label=row.label,
        customer_id=str(row.customer_id or ""),
        customer_number=row.customer_number,
        in_use_from=row.in_use_from.isoformat(),
        in_use_to=_day(row.in_use_to),
        predecessor_id=str(row.predecessor_id or ""),
        successor_id=str(row.successor_id or ""),
        point_id=str(row.point_id),
        registers=[_register(register) for register in sorted(registers, key=lambda r: r.position)],
        external_id=row.external_id,
    )


def _register(row: Register) -> pb.Register:
    return pb.Register(
        id=str(row.id),
        obis=row.obis,
        direction=row.direction,
        unit=row.unit,
        tariff=row.tariff,
        digits_before=row.digits_before,
        digits_after=row.digits_after,
        factor=plain(row.factor),
        gas_periods=[pb.GasPeriod(**period) for period in row.gas_periods],
        series_id=str(row.series_id),
        last_value=face(row.last_value, row.digits_after),
        interval=row.interval,
        last_taken_at=instant(row.last_taken_at),
    )


def reading_state(row: Reading, meter_number: str) -> pb.Reading:
    return pb.Reading(
        id=str(row.id),
        merchant_id=str(row.merchant_id),
        epoch=row.epoch,
        version=row.version,
        meter_id=str(row.meter_id),
        register_id=str(row.register_id),
        series_id=str(row.series_id),
        customer_id=str(row.customer_id or ""),
        value=plain(row.value),
        reason=row.reason,
        source=row.source,
        state=row.state,
        findings=[finding(found) for found in row.findings],
        insisted=row.insisted,
        channel=row.channel,
        entered_by=row.entered_by,
        photo_sha256=row.photo_sha256,
        external_id=row.external_id,
        decided_by=row.decided_by,
        note=row.note,
        meter_number=meter_number,
        taken_at=instant(row.taken_at),
        entered_at=instant(row.entered_at),
    )


def finding(found: dict[str, Any]) -> pb.Finding:
    return pb.Finding(code=found["code"], values=found["values"], severity=found["severity"])


def request_state(row: ReadingRequest) -> pb.ReadingRequest:
    return pb.ReadingRequest(
        id=str(row.id),
        merchant_id=str(row.merchant_id),
        epoch=row.epoch,
        version=row.version,
        title=row.title,
        due_on=row.due_on.isoformat(),
        remind_on=_day(row.remind_on),
        estimate=row.estimate,
        state=row.state,
        reason=row.reason,
        meters=row.meters,
        read=row.read,
        estimated=row.estimated,
        made_by=row.made_by,
        made_at=instant(row.made_at),
    )


def invitation_state(
    row: ReadingInvitation, request: ReadingRequest, asked: Iterable[tuple[InvitedMeter, Meter]]
) -> pb.ReadingInvitation:
    return pb.ReadingInvitation(
        id=str(row.id),
        merchant_id=str(row.merchant_id),
        epoch=row.epoch,
        version=row.version,
        request_id=str(row.request_id),
        customer_id=str(row.customer_id),
        title=request.title,
        due_on=request.due_on.isoformat(),
        state=row.state,
        meters=[
            pb.InvitedMeter(meter_id=str(meter.id), number=meter.number, kind=meter.kind, state=part.state)
            for part, meter in sorted(asked, key=lambda pair: pair[0].position)
        ],
        invited_at=instant(row.invited_at),
        reminded_at=instant(row.reminded_at),
        done_at=instant(row.done_at),
    )


def tell_meter(session: AsyncSession, fact: type[Message], row: Meter, registers: Sequence[Register]) -> None:
    """`fact` is an event with the meter in field 1; the row has its new version."""
    record(session, fact(meter=meter_state(row, registers)), merchant_id=row.merchant_id)


def tell_reading(session: AsyncSession, fact: type[Message], row: Reading, meter_number: str, **more: Any) -> None:
    record(session, fact(reading=reading_state(row, meter_number), **more), merchant_id=row.merchant_id)


def meter_result(row: Meter, registers: Sequence[Register], **extra: Any) -> dict[str, Any]:
    return command_result(pb.MeterSnapshot(meter=meter_state(row, registers)), **extra)


def reading_result(row: Reading, meter_number: str, **extra: Any) -> dict[str, Any]:
    return command_result(pb.ReadingSnapshot(reading=reading_state(row, meter_number)), **extra)


def plain(value: Decimal) -> str:
    """Without exponent and without zeros at the end: 1200.50 → 1200.5"""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def face(value: Decimal | None, digits_after: int) -> str:
    """As on the meter's face, with all its decimals."""
    if value is None:
        return ""
    return format(value, f".{digits_after}f") if value == round(value, digits_after) else plain(value)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
