"""Domain → contract: one function per aggregate, and the events that carry it."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from google.protobuf.message import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters.models import InvitedMeter, Meter, Reading, ReadingInvitation, ReadingRequest, Register
from kontor_service.commands import command_result
from kontor_service.events import plain, state_of


def meter_state(row: Meter, registers: Sequence[Register]) -> pb.Meter:
    place = pb.Place(
        street=row.street, post_code=row.post_code, city=row.city, country=row.country, detail=row.place_detail
    )
    in_order = sorted(registers, key=lambda register: register.position)
    return state_of(pb.Meter, row, place=place, registers=[_register(register) for register in in_order])


def _register(row: Register) -> pb.Register:
    return state_of(pb.Register, row, last_value=face(row.last_value, row.digits_after))


def reading_state(row: Reading, meter_number: str) -> pb.Reading:
    return state_of(pb.Reading, row, meter_number=meter_number)


def invitation_state(
    row: ReadingInvitation, request: ReadingRequest, invited: Iterable[tuple[InvitedMeter, Meter]]
) -> pb.ReadingInvitation:
    meters = [
        pb.InvitedMeter(meter_id=str(meter.id), number=meter.number, kind=meter.kind, state=part.state)
        for part, meter in sorted(invited, key=lambda pair: pair[0].position)
    ]
    return state_of(pb.ReadingInvitation, row, title=request.title, due_on=request.due_on, meters=meters)


def tell_meter(session: AsyncSession, fact: type[Message], row: Meter, registers: Sequence[Register]) -> None:
    """`fact` is an event with the meter in field 1; the row has its new version."""
    record(session, fact(meter=meter_state(row, registers)))


def tell_reading(session: AsyncSession, fact: type[Message], row: Reading, meter_number: str, **more: Any) -> None:
    record(session, fact(reading=reading_state(row, meter_number), **more))


def meter_result(row: Meter, registers: Sequence[Register], **extra: Any) -> dict[str, Any]:
    return command_result(meter_state(row, registers), **extra)


def reading_result(row: Reading, meter_number: str, **extra: Any) -> dict[str, Any]:
    return command_result(reading_state(row, meter_number), **extra)


def face(value: Decimal | None, digits_after: int) -> str:
    """As on the meter's face, with all its decimals."""
    if value is None:
        return ""
    return format(value, f".{digits_after}f") if value == round(value, digits_after) else plain(value)
