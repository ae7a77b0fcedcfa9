"""Meters are added and changed: by staff, and in the same way by files and other systems."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from asyncpg import UniqueViolationError
from fastapi import APIRouter, Depends, Request
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor.meters.v1.meters_pb2_codes import ReadingState
from kontor_meters import events
from kontor_meters.consumption.changes import mark_meter
from kontor_meters.copies import meters_arrive, zone_of
from kontor_meters.errors import (
    CustomerUnknown,
    ExternalIdReused,
    MeterInvalid,
    NumberInUse,
    ReadingsLater,
    RegisterHasReadings,
)
from kontor_meters.meters import queries, rules
from kontor_meters.meters.inputs import MeterInput, RegisterInput
from kontor_meters.models import Customer, Meter, Reading, Register
from kontor_meters.times import day_of
from kontor_meters.wake import wakes_jobs
from kontor_service.clock import Clock
from kontor_service.commands import Key, once
from kontor_service.errors import FieldError
from kontor_service.events import plain
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["meters"], dependencies=[Depends(wakes_jobs, scope="function")])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
# What is given to a new meter as it is.
_PLAIN = ("number", "kind", "market_location_id", "label", "in_use_from", "external_id")
_PLACE = {"street": "street", "post_code": "post_code", "city": "city", "country": "country", "detail": "place_detail"}
_NEEDED = ("number", "kind", "in_use_from")


@router.post("/meters", status_code=201)
async def add(request: Request, wanted: MeterInput, principal: Editor, key: Key = None) -> dict[str, Any]:
    """A new meter. Every field that is wrong is named at once."""

    async def act(session: AsyncSession) -> dict[str, Any]:
        await meters_arrive(session, principal.merchant)
        return events.meter_result(*await add_in(session, principal.merchant, wanted))

    return await once(request.app.state.db, principal.merchant, "meter", key, wanted.model_dump(mode="json"), act)


@router.post("/meters/{meter_id}")
async def change(request: Request, meter_id: UUID, wanted: MeterInput, principal: Editor) -> dict[str, Any]:
    """What is left out stays as it is."""
    state = request.app.state
    async with state.db.transaction(principal.merchant) as session:
        await meters_arrive(session, principal.merchant)
        return events.meter_result(*await change_in(session, state.clock, meter_id, wanted))


async def add_in(session: AsyncSession, merchant_id: UUID, wanted: MeterInput) -> tuple[Meter, list[Register]]:
    """In a transaction that has called `meters_arrive`.

    Raises MeterInvalid with every field that is wrong, NumberInUse, ExternalIdReused, CustomerUnknown.
    """
    missing: list[FieldError] = [
        {"field": name, "code": "missing", "message": N_("This field is missing.")}
        for name in _NEEDED
        if getattr(wanted, name) is None
    ]
    if missing:
        raise MeterInvalid.of(missing, code=missing[0]["code"])
    meter_id = uuid7()
    values = {name: getattr(wanted, name) for name in _PLAIN}
    place = {column: getattr(wanted.place, name) for name, column in _PLACE.items()}
    meter = Meter(id=meter_id, merchant_id=merchant_id, point_id=meter_id, **values, **place)
    await _give_customer(session, meter, wanted)
    registers = [new_register(meter, position, one) for position, one in enumerate(wanted.registers)]
    check(meter, registers)
    await save(session, meter, registers)
    events.tell_meter(session, pb.MeterAdded, meter, registers)
    return meter, registers


async def change_in(
    session: AsyncSession, clock: Clock, meter_id: UUID, wanted: MeterInput
) -> tuple[Meter, list[Register]]:
    """Raises what `add_in` does, MeterNotFound, RegisterHasReadings, ReadingsLater."""
    meter, registers = await queries.lock(session, meter_id)
    before = events.meter_state(meter, registers).SerializeToString(deterministic=True)
    given = wanted.model_fields_set
    for name in given & set(_PLAIN):
        if getattr(wanted, name) is not None:
            setattr(meter, name, getattr(wanted, name))
    if "place" in given:
        for name in wanted.place.model_fields_set:
            setattr(meter, _PLACE[name], getattr(wanted.place, name))
    if given & {"customer_id", "customer_number"}:
        await _give_customer(session, meter, wanted)
    if wanted.registers:
        registers = await _change_registers(session, meter, registers, wanted.registers)
    check(meter, registers)
    await _stay_in_use(session, meter)
    if events.meter_state(meter, registers).SerializeToString(deterministic=True) == before:
        return meter, registers
    meter.touch()
    await save(session, meter, registers)
    events.tell_meter(session, pb.MeterChanged, meter, registers)
    await mark_meter(session, meter, registers, day_of(clock.now(), await zone_of(session, meter.merchant_id)))
    return meter, registers


async def _give_customer(session: AsyncSession, meter: Meter, wanted: MeterInput) -> None:
    """By id, or by the ERP's number, which may not be known yet."""
    meter.customer_id, meter.customer_number = wanted.customer_id, wanted.customer_number
    known = select(Customer.id).where(~col(Customer.deleted)).order_by(col(Customer.id)).limit(1)
    if wanted.customer_id is not None:
        if (await session.exec(known.where(Customer.id == wanted.customer_id))).first() is None:
            raise CustomerUnknown(field="customer_id")
    elif wanted.customer_number:
        meter.customer_id = (await session.exec(known.where(Customer.number == wanted.customer_number))).first()


