"""Whose readings somebody may enter. What is out of reach is not there."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.models import InvitedMeter, Meter, ReadingInvitation
from kontor_service.tokens import Principal

METER, INVITATION = "meters.meter:", "meters.invitation:"


def by_link(principal: Principal) -> bool:
    """A link lets in readings and nothing out: the answer must not tell what was read before."""
    return principal.for_customers and (principal.resource is not None or principal.kind == "link")


async def reachable(session: AsyncSession, principal: Principal, meter_ids: Collection[UUID]) -> set[UUID]:
    """Which of these meters the principal may enter readings of; row-level security has left the merchant's alone."""
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
    if resource.startswith(METER):
        return {UUID(resource.removeprefix(METER))}
    if not resource.startswith(INVITATION):
        return set()
    asked = (
        select(InvitedMeter.meter_id)
        .join(ReadingInvitation, col(ReadingInvitation.id) == InvitedMeter.invitation_id)
        # The customer may have moved out since.
        .join(
            Meter, (col(Meter.id) == InvitedMeter.meter_id) & (col(Meter.customer_id) == ReadingInvitation.customer_id)
        )
        .where(
            InvitedMeter.invitation_id == UUID(resource.removeprefix(INVITATION)), ReadingInvitation.state != "closed"
        )
    )
    return set(await session.exec(asked))
