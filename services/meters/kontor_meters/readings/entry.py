"""People enter readings: customers, whoever holds a link, staff."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import FindingCode, ReadingState
from kontor_meters import events
from kontor_meters.copies import zone_of
from kontor_meters.meters import queries as meters
from kontor_meters.models import InvitedMeter, Meter, Reading, ReadingInvitation, Register
from kontor_meters.readings import history
from kontor_meters.readings.assessment import Assessment, assess, for_links, instant_of
from kontor_meters.readings.inputs import ReadingInput, ReadingsInput
from kontor_meters.readings.plausibility import Finding
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork, open_unit_of_work
from kontor_meters.requests.invitations import open_reasons
from kontor_meters.times import day_of
from kontor_meters.wake import wakes_jobs
from kontor_service.commands import Key, once
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["readings"], dependencies=[Depends(wakes_jobs, scope="function")])
Reader = Annotated[Principal, Depends(require("meters:enter", "meters:edit"))]
_METER, _INVITATION = "meters.meter:", "meters.invitation:"
# What an answer says of one reading, and the reading where one is stored.
_Result = tuple[dict[str, Any], Reading | None]


@router.post("/readings")
async def enter(request: Request, wanted: ReadingsInput, principal: Reader, key: Key = None) -> dict[str, Any]:
    """`results` in the order of the input; what is wrong with one reading does not keep out the others.

    `outcome`: stored; questioned (stored, staff decide); asks_back (warnings, nothing stored until `insist`); refused.
    By link the answer holds outcomes and findings alone.
    """
    state = request.app.state
    asked = [principal.subject, wanted.model_dump(mode="json")]
    return await once(
        state.db, principal.merchant, "readings", key, asked,
        lambda session: _enter(session, state.clock.now(), principal, wanted.readings),
    )  # fmt: skip


async def _enter(
    session: AsyncSession, now: datetime, principal: Principal, wanted: list[ReadingInput]
) -> dict[str, Any]:
    owners = await meters.meters_of_registers(session, {one.register_id for one in wanted})
    allowed = await _reachable(session, principal, set(owners.values()))
    zone = await zone_of(session, principal.merchant)
    places = {(one.register_id, instant_of(one, zone, now)) for one in wanted}
    work = await open_unit_of_work(session, principal.merchant, now, allowed, places)
    recorder = _Recorder(
        work,
        principal,
        await history.photos_among(session, {one.photo_sha256 for one in wanted} - {""}),
        await open_reasons(session, allowed),
        await history.to_be_checked(session, work.registers),
    )
    results = [await recorder.accept(one) for one in wanted]
    changed = await work.close()
    if _by_link(principal):
        return {"results": [answer for answer, _ in results]}
    # Versions are their last once the work is closed.
    return {
        "results": [
            answer | (events.reading_result(reading, work.meters[reading.meter_id].number) if reading else {})
            for answer, reading in results
        ],
        "meters": [events.meter_result(meter, work.registers_of(meter.id)) for meter in changed],
    }


@dataclass(frozen=True)
class _Case:
    """One reading that somebody wants to enter, and what is thought of it."""

    wanted: ReadingInput
    register: Register
    instant: datetime
    reason: str
    assessed: Assessment

    @property
    def value(self) -> Decimal:
        assert self.assessed.value is not None
        return self.assessed.value


@dataclass
class _Recorder:
    """Checks and stores one reading after the other for a principal."""

    work: ReadingUnitOfWork
    principal: Principal
    photos: set[str]
    reasons: dict[UUID, str]
    # Those of these registers that staff have not decided on yet.
    doubted: list[Reading]

    @property
    def by_staff(self) -> bool:
        return not self.principal.for_customers

    async def accept(self, wanted: ReadingInput) -> _Result:
        register = self.work.registers.get(wanted.register_id)
        if register is None:
            return self._result(wanted, "refused", [Finding(FindingCode.UNKNOWN_REGISTER, "blocker")])
        if wanted.photo_sha256 and wanted.photo_sha256 not in self.photos:
            return self._result(wanted, "refused", [Finding(FindingCode.UNKNOWN_PHOTO, "blocker")])
        case = self._case(wanted, register)
        outcome, reading = await self._outcome(case)
        return self._result(wanted, outcome, case.assessed.findings, reading)

    async def _outcome(self, case: _Case) -> tuple[str, Reading | None]:
        if case.assessed.blocked:
            return "refused", None
        if case.assessed.told_already:
            # The same value on the same day is the same reading: two clicks, or somebody who was not sure.
            known = self.work.same_value(case.register.id, case.value, case.instant, case.reason)
            return "stored", await history.by_id(self.work.session, known.id)
        if case.assessed.doubtful and not case.wanted.insist:
            return "asks_back", None
        reading = self._insisted_already(case) or await self._store(case)
        return "stored" if reading.state == ReadingState.VALID else "questioned", reading

    def _case(self, wanted: ReadingInput, register: Register) -> _Case:
        reason = wanted.reason or self.reasons.get(register.meter_id, "regular")
        instant = instant_of(wanted, self.work.zone, self.work.now)
        instant = self.work.free_instant(register.id, instant, reason)
        return _Case(wanted, register, instant, reason, assess(self.work, register, wanted.value, instant, reason))

    def _insisted_already(self, case: _Case) -> Reading | None:
        """From another tab, or before staff looked at it."""
        if not case.assessed.doubtful or self.by_staff:
            return None
        zone = self.work.zone
        whose = self.work.meter_of(case.register).customer_id
        wanted = (case.register.id, whose, case.value, case.reason, day_of(case.instant, zone))
        doubts = (
            (r, (r.register_id, r.customer_id, r.value, r.reason, day_of(r.taken_at, zone))) for r in self.doubted
        )
        return next((reading for reading, same in doubts if same == wanted), None)

    async def _store(self, case: _Case) -> Reading:
        doubtful, by = case.assessed.doubtful, self.principal.name or self.principal.subject
        # Staff who insist are those who would be asked.
        decided = doubtful and self.by_staff
        reading = self.work.new_reading(
            case.register, case.value, case.instant, case.assessed.findings,
            reason=case.reason, source="staff" if self.by_staff else "customer",
            state=ReadingState.TO_BE_CHECKED if doubtful and not self.by_staff else ReadingState.VALID, insisted=doubtful,
            channel="staff" if self.by_staff else "link" if _by_link(self.principal) else "account",
            entered_by=by, decided_by=by if decided else "",
            photo_sha256=case.wanted.photo_sha256, note=case.wanted.note,
        )  # fmt: skip
        await self.work.enter(reading, decided=decided)
        if reading.state == ReadingState.TO_BE_CHECKED:
            self.doubted.append(reading)
        return reading

    def _result(
        self, wanted: ReadingInput, outcome: str, findings: Sequence[Finding], reading: Reading | None = None
    ) -> _Result:
        shown = [asdict(found) for found in (for_links(findings) if _by_link(self.principal) else findings)]
        return {"register_id": str(wanted.register_id), "outcome": outcome, "findings": shown}, reading


def _by_link(principal: Principal) -> bool:
    """A link lets in readings and nothing out: the answer must not tell what was read before."""
    return principal.for_customers and (principal.resource is not None or principal.kind == "link")


async def _reachable(session: AsyncSession, principal: Principal, meter_ids: Collection[UUID]) -> set[UUID]:
    """Those of these meters for which the principal may enter readings; the others are treated as if they did not exist.

    Row-level security has left the merchant's meters alone.
    """
    if not principal.for_customers:
        return set(meter_ids)
    if principal.resource is not None:
        return set(meter_ids) & await _of_resource(session, principal.resource)
    if principal.document_id is not None:
        # A link of one document was opened for that document alone.
        return set()
    query = select(Meter.id).where(col(Meter.id).in_(meter_ids), col(Meter.customer_id).in_(principal.customers))
    return set(await session.exec(query))


async def _of_resource(session: AsyncSession, resource: str) -> set[UUID]:
    if resource.startswith(_METER):
        return {UUID(resource.removeprefix(_METER))}
    if not resource.startswith(_INVITATION):
        return set()
    # The customer may have moved out since.
    theirs = (col(Meter.id) == InvitedMeter.meter_id) & (col(Meter.customer_id) == ReadingInvitation.customer_id)
    asked = (
        select(InvitedMeter.meter_id)
        .join(ReadingInvitation, col(ReadingInvitation.id) == InvitedMeter.invitation_id)
        .join(Meter, theirs)
        .where(ReadingInvitation.id == UUID(resource.removeprefix(_INVITATION)), ReadingInvitation.state != "closed")
    )
    return set(await session.exec(asked))