async def _change_registers(
    session: AsyncSession, meter: Meter, registers: Sequence[Register], wanted: Sequence[RegisterInput]
) -> list[Register]:
    """A register is known by direction and tariff. One that is no longer named goes, unless it was ever read."""
    known = {(register.direction, register.tariff): register for register in registers}
    kept = []
    for position, one in enumerate(wanted):
        register = known.pop((one.direction, one.tariff), None)
        if register is None:
            register = new_register(meter, position, one)
        else:
            register.sqlmodel_update(_face(position, one))
        kept.append(register)
    for register in known.values():
        read = select(Reading.id).where(Reading.register_id == register.id).limit(1)
        if register.interval or (await session.exec(read)).first() is not None:
            raise RegisterHasReadings(
                N_("A register with readings cannot be taken away."),
                field="registers",
                direction=register.direction,
                tariff=register.tariff,
            )
        await session.delete(register)
    return kept


def new_register(meter: Meter, position: int, wanted: RegisterInput) -> Register:
    return Register(
        id=uuid7(),
        merchant_id=meter.merchant_id,
        meter_id=meter.id,
        series_id=rules.series_of(meter.point_id, wanted.direction, wanted.tariff),
        **_face(position, wanted),
    )


def _face(position: int, wanted: RegisterInput) -> dict[str, Any]:
    """The columns of a register that can also be changed later."""
    periods = [
        {
            "valid_from": period.valid_from.isoformat(),
            "calorific_value": plain(period.calorific_value),
            "state_number": plain(period.state_number),
        }
        for period in sorted(wanted.gas_periods, key=lambda period: period.valid_from)
    ]
    values = wanted.model_dump(exclude={"gas_periods", "start_value"})
    return values | {"position": position, "gas_periods": periods}


def check(meter: Meter, registers: Sequence[Register]) -> None:
    """Raises MeterInvalid."""
    found = list(rules.problems(meter.kind, meter.market_location_id, registers))
    if found:
        raise MeterInvalid.of(found, code=found[0]["code"])


async def _stay_in_use(session: AsyncSession, meter: Meter) -> None:
    if meter.in_use_to is not None and meter.in_use_from > meter.in_use_to:
        raise MeterInvalid(N_("The meter would end before it begins."), code="before_use", field="in_use_from")
    query = select(func.min(Reading.taken_at)).where(Reading.meter_id == meter.id, Reading.state == ReadingState.VALID)
    first = (await session.exec(query)).one()
    if first is not None and meter.in_use_from > day_of(first, await zone_of(session, meter.merchant_id)):
        raise ReadingsLater(N_("There are readings from before this day."), field="in_use_from")


async def save(session: AsyncSession, meter: Meter, registers: Sequence[Register]) -> None:
    """Writes them. Raises NumberInUse, ExternalIdReused: the database knows, even of what others write at this moment."""
    session.add(meter)
    try:
        await session.flush()
    except IntegrityError as error:
        raise _taken(error) from error
    session.add_all(registers)
    await session.flush()


def _taken(error: IntegrityError) -> Exception:
    cause = error.orig.__cause__ if error.orig else None
    constraint = cause.constraint_name if isinstance(cause, UniqueViolationError) else ""
    if constraint == "meter_number_in_use":
        return NumberInUse(field="number")
    if constraint == "meter_external_id":
        return ExternalIdReused(field="external_id")
    return error
